"""Bodies made small for the disk: zstd where Python has it, else zlib.

What makes two requests the same for the cache, with no secret left lying on the disk.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from typing import Any

from multidict import CIMultiDict

from fetcher.settings import Settings
from fetcher.transport.base import Request
from fetcher.transport.request_headers import address, secret_headers, session_headers

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


class UnreadableEntry(Exception):
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
        raise UnreadableEntry(str(error)) from error
    if len(body) != size:
        raise UnreadableEntry("another size")
    return body


def _unpack(coding: str, packed: bytes, size: int) -> bytes:
    # One byte more than it may have tells one that is too long, and no more is ever unpacked.
    if coding == ZLIB:
        return zlib.decompressobj().decompress(packed, size + 1)
    if coding == ZSTD:
        if _zstd is None:
            raise UnreadableEntry("zstd is missing")
        return bytes(_zstd.ZstdDecompressor().decompress(packed, size + 1))
    return packed


class Keys:
    """Makes the keys of requests that are sent with certain settings.

    secret: gives the store's; without it nobody can guess at a digest.

    The key of a request has, beside its URL, everything that was given for it by name: headers,
    credentials and cookies. An answer for one user never goes to another, even where a server
    forgets Vary. Whether and how certificates are verified is part of it too, and fixed addresses:
    what came from an impostor that was let pass is not an answer for those who look.
    """

    def __init__(self, settings: Settings, secret: Callable[[], bytes]) -> None:
        self._secret = secret
        self._secrets = secret_headers(settings)
        self._headers = CIMultiDict(session_headers(settings))
        given = sorted(
            f"{name.lower()}: {value}"
            for name, value in settings.headers
            if name.title() not in self._secrets
        )
        trust = (str(settings.insecure), settings.cacert or "", *sorted(settings.resolve))
        self._common = ("given", *given, "trust", *trust)

    def key(self, request: Request) -> bytes:
        """What an answer to the request is found by, whatever it varies with."""
        url, own = address(request, self._secrets)
        private = (f"{name}: {value}" for name, value in sorted(own.items()))
        return self._digest((str(url), *private, *self._common))

    def variant(self, request: Request, names: Iterable[str]) -> bytes:
        """What an answer that varies with these headers is told by (RFC 9111, section 4.1)."""
        sent = self._headers.copy()
        # Not those of a condition: the cache puts it there itself.
        sent.update(address(request, self._secrets)[1])
        # To the parser that reads them, white space is the same in any amount.
        values = (" ".join(", ".join(sent.getall(name, ())).split()) for name in names)
        return self._digest(f"{name}: {value}" for name, value in zip(names, values, strict=True))

    def _digest(self, parts: Iterable[str]) -> bytes:
        digest = hashlib.blake2b(key=self._secret(), digest_size=32)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8) + data)
        return digest.digest()
