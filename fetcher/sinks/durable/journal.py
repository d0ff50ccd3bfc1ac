"""The file beside an output that says how much of it is committed."""

import os
import re
from typing import BinaryIO

from fetcher.sinks.durable.base import DurableError
from fetcher.sinks.durable.begun import Begun, difference
from fetcher.sinks.durable.places import Places, new_version, put_in_place, told
from fetcher.sinks.durable.record import (
    RECORD_BYTES,
    Record,
    checked,
    decode_record,
    encode_record,
    with_checksum,
)
from fetcher.sinks.outputs import FileOutput

VERSION = 1
"""Of the journal's form."""

_HEADER = re.compile(r"fetcher journal (\d+) (.*)")


class Journal:
    """A header, and a record for each commit.

    A record is written after the rows that it speaks of; so whatever moment the process ends at,
    the last whole record is true. The file is begun, and made short again, by putting a new one in
    its place: there is no moment when it has not a header and a record.
    """

    def __init__(self, places: Places, begun: Begun, record: Record) -> None:
        self._path = places.journal
        self._begun = begun
        self._rewrite(record)
        self._file = FileOutput(self._path, mode="ab")

    def append(self, record: Record) -> None:
        """Note a commit. Raises SinkError."""
        self._file.write(encode_record(record))

    def complete(self, record: Record) -> None:
        """Leave nothing but this last record. Raises SinkError."""
        self.close()
        self._rewrite(record)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _rewrite(self, record: Record) -> None:
        header = with_checksum(f"fetcher journal {VERSION} {self._begun.to_text()}")
        file = FileOutput(new_version(self._path), name=str(self._path))
        try:
            file.write(header + encode_record(record))
        finally:
            file.close()
        put_in_place(self._path)


def read_journal(places: Places, now: Begun) -> Record | None:
    """Return the last whole record of an output's journal; None when it has no journal.

    Raises DurableError when the journal cannot be understood, or the output was begun as something
    else than `now`; SinkError when the system does not let it be read.
    """
    with told(places.journal):
        try:
            with open(places.journal, "rb") as file:
                begun = _read_header(file, places.name)
                record = _last_record(file)
        except FileNotFoundError:
            return None
    changed = difference(begun, now)
    if changed:
        raise DurableError(places.name, changed)
    if record is None:
        raise _damaged(places.name)
    return record


def _read_header(file: BinaryIO, name: str) -> Begun:
    header = _HEADER.fullmatch(checked(file.readline()) or "")
    if header is None:
        raise _damaged(name)
    if int(header[1]) != VERSION:
        raise DurableError(
            name, f"its journal has version {header[1]}, and this program knows version {VERSION}"
        )
    try:
        return Begun.from_text(header[2])
    except (ValueError, KeyError, TypeError):
        raise _damaged(name) from None


def _last_record(file: BinaryIO) -> Record | None:
    """Read the last record that is whole, from the file's end on; a cut one is passed over."""
    first = file.tell()
    count = (file.seek(0, os.SEEK_END) - first) // RECORD_BYTES
    for number in reversed(range(count)):
        file.seek(first + number * RECORD_BYTES)
        record = decode_record(file.read(RECORD_BYTES))
        if record is not None:
            return record
    return None


def _damaged(name: str) -> DurableError:
    return DurableError(name, "its journal is damaged; run without --resume to begin anew")
