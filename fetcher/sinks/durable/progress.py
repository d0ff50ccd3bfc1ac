"""How far an output has come, and whether a list is the one that it was begun with."""

from dataclasses import dataclass
from hashlib import blake2b

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """How many targets an output has, and which.

    done: targets finished, in the order of the input. digest: of their URLs, 16 bytes; see
    `extend`.
    """

    done: int
    digest: bytes

    def after(self, url: str) -> "Progress":
        """The progress when one more target is finished."""
        return Progress(self.done + 1, extend(self.digest, url))


START = Progress(0, bytes(DIGEST_BYTES))
"""Where every output begins."""


def extend(digest: bytes, url: str) -> bytes:
    """Take one more URL into a running digest.

    A chain of BLAKE2b (RFC 7693): the digest of the one before and of the URL. So two lists have
    the same digest after n URLs if these n are the same, in the same order, and only then.
    """
    return blake2b(digest + url.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
