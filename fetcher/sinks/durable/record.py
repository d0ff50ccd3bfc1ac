"""What a journal says after each commit, in a form that shows when it was cut."""

import os
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from fetcher.sinks.durable.progress import DIGEST_BYTES, START, Progress

_OPEN, _COMPLETE = "open", "done"
_HEX = 16
_CHECKSUM = 8
RECORD_BYTES = 4 + 1 + 2 * (_HEX + 1) + _CHECKSUM + 1 + 2 * DIGEST_BYTES + 1 + _CHECKSUM + 1
"""How long every record is, its line end included."""

_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Record:
    """A commit: how far the output goes, and its size in bytes.

    tail: see `tail_checksum`. complete: whether it is the last one, and nothing more is to come.
    """

    progress: Progress = START
    size: int = 0
    tail: int = 0
    complete: bool = False

    @classmethod
    def of(cls, progress: Progress, path: Path, size: int, *, complete: bool = False) -> "Record":
        """Describe a file that was just committed. Raises OSError."""
        return cls(progress, size, tail_checksum(path, size), complete)


def tail_checksum(path: Path, size: int) -> int:
    """Give the CRC-32 of the last 4 KiB of a file's first `size` bytes. Raises OSError.

    It shows that the file was written anew, by whatever means, without reading all of it.
    """
    if not size:
        return 0
    with open(path, "rb") as file:
        file.seek(max(0, size - _TAIL), os.SEEK_SET)
        return crc32(file.read(min(size, _TAIL)))


def encode_record(record: Record) -> bytes:
    """Give a record as a line of RECORD_BYTES bytes.

    `open` or `done`; the targets finished, and the output's size, both as 16 hexadecimal digits;
    the checksum of its tail; the digest; and the CRC-32 of all before it.
    """
    state = _COMPLETE if record.complete else _OPEN
    done, digest = record.progress.done, record.progress.digest.hex()
    sizes = f"{done:0{_HEX}x} {record.size:0{_HEX}x} {record.tail:0{_CHECKSUM}x}"
    return with_checksum(f"{state} {sizes} {digest}")


def decode_record(line: bytes) -> Record | None:
    """Read such a line; None when it is not whole."""
    text = checked(line)
    if text is None or len(line) != RECORD_BYTES:
        return None
    state, done, size, tail, digest = text.split(" ")
    progress = Progress(int(done, 16), bytes.fromhex(digest))
    return Record(progress, int(size, 16), int(tail, 16), state == _COMPLETE)


def with_checksum(text: str) -> bytes:
    """Make a line of a text and its CRC-32 (ITU-T V.42)."""
    data = text.encode()
    return b"%b %08x\n" % (data, crc32(data))


def checked(line: bytes) -> str | None:
    """Give the text of such a line; None when it is not as it was written."""
    data, _, checksum = line.rpartition(b" ")
    return data.decode() if checksum == b"%08x\n" % crc32(data) else None
