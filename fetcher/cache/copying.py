"""A body on its way to its reader, copied; and a copy on its way there again."""

from dataclasses import dataclass, field

from fetcher.cache.rules import REDIRECTS
from fetcher.model import NO_PAGE, BodyReader, Page
from fetcher.transport.base import OpenReader

_SHORT = 65_536
"""The longest body of a redirect, in bytes, that is read although nobody wants it."""
_PIECE = 65_536
_NOT_MODIFIED = 304
_SELDOM_WANTED = REDIRECTS | {204}
"""Answers that are kept for their heads."""


class _Nobody:
    """Stands in for the reader of a body that nobody wants; has enough of a long one."""

    def __init__(self) -> None:
        self._left = _SHORT

    def feed(self, data: bytes) -> bool:
        self._left -= len(data)
        return self._left < 0

    def finish(self) -> Page:
        return NO_PAGE


@dataclass(slots=True)
class Copy:
    """Copies a body that is read whole, on its way to its reader.

    most: bytes beyond which nothing is kept.
    """

    most: int
    _reader: BodyReader | None = None
    _pieces: list[bytes] = field(default_factory=list)
    _size: int = 0
    _kept: bool = False

    def opening(self, open_reader: OpenReader) -> OpenReader:
        """What opens the reader that the copy goes through."""

        def open_copy(status: int, content_type: str) -> BodyReader | None:
            if status == _NOT_MODIFIED:
                return None  # a reader is opened for the body that this stands for
            reader = open_reader(status, content_type)
            if reader is None and status in _SELDOM_WANTED:
                reader = _Nobody()
            if reader is None:
                return None
            self._reader, self._kept = reader, True
            return self

        return open_copy

    @property
    def body(self) -> bytes | None:
        """All the bytes that came; None when there may be more of them.

        Whether the transport got them all is for its exchange to say.
        """
        return b"".join(self._pieces) if self._kept else None

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; true when nothing more is needed."""
        assert self._reader is not None
        self._size += len(data)
        has_enough = self._reader.feed(data)
        self._kept = self._kept and not has_enough and self._size <= self.most
        if self._kept:
            self._pieces.append(data)
        else:
            self._pieces.clear()
        return has_enough

    def finish(self) -> Page:
        """Say what the reader found."""
        assert self._reader is not None
        return self._reader.finish()


def read_again(open_reader: OpenReader, status: int, content_type: str, body: bytes) -> Page:
    """The page of a body that is kept, read no further than its reader needs."""
    reader = open_reader(status, content_type)
    if reader is None:
        return NO_PAGE
    for start in range(0, len(body), _PIECE):
        if reader.feed(body[start : start + _PIECE]):
            break
    return reader.finish()
