"""Rows that are added to a file, with a journal that says how many of them count."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from fetcher.sinks.base import OutputProgress, ResumeError, Row, TargetRows
from fetcher.sinks.journal import (
    Journal,
    JournalRecord,
    OutputIdentity,
    read_journal,
    tail_checksum,
)
from fetcher.sinks.text_rows import Encoder
from fetcher.storage.files import Lock, Places, as_output_error, size_of
from fetcher.storage.outputs import FileOutput

# Rows are gathered until a commit, so that one write has them all; but no more than these.
_MOST_GATHERED = 1024


class JournaledFile:
    """A file of rows that grows; what is behind its last commit is cut off when it is resumed.

    record: where to resume, `JournalRecord()` for the beginning. Raises OutputError.
    """

    def __init__(
        self, places: Places, identity: OutputIdentity, encoder: Encoder, record: JournalRecord
    ) -> None:
        self._places = places
        self._encoder = encoder
        self._progress = record.progress
        self._gathered: list[Row] = []
        with ExitStack() as opened:
            opened.callback(Lock(places.rows, places.name).close)
            # Once more, now that no other run can change it: truncate(2) also makes files longer.
            refuse_changed(places, record)
            # Before the rows are touched, so that no moment leaves them without a journal.
            self._journal = Journal(places, identity, record)
            opened.callback(self._journal.close)
            with as_output_error(places.output):
                os.truncate(places.rows, record.size)
            self._file = FileOutput(places.rows, name=places.name, mode="ab")
            opened.callback(self._file.close)
            if not record.size:
                self._file.write(encoder.head)
            self._opened = opened.pop_all()

    @property
    def size(self) -> int:
        """The bytes in the file."""
        return self._file.size

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        for target in targets:
            self._gathered.extend(target.rows)
        if len(self._gathered) >= _MOST_GATHERED:
            self._put()

    def commit(self, progress: OutputProgress) -> None:
        """Write the rows, and then into the journal that they are there."""
        self._put()
        if progress != self._progress:
            with as_output_error(self._places.output):
                record = JournalRecord.of(progress, self._places.rows, self.size)
            self._journal.append(record)
            self._progress = progress

    def finish(self, *, complete: bool) -> None:
        """Close the file, complete or to be resumed."""
        try:
            if complete:
                if not self.size:
                    self._file.write(self._encoder.empty)
                self.note_complete()
        finally:
            self._opened.close()

    def note_complete(self) -> None:
        """JournalRecord that the whole output is in its place."""
        output = self._places.output
        with as_output_error(output):
            size = output.stat().st_size
            record = JournalRecord.of(self._progress, output, size, complete=True)
        self._journal.complete(record)

    def _put(self) -> None:
        if self._gathered:
            self._file.write(self._encoder.encode(self._gathered))
            # Only now: what did not fit on the disk is still there for another try.
            self._gathered.clear()


def find_record(places: Places, identity: OutputIdentity) -> JournalRecord:
    """Find where an output can be resumed; `JournalRecord()` if there is nothing yet.

    Raises ResumeError if it cannot, and OutputError if the system does not let it be read.
    """
    record = read_journal(places, identity)
    if record is None:
        if size_of(places.output):
            raise ResumeError(
                places.name,
                f"it has no journal ({places.journal.name}): it is complete, or it was not written "
                "by fetcher; run without --resume to start over",
            )
        return JournalRecord()
    refuse_changed(places, record)
    return record


def refuse_changed(places: Places, record: JournalRecord) -> None:
    """Raise ResumeError if what was committed is not what is there."""
    path = places.output if record.complete else places.rows
    size = size_of(path)
    if size is None and record.size:
        reason = f"{path.name} is missing"
    elif (size or 0) < record.size or (record.complete and size != record.size):
        reason = f"{path.name} has {size:,} bytes, but {record.size:,} were committed"
    elif _tail_of(path, record.size) != record.tail:
        reason = f"{path.name} does not end as it did when it was committed"
    else:
        return
    raise ResumeError(places.name, f"{reason}; it was changed since")


def _tail_of(path: Path, size: int) -> int:
    with as_output_error(path):
        return tail_checksum(path, size)
