"""Decompression: gzip or UTF-16 bytes to plain UTF-8, block by block."""

import codecs
import zlib
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from contextlib import aclosing

from fetcher.sources.base import BLOCK_SIZE, BrokenInput

GZIP_MAGIC = b"\x1f\x8b"

# Byte order marks and, for XML without one, the first character `<` (XML 1.0, appendix F).
_SIGNATURES: tuple[tuple[bytes, str, int], ...] = (
    (codecs.BOM_UTF8, "utf-8", 3),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    (b"<\0", "utf-16-le", 0),
    (b"\0<", "utf-16-be", 0),
)


class Unpacker:
    """Decodes gzip and UTF-16, both recognised by their first bytes, never by a name.

    It streams: whatever a compressed block expands to, at most BLOCK_SIZE of it is held at once.
    """

    def __init__(self) -> None:
        self._head = b""
        self._gunzip: _Gunzip | None = None
        self._recode: _Recode | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield their plain form; raises BrokenInput if corrupt."""
        if self._recode is None:
            data = self._head + data
            self._head = b""
            if _undecided(data, GZIP_MAGIC):
                self._head = data
                return
            self._recode = _Recode()
            self._gunzip = _Gunzip() if data.startswith(GZIP_MAGIC) else None
        yield from self._through(data)

    def finish(self) -> Iterator[bytes]:
        """Yield what is left; raises BrokenInput if the compressed data is truncated."""
        if self._recode is None:
            self._recode = _Recode()
            yield from self._through(self._head)
        yield from self._recode.finish()
        if self._gunzip is not None:
            self._gunzip.finish()

    def _through(self, data: bytes) -> Iterator[bytes]:
        assert self._recode is not None
        if self._gunzip is None:
            yield from self._recode.feed(data)
            return
        for block in self._gunzip.feed(data):
            yield from self._recode.feed(block)


class _Gunzip:
    """gzip (RFC 1952) with any number of members; zero padding after the last one is ignored."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._between = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._member.eof:
                data = (self._between + data).lstrip(b"\0")
                self._between = b""
                if _undecided(data, GZIP_MAGIC):
                    self._between = data
                    return
                if not data.startswith(GZIP_MAGIC):
                    raise BrokenInput("unexpected data after the gzip data")
                self._member = zlib.decompressobj(wbits=31)
            yield from self._inflate(data)
            data = self._member.unused_data

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        while True:
            before = self._member.copy()
            try:
                block = self._member.decompress(data, BLOCK_SIZE)
            except zlib.error as error:
                yield from _salvage(before, data)
                raise BrokenInput(f"the gzip data is corrupt ({_reason(error)})") from None
            data = self._member.unconsumed_tail
            if block:
                yield block
            # A full block may not be all: zlib can hold output back when no input is left.
            if self._member.eof or (not data and len(block) < BLOCK_SIZE):
                return

    def finish(self) -> None:
        if not self._member.eof or self._between:
            raise BrokenInput("the gzip data is truncated")


def _salvage(member: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Yield what can be read before the error: zlib drops the output of the call that fails."""
    try:
        for position in range(len(data)):
            yield member.decompress(data[position : position + 1])
    except zlib.error:
        return


def _reason(error: zlib.error) -> str:
    return str(error).rpartition(": ")[2]


class _Recode:
    """UTF-16 to UTF-8; UTF-8 passes through without its byte order mark."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._head is not None:
            data = self._head + data
            if any(_undecided(data, signature) for signature, _, _ in _SIGNATURES):
                self._head = data
                return
            self._head = None
            for signature, encoding, skip in _SIGNATURES:
                if data.startswith(signature):
                    data = data[skip:]
                    if encoding != "utf-8":
                        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
                    break
        if self._decoder is not None:
            # A lone surrogate becomes bytes that are not UTF-8, which the readers report.
            data = self._decoder.decode(data).encode("utf-8", "surrogatepass")
        if data:
            yield data

    def finish(self) -> Iterator[bytes]:
        if self._head:
            yield self._head
        elif self._decoder is not None and self._decoder.getstate()[0]:
            yield b"\xff"  # half a character: never valid UTF-8, so its row is reported


def _undecided(data: bytes, signature: bytes) -> bool:
    return len(data) < len(signature) and signature.startswith(data)


def unpacked(blocks: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Unpack blocks that can be read at once."""
    unpacker = Unpacker()
    for block in blocks:
        yield from unpacker.feed(block)
    yield from unpacker.finish()


async def unpacked_stream(blocks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Unpack blocks that arrive over time; closing this closes them."""
    unpacker = Unpacker()
    async with aclosing(blocks):
        async for block in blocks:
            for part in unpacker.feed(block):
                yield part
    for part in unpacker.finish():
        yield part
