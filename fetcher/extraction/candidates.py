"""Where in the bytes it may be worth to parse what came so far: ends of titles and `meta` tags."""

import re
from collections.abc import Iterator

from fetcher.extraction.prescan import meta_attributes

_TITLE_END = re.compile(rb"</[Tt][Ii][Tt][Ll][Ee][\t\n\f\r />]")
_PARTIAL_TITLE_END = len(b"</title>") - 1
_META_START = re.compile(rb"<[Mm][Ee][Tt][Aa](?=[\t\n\f\r /])")
_PARTIAL_META_START = len(b"<meta ") - 1

_LONG_TAG_BYTES = 1024

# Each parse is from the start. Their sum is bound to the bytes that came, so that the work stays
# linear when thousands of candidates prove vain; the first few are always worth it.
_FREE_BYTES = 64 * 1024
_BYTES_PER_BYTE = 2


class Candidates:
    """Offsets up to which to parse, in order, each once, as far as parsing is affordable.

    Subclasses find them. start: offset from which to look for the next one. retry_at: the number
    of bytes before which it is not worth to look again. at_first: whether the candidate given last
    is the first one.
    """

    __slots__ = ("_put_off", "_spent", "at_first", "retry_at", "start")

    def __init__(self) -> None:
        self.start = 0
        self.at_first = True
        self._spent = 0
        # The last candidate that was not affordable: what it shows, those before it showed too.
        self._put_off = 0
        self.retry_at = 0

    def affordable(self, data: bytes | bytearray) -> Iterator[int]:
        """Yield the offsets found in all that came so far and not given before."""
        while (end := self._next(data)) is not None:
            if self._afford(end, len(data)):
                yield end
            else:
                self._put_off = end
            self.at_first = False
        if (end := self._put_off) and self._afford(end, len(data)):
            yield end

    def is_left(self, data: bytes | bytearray) -> bool:
        """Say whether a candidate is left that was not given."""
        return self._put_off > 0 or self._next(data) is not None

    def _afford(self, end: int, seen: int) -> bool:
        if self._spent + end > _FREE_BYTES + _BYTES_PER_BYTE * seen:
            return False
        self._spent += end
        self._put_off = 0
        return True

    def _next(self, data: bytes | bytearray) -> int | None:
        raise NotImplementedError


class TitleEnds(Candidates):
    """Ends of `</title` and the character after it, which ends a title's text for good."""

    __slots__ = ()

    def _next(self, data: bytes | bytearray) -> int | None:
        found = _TITLE_END.search(data, self.start)
        self.start = found.end() if found else max(self.start, len(data) - _PARTIAL_TITLE_END)
        return found.end() if found else None


class MetaEnds(Candidates):
    """Ends of whole `meta` tags that speak of a charset."""

    __slots__ = ()

    def _next(self, data: bytes | bytearray) -> int | None:
        while found := _META_START.search(data, self.start):
            self.start = found.start()
            if len(data) < self.retry_at:
                return None
            attributes, end = meta_attributes(data, found.end())
            if end < 0:
                # Not whole yet. Waiting for half as much again keeps an endless tag linear.
                length = len(data) - self.start
                self.retry_at = len(data) + (length // 2 if length > _LONG_TAG_BYTES else 1)
                return None
            self.start = end
            if b"charset" in attributes or b"charset" in attributes.get(b"content", b"").lower():
                return end
        self.start = max(self.start, len(data) - _PARTIAL_META_START)
        return None
