"""What is seen of one exchange on the wire."""

from fetcher.model import BodyReader, Page
from fetcher.transport.base import Head, OpenReader


class Tape:
    """Keeps the heads and the body of one exchange; a `Tap`.

    limit: bytes, after decompression, that are read of a body that nobody wants.
    """

    def __init__(self, limit: int) -> None:
        self.sent: Head | None = None
        self.received: Head | None = None
        self.pieces: list[bytes] = []
        self.is_whole = False
        self._limit = limit
        self._alone: _Listener | None = None

    @property
    def is_alone(self) -> bool:
        """Whether nobody else wants the body; what its reader says is then worth nothing."""
        return self._alone is not None

    @property
    def is_full(self) -> bool:
        """Whether a body that nobody else wants was left at the limit."""
        return self._alone is not None and self._alone.has_enough

    def heads(self, sent: Head, received: Head) -> None:
        """Take the heads of the request and of its answer."""
        self.sent, self.received = sent, received

    def body(self, data: bytes) -> None:
        """Take the next bytes."""
        self.pieces.append(data)

    def end(self) -> None:
        """Take note that the whole body has come."""
        self.is_whole = True

    def opening(self, open_reader: OpenReader) -> OpenReader:
        """What opens a reader, also where nobody wants the body: the archive does."""

        def open_anyway(status: int, content_type: str) -> BodyReader | None:
            reader = open_reader(status, content_type)
            if reader is None:
                reader = self._alone = _Listener(self._limit)
            return reader

        return open_anyway


class _Listener:
    """Has a body read up to a limit; to stop there is no failure."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    @property
    def has_enough(self) -> bool:
        return self._left <= 0

    def feed(self, data: bytes) -> bool:
        self._left -= len(data)
        return self.has_enough

    def finish(self) -> Page:
        # Anything but NO_PAGE, which would mean that it has given up.
        return Page(encoding_source="unread")
