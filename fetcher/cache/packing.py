"""Bodies made small for the disk: zstd where Python has it, else zlib."""

import zlib
from contextlib import suppress
from importlib import import_module
from typing import Any

PLAIN, ZLIB, ZSTD = "", "zlib", "zstd"

_WORTH_IT = 0.9
"""What does not shrink to this part of its size is kept as it is."""
_SMALL = 256
"""Bytes below which the coding's own frame takes what it saves."""


def _find_zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return import_module(name)
    return None


_zstd = _find_zstd()


class Unreadable(Exception):
    """The bytes are not those that were packed, or were packed with what is missing here."""


def pack(body: bytes) -> tuple[str, bytes]:
    """The name of a coding, and the body in it."""
    if len(body) < _SMALL:
        return PLAIN, body
    if _zstd is not None:
        coding, packed = ZSTD, bytes(_zstd.compress(body))
    else:
        coding, packed = ZLIB, zlib.compress(body, 1)
    return (coding, packed) if len(packed) < len(body) * _WORTH_IT else (PLAIN, body)


def unpack(coding: str, packed: bytes, size: int) -> bytes:
    """The body of so many bytes again; raises Unreadable."""
    try:
        body = _unpack(coding, packed, size)
    except Exception as error:  # each library has its own
        raise Unreadable(str(error)) from error
    if len(body) != size:
        raise Unreadable("another size")
    return body


def _unpack(coding: str, packed: bytes, size: int) -> bytes:
    # One byte more than it may have tells one that is too long, and no more is ever unpacked.
    if coding == ZLIB:
        return zlib.decompressobj().decompress(packed, size + 1)
    if coding == ZSTD:
        if _zstd is None:
            raise Unreadable("zstd is missing")
        return bytes(_zstd.ZstdDecompressor().decompress(packed, size + 1))
    return packed
