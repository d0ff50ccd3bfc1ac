"""The file beside an output that says how much of it is committed, and what it was begun as."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from fetcher.sinks.base import COUNTERS, DIGEST_BYTES, START, OutputProgress, ResumeError
from fetcher.sinks.columns import Column, kind_of
from fetcher.storage.files import Places, as_output_error, new_version, put_in_place
from fetcher.storage.outputs import FileOutput

VERSION = 2
"""Of the journal's form."""

_HEADER = re.compile(r"fetcher journal (\d+) (.*)")
_OPEN, _COMPLETE = "open", "done"
_HEX = 16
_CHECKSUM = 8
RECORD_BYTES = (
    len(f"{_OPEN} ")
    + (2 + COUNTERS) * (_HEX + 1)
    + (_CHECKSUM + 1)
    + (2 * DIGEST_BYTES + 1)
    + (_CHECKSUM + 1)
)
"""How long every record is, its line end included."""

_TAIL = 4096


@dataclass(frozen=True, slots=True)
class OutputIdentity:
    """What must be the same for an output to be resumed.

    format: in words, with what else decides how rows are written. columns: name and kind of each.
    signature: of all else that decides what is in the rows.
    """

    format: str
    columns: tuple[tuple[str, str], ...]
    signature: bytes

    @classmethod
    def of(cls, format: str, columns: Sequence[Column], signature: bytes) -> "OutputIdentity":
        """Describe an output that begins now."""
        return cls(format, tuple((c.name, str(kind_of(c))) for c in columns), signature)

    def to_text(self) -> str:
        """Return it as JSON, on one line."""
        return json.dumps(asdict(self) | {"signature": self.signature.hex()})

    @classmethod
    def from_text(cls, text: str) -> "OutputIdentity":
        """Read what `to_text` wrote; raises ValueError, KeyError or TypeError for anything else."""
        values = json.loads(text)
        columns = tuple((str(name), str(kind)) for name, kind in values["columns"])
        return cls(str(values["format"]), columns, bytes.fromhex(values["signature"]))


def difference(then: OutputIdentity, now: OutputIdentity) -> str:
    """Return in words what differs between two beginnings; "" if nothing does."""
    if then.format != now.format:
        return f"it was started as {then.format}, and would continue as {now.format}"
    if then.columns != now.columns:
        return f"its columns have changed: {_changed(dict(then.columns), dict(now.columns))}"
    if then.signature != now.signature:
        return (
            "it was started by a command with other fields, expectations, order or another "
            "function, behind the same columns"
        )
    return ""


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """A commit: how far the output goes, and its size in bytes.

    tail: see `tail_checksum`. complete: whether it is the last one, and nothing more is to come.
    """

    progress: OutputProgress = START
    size: int = 0
    tail: int = 0
    complete: bool = False

    @classmethod
    def of(
        cls, progress: OutputProgress, path: Path, size: int, *, complete: bool = False
    ) -> "JournalRecord":
        """Describe a file that was just committed. Raises OSError."""
        return cls(progress, size, tail_checksum(path, size), complete)


class Journal:
    """A header, and a record for each commit.

    A record is written after the rows that it speaks of; so whatever moment the process ends at,
    the last whole record is true. The file is begun, and made short again, by putting a new one in
    its place: there is no moment when it has not a header and a record.
    """

    def __init__(self, places: Places, identity: OutputIdentity, record: JournalRecord) -> None:
        self._path = places.journal
        self._identity = identity
        self._rewrite(record)
        self._file = FileOutput(self._path, mode="ab")

    def append(self, record: JournalRecord) -> None:
        """Note a commit. Raises OutputError."""
        self._file.write(encode_record(record))

    def complete(self, record: JournalRecord) -> None:
        """Leave nothing but this last record. Raises OutputError."""
        self.close()
        self._rewrite(record)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _rewrite(self, record: JournalRecord) -> None:
        header = with_checksum(f"fetcher journal {VERSION} {self._identity.to_text()}")
        new = new_version(self._path)
        file = FileOutput(new, name=str(self._path))
        try:
            file.write(header + encode_record(record))
        finally:
            file.close()
        put_in_place(new, self._path)


def read_journal(places: Places, now: OutputIdentity) -> JournalRecord | None:
    """Return the last whole record of an output's journal; None if it has no journal.

    Raises ResumeError if the journal cannot be understood, or the output was begun as something
    else than `now`; OutputError if the system does not let it be read.
    """
    with as_output_error(places.journal):
        try:
            with open(places.journal, "rb") as file:
                begun = _read_header(file, places.name)
                record = _last_record(file)
        except FileNotFoundError:
            return None
    changed = difference(begun, now)
    if changed:
        raise ResumeError(places.name, changed)
    if record is None:
        raise _damaged(places.name)
    return record


def tail_checksum(path: Path, size: int) -> int:
    """Return the CRC-32 of the last 4 KiB of a file's first `size` bytes. Raises OSError.

    It shows that the file was written anew, by whatever means, without reading all of it.
    """
    if not size:
        return 0
    with open(path, "rb") as file:
        file.seek(max(0, size - _TAIL), os.SEEK_SET)
        return crc32(file.read(min(size, _TAIL)))


def encode_record(record: JournalRecord) -> bytes:
    """Return a record as a line of RECORD_BYTES bytes.

    `open` or `done`; the targets finished, the output's size and the job's counters, each as 16
    hexadecimal digits; the checksum of its tail; the digest; and the CRC-32 of all before it.
    """
    state, progress = _COMPLETE if record.complete else _OPEN, record.progress
    numbers = (progress.done, record.size, *progress.counts)
    words = [state, *(f"{number:0{_HEX}x}" for number in numbers)]
    return with_checksum(" ".join([*words, f"{record.tail:0{_CHECKSUM}x}", progress.digest.hex()]))


def decode_record(line: bytes) -> JournalRecord | None:
    """Read such a line; None if it is not whole."""
    text = checked(line)
    if text is None or len(line) != RECORD_BYTES:
        return None
    state, done, size, *counts, tail, digest = text.split(" ")
    progress = OutputProgress(
        int(done, 16), bytes.fromhex(digest), tuple([int(count, 16) for count in counts])
    )
    return JournalRecord(progress, int(size, 16), int(tail, 16), state == _COMPLETE)


def with_checksum(text: str) -> bytes:
    """Make a line of a text and its CRC-32 (ITU-T V.42)."""
    data = text.encode()
    return b"%b %08x\n" % (data, crc32(data))


def checked(line: bytes) -> str | None:
    """Return the text of such a line; None if it is not as it was written."""
    data, _, checksum = line.rpartition(b" ")
    return data.decode() if checksum == b"%08x\n" % crc32(data) else None


def _read_header(file: BinaryIO, name: str) -> OutputIdentity:
    header = _HEADER.fullmatch(checked(file.readline()) or "")
    if header is None:
        raise _damaged(name)
    if int(header[1]) != VERSION:
        raise ResumeError(
            name, f"its journal has version {header[1]}, and this program knows version {VERSION}"
        )
    try:
        return OutputIdentity.from_text(header[2])
    except (ValueError, KeyError, TypeError):
        raise _damaged(name) from None


def _last_record(file: BinaryIO) -> JournalRecord | None:
    """Read the last record that is whole, from the file's end on; a cut one is passed over."""
    first = file.tell()
    count = (file.seek(0, os.SEEK_END) - first) // RECORD_BYTES
    for number in reversed(range(count)):
        file.seek(first + number * RECORD_BYTES)
        record = decode_record(file.read(RECORD_BYTES))
        if record is not None:
            return record
    return None


def _damaged(name: str) -> ResumeError:
    return ResumeError(name, "its journal is damaged; run without --resume to start over")


def _changed(then: dict[str, str], now: dict[str, str]) -> str:
    gone = [name for name in then if name not in now]
    new = [name for name in now if name not in then]
    other = [
        f"{name} was {then[name]} and is {now[name]}"
        for name in then
        if name in now and then[name] != now[name]
    ]
    parts = [
        f"{', '.join(gone)} was there before" if gone else "",
        f"{', '.join(new)} is new" if new else "",
        *other,
    ]
    return "; ".join(filter(None, parts)) or f"they were in the order {', '.join(then)}"
