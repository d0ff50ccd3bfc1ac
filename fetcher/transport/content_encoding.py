"""Decoders for Content-Encoding that work piece by piece, so that no bomb unfolds in memory.

aiohttp's own decoders do not notice that a gzip stream broke off, and undo only one coding.
"""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any, Protocol


def first_installed(*names: str) -> Any:
    """Import the first of these modules that is installed; None if none is."""
    for name in names:
        with suppress(ImportError):
            return import_module(name)
    return None


# aiohttp[speedups] installs them, on CPython the first of each pair.
_brotli = first_installed("brotli", "brotlicffi")
_zstd = first_installed("compression.zstd", "backports.zstd")

PIECE = 65_536
"""About how many bytes are decoded at once (up to twice as many by brotli)."""
LAYERS = 5
"""Maximum codings one after the other; the same as in curl."""
ZSTD_WINDOW_LOG = 23
"""A zstd stream may use a window of up to 8 MB (RFC 9659, section 3)."""
_UNSUPPORTED = frozenset({"compress", "x-compress", "exi", "pack200-gzip", "dcb", "dcz"})


class Undecodable(Exception):
    """The body does not fit its Content-Encoding; the message says how."""


class ContentDecoder(Protocol):
    """Undoes one coding."""

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes; return pieces of about PIECE bytes. Raises Undecodable."""
        ...

    @property
    def complete(self) -> bool:
        """True if the stream may end here."""
        ...


class _Zlib:
    """gzip of any number of members (RFC 1952), or deflate with its header or without."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._members = 0
        self._head = b""
        self._stream: Any = None

    def unpack(self, data: bytes) -> Iterator[bytes]:
        more = False  # a full piece: zlib may hold more output without any input left
        while data or more:
            if self._stream is None and not self._begin(data):
                return
            try:
                piece = self._stream.decompress(self._head + data, PIECE)
            except zlib.error as error:
                raise Undecodable(_plain(error)) from error
            self._head = b""
            data, more = self._stream.unconsumed_tail, len(piece) >= PIECE
            if self._stream.eof:
                data, more = self._stream.unused_data, False
                self._stream = None
                self._members += 1
            if piece:
                yield piece

    def _begin(self, data: bytes) -> bool:
        """Start a member once its first two bytes have come; return True if there is one."""
        start = (self._head + data)[:2]
        if len(start) < 2:
            self._head = start
            return False
        if self._members and not (self._gzip and start == b"\x1f\x8b"):
            return False  # padding or rubbish after the end, which everyone ignores
        self._stream = zlib.decompressobj(self._format(start))
        return True

    @property
    def complete(self) -> bool:
        return self._stream is None and (bool(self._members) or not self._head)

    def _format(self, data: bytes) -> int:
        if self._gzip:
            return zlib.MAX_WBITS | 16
        # Many servers send "deflate" without the header of RFC 1950; browsers accept both.
        headed = data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
        return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS


class _Brotli:
    """One brotli stream (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = _brotli.Decompressor()
        self._begun = False

    def unpack(self, data: bytes) -> Iterator[bytes]:
        self._begun = self._begun or bool(data)
        while not self._stream.is_finished():
            try:
                piece = self._stream.process(data, output_buffer_limit=PIECE)
            except _brotli.error as error:
                raise Undecodable(_plain(error)) from error
            if not piece:
                return
            data = b""
            yield piece

    @property
    def complete(self) -> bool:
        return not self._begun or bool(self._stream.is_finished())


class _Zstd:
    """zstd of any number of frames (RFC 8878)."""

    def __init__(self) -> None:
        self._options = {_zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
        self._stream: Any = None

    def unpack(self, data: bytes) -> Iterator[bytes]:
        more = False
        while data or more:
            if self._stream is None:
                self._stream = _zstd.ZstdDecompressor(options=self._options)
            try:
                piece = self._stream.decompress(data, PIECE)
            except _zstd.ZstdError as error:
                raise Undecodable(_plain(error)) from error
            data, more = b"", not self._stream.needs_input
            if self._stream.eof:
                data, more = self._stream.unused_data, False
                self._stream = None
            if piece:
                yield piece

    @property
    def complete(self) -> bool:
        return self._stream is None


class _Chain:
    """Several decoders in sequence."""

    def __init__(self, decoders: Iterable[ContentDecoder]) -> None:
        self._decoders = tuple(decoders)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        pieces: Iterable[bytes] = (data,)
        for decoder in self._decoders:
            pieces = _through(decoder, pieces)
        yield from pieces

    @property
    def complete(self) -> bool:
        return all(decoder.complete for decoder in self._decoders)


_MAKERS: dict[str, Any] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
}
if _brotli is not None:
    _MAKERS["br"] = _Brotli
if _zstd is not None:
    _MAKERS["zstd"] = _Zstd

ACCEPT_ENCODING = ", ".join(name for name in _MAKERS if name != "x-gzip")
"""The Accept-Encoding header for all codings that can be decoded here."""


def decoder_for(content_encoding: str) -> ContentDecoder | None:
    """Return the decoder for a Content-Encoding header (RFC 9110, section 8.4), None for none.

    Names that are not codings (`none`, `utf-8`) are ignored, as in browsers. Raises Undecodable for
    codings that exist but are not supported.
    """
    if not content_encoding:
        return None
    names = [name.strip().lower() for name in content_encoding.split(",")]
    for name in names:
        if name in _UNSUPPORTED:
            raise Undecodable("not supported")
    known = [name for name in names if name in _MAKERS]
    if len(known) > LAYERS:
        raise Undecodable(f"{len(known)} codings one after the other")
    if not known:
        return None
    decoders = [_MAKERS[name]() for name in reversed(known)]
    return decoders[0] if len(decoders) == 1 else _Chain(decoders)


def _through(decoder: ContentDecoder, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from decoder.unpack(piece)


def _plain(error: Exception) -> str:
    """Return a library's message without its prefixes."""
    return str(error).rpartition(": ")[2]
