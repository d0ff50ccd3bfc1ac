"""How the cache stores bodies (compressed) and keys (digests, so that no secret is on the disk)."""

import hashlib
import zlib
from collections.abc import Callable, Iterable

from multidict import CIMultiDict

from fetcher.settings import Settings
from fetcher.transport.base import Request
from fetcher.transport.content_encoding import first_installed
from fetcher.transport.request_headers import address, secret_headers, session_headers

PLAIN, ZLIB, ZSTD = "", "zlib", "zstd"

_WORTH_IT = 0.9
"""A body that does not shrink to this part of its size is stored as it is."""
_SMALL = 256
"""Size in bytes below which compression does not pay."""


_zstd = first_installed("compression.zstd", "backports.zstd")


class UnreadableEntry(Exception):
    """The bytes are damaged, or were compressed by a library that is missing here."""


def pack(body: bytes) -> tuple[str, bytes]:
    """Compress a body; return the name of the coding, too."""
    if len(body) < _SMALL:
        return PLAIN, body
    if _zstd is not None:
        coding, packed = ZSTD, bytes(_zstd.compress(body))
    else:
        coding, packed = ZLIB, zlib.compress(body, 1)
    return (coding, packed) if len(packed) < len(body) * _WORTH_IT else (PLAIN, body)


def unpack(coding: str, packed: bytes, size: int) -> bytes:
    """Decompress a body of this size in bytes; raises UnreadableEntry."""
    try:
        body = _unpack(coding, packed, size)
    except Exception as error:  # each library has its own
        raise UnreadableEntry(str(error)) from error
    if len(body) != size:
        raise UnreadableEntry("another size")
    return body


def _unpack(coding: str, packed: bytes, size: int) -> bytes:
    # One byte more shows that a body is too long; no more than that is ever decompressed.
    if coding == ZLIB:
        return zlib.decompressobj().decompress(packed, size + 1)
    if coding == ZSTD:
        if _zstd is None:
            raise UnreadableEntry("zstd is missing")
        return bytes(_zstd.ZstdDecompressor().decompress(packed, size + 1))
    return packed


class Keys:
    """Makes the keys of requests that are sent with certain settings.

    Besides its URL, the key of a request covers all that was given for it: headers, credentials and
    cookies. So an answer for one user never goes to another, even if a server forgets Vary. It also
    covers how certificates are verified, and fixed addresses: what an impostor sent to someone who
    did not verify is not an answer for those who do.

    secret: returns that of the store, without which nobody can guess what a digest stands for.
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
        """Return the key that all answers to a request have in common."""
        url, own = address(request, self._secrets)
        private = (f"{name}: {value}" for name, value in sorted(own.items()))
        return self._digest((str(url), *private, *self._common))

    def variant(self, request: Request, names: Iterable[str]) -> bytes:
        """Return the key of an answer among those that vary with these headers (RFC 9111, 4.1)."""
        sent = self._headers.copy()
        # Without those of a condition, which the cache adds itself.
        sent.update(address(request, self._secrets)[1])
        # The amount of white space means nothing to those who parse the values.
        values = (" ".join(", ".join(sent.getall(name, ())).split()) for name in names)
        return self._digest(f"{name}: {value}" for name, value in zip(names, values, strict=True))

    def _digest(self, parts: Iterable[str]) -> bytes:
        digest = hashlib.blake2b(key=self._secret(), digest_size=32)
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8) + data)
        return digest.digest()
