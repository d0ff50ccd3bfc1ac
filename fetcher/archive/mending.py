"""The end of a WARC file that a killed process was writing."""

import zlib
from typing import BinaryIO

_BLOCK = 65_536
_START = b"WARC/"


class Damaged(Exception):
    """The file is not what this program wrote, or no longer; the message says where."""


def whole_end(file: BinaryIO) -> int:
    """Where the last whole record ends, in bytes from the start.

    Each record is a gzip member of its own (WARC 1.1, annex D.2). What follows the last whole one
    may only be the beginning of another: anything else raises Damaged, for nothing may be removed
    that could be somebody's data. Reads the whole file: gzip has no index.
    """
    file.seek(0)
    end = read = 0
    record = _Record()
    while block := file.read(_BLOCK):
        read += len(block)
        while block:
            try:
                block = record.feed(block)
            except (zlib.error, ValueError) as error:
                raise Damaged(f"there is no WARC record at byte {end}") from error
            if record.is_whole:
                end, record = read - len(block), _Record()
    return end


class _Record:
    """One member as it is read."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._begun = b""

    @property
    def is_whole(self) -> bool:
        return self._unpacker.eof

    def feed(self, data: bytes) -> bytes:
        """Take bytes; give back those that follow the member. Raises zlib.error, ValueError."""
        text = self._unpacker.decompress(data)
        self._begun = (self._begun + text[: len(_START)])[: len(_START)]
        if not _START.startswith(self._begun):
            raise ValueError("it is not a record")
        return self._unpacker.unused_data
