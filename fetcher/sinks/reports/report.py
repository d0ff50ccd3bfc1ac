"""A report: rows are kept as they come, and the report is made of them at the end."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from fetcher.sinks.base import OutputProgress, Row, Sink, TargetRows
from fetcher.sinks.journal import JournalRecord, OutputIdentity
from fetcher.sinks.journaled_file import JournaledFile
from fetcher.sinks.reports.report_stats import ReportEntry, ReportKind, Totals
from fetcher.storage.files import Places, as_output_error
from fetcher.storage.temporary_store import TemporaryStore

_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report is made of.

    entries: in the order in which they were written; can be iterated again and again. complete:
    whether they are all there are, or the run ended early. made: when. degraded_fails: whether a
    degraded URL counts as failed.
    """

    kind: ReportKind
    totals: Totals
    entries: Iterable[ReportEntry]
    complete: bool
    made: datetime
    degraded_fails: bool = False


Render = Callable[[ReportData], Iterator[str]]
"""Writes a report, piece by piece."""

Publish = Callable[[Iterable[bytes]], None]
"""Takes a whole report to where it shall be; raises OutputError, or BrokenPipeError as it is."""


class RowStore(Sink, Protocol):
    """Keeps the rows of a report until it is finished."""

    def __iter__(self) -> Iterator[Row]:
        """Read the rows in order, as often as wanted; not while others are written."""
        ...


@dataclass(frozen=True, slots=True)
class ReportStyle:
    """How a report is written: its kind, its format, and the clock that dates it."""

    kind: ReportKind
    render: Render
    degraded_fails: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class ReportSink:
    """Writes a report when it is finished; of a run that ended early, one that says it is partial.

    Its rows have the REPORT_COLUMNS. They are kept in `rows`, and can be resumed if that can.
    """

    def __init__(self, rows: RowStore, publish: Publish, style: ReportStyle) -> None:
        self._rows = rows
        self._publish = publish
        self._style = style
        self._begun = False
        self._finished = False

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        self._rows.write(targets)

    def commit(self, progress: OutputProgress) -> None:
        """Keep what was written."""
        self._begun = True
        self._rows.commit(progress)

    def finish(self, *, complete: bool) -> None:
        """Write the report, and forget the rows once they are all in it."""
        if self._finished:
            return
        self._finished = True
        try:
            # A run that was refused before it began leaves the last report where it is.
            if complete or self._begun:
                self._publish(_blocks(self._style.render(self._facts(complete))))
        except BaseException:
            self._rows.finish(complete=False)
            raise
        self._rows.finish(complete=complete)

    def _facts(self, complete: bool) -> ReportData:
        style, entries = self._style, _Entries(self._rows)
        totals = Totals(style.kind)
        for entry in entries:
            totals.add(entry)
        return ReportData(style.kind, totals, entries, complete, style.now(), style.degraded_fails)


class JournaledRows:
    """Rows in a file beside the report, with a journal: a later run can resume them."""

    def __init__(self, places: Places, identity: OutputIdentity, record: JournalRecord) -> None:
        self._places = places
        self._file = JournaledFile(places, identity, RowEncoder(), record)

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        self._file.write(targets)

    def commit(self, progress: OutputProgress) -> None:
        """Keep what was written."""
        self._file.commit(progress)

    def finish(self, *, complete: bool) -> None:
        """Close the file, and remove it if the report has all of its rows."""
        try:
            if complete:
                self._file.note_complete()
                self._places.clear_rows()
        finally:
            self._file.finish(complete=False)

    def __iter__(self) -> Iterator[Row]:
        with as_output_error(self._places.output), open(self._places.rows, "rb") as file:
            yield from _rows(file, self._file.size)


class TemporaryRows:
    """Rows in a temporary file, for a report that goes to a stream.

    Raises OutputError when the disk is full. name: what it calls the report. What a failed commit
    has left behind is never read.
    """

    def __init__(self, name: str) -> None:
        self._pending: list[Row] = []
        self._file = TemporaryStore(
            f"the temporary file for {name}",
            "CREATE TABLE rows (number INTEGER PRIMARY KEY, cells TEXT)",
            can_undo=True,
        )

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        for target in targets:
            self._pending.extend(target.rows)

    def commit(self, progress: OutputProgress) -> None:
        """Write the rows."""
        rows = [(json.dumps(row),) for row in self._pending]
        self._file.execute_many("INSERT INTO rows (cells) VALUES (?)", rows)
        self._pending.clear()

    def finish(self, *, complete: bool) -> None:
        """Forget everything."""
        self._file.close()

    def __iter__(self) -> Iterator[Row]:
        for (cells,) in self._file.iterate("SELECT cells FROM rows ORDER BY number"):
            yield tuple(json.loads(cells))


class RowEncoder:
    """Rows as JSON arrays, one a line."""

    head = empty = b""

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the rows as whole lines."""
        return "".join([json.dumps(row) + "\n" for row in rows]).encode()


def _rows(lines: Iterable[bytes], size: int) -> Iterator[Row]:
    """Read the rows in the first bytes of a file."""
    for line in lines:
        size -= len(line)
        if size < 0:
            return
        yield tuple(json.loads(line))


@dataclass(frozen=True, slots=True)
class _Entries:
    """Rows as entries."""

    rows: RowStore

    def __iter__(self) -> Iterator[ReportEntry]:
        for row in self.rows:
            yield ReportEntry(*row)  # type: ignore[arg-type] # a row of REPORT_COLUMNS


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Join small pieces to blocks that are worth a system call."""
    block: list[bytes] = []
    size = 0
    for piece in pieces:
        data = piece.encode()
        block.append(data)
        size += len(data)
        if size >= _BLOCK:
            yield b"".join(block)
            block.clear()
            size = 0
    if block:
        yield b"".join(block)
