"""Text lists, one URL per line with comments; and the numbered lines that other lists use too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fetcher.model import Target
from fetcher.sources.base import KEPT, MAX_URL
from fetcher.text import encodable

_END = re.compile(rb"\r\n|\n|\r(?!\Z)")
_FLAW = re.compile("[\0\ud800-\udfff]")
_COMMENT = re.compile(r"\s+#")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some whole lines without their line ends.

    Attributes:
        first: the number of the first line, from 1.
        lines: the lines.
        suspect: True if some of them may hold NULs or bytes that are not UTF-8 (kept as
            surrogates, see `flaw`).
        problem: set, for a batch of one line, if only the beginning of that line was kept.
    """

    first: int
    lines: list[str]
    suspect: bool = False
    problem: str = ""


class LineBuffer:
    """Splits UTF-8 bytes into lines that end in LF, CRLF or CR.

    Of a line longer than `limit` bytes only the beginning is kept, with a problem; it never holds
    more than `limit` bytes of a line.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pending = bytearray()
        self._cut = b""
        self.number = 1

    def feed(self, data: bytes) -> Iterator[Batch]:
        """Take bytes and yield the lines that are complete."""
        # No slice is longer than the limit, so only its first line, which began in an earlier
        # slice, can be too long: one comparison per block instead of one per line.
        for start in range(0, len(data), self._limit):
            yield from self._take(data[start : start + self._limit])

    def finish(self) -> Iterator[Batch]:
        """Yield the last line if it has no line end."""
        rest = bytes(self._pending).removesuffix(b"\r")
        ended = len(rest) < len(self._pending)
        self._pending.clear()
        if self._cut:
            yield self._overlong(self._cut)
        elif rest or ended:
            yield self._batch(rest + b"\n")

    def _take(self, data: bytes) -> Iterator[Batch]:
        if self._pending.endswith(b"\r"):
            # Only now it shows if this is a whole line end or half of one.
            self._pending.pop()
            data = b"\r" + data
        if self._cut:
            end = _END.search(data)
            if end is None:
                self._pending += data[-1:] if data.endswith(b"\r") else b""
                return
            yield self._overlong(self._cut)
            data = data[end.end() :]
        end_of_last = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        if end_of_last:
            whole = bytes(self._pending) + data[:end_of_last]
            self._pending = bytearray(data[end_of_last:])
            yield from self._whole(whole)
        else:
            self._pending += data
        self._shorten()

    def _whole(self, whole: bytes) -> Iterator[Batch]:
        if len(whole) > self._limit:
            end = _END.search(whole + b" ")
            if end is not None and len(whole[: end.start()].lstrip(b" ")) > self._limit:
                yield self._overlong(whole[: end.start()].lstrip(b" "))
                whole = whole[end.end() :]
        if whole:
            yield self._batch(whole)

    def _shorten(self) -> None:
        """Keep no more of a line that is too long than is needed to show it."""
        if len(self._pending) <= self._limit:
            return
        # Leading spaces do not count, and what is blank so far may still be a blank line.
        self._pending = self._pending.lstrip(b" ")
        end = self._pending[-1:] if self._pending.endswith(b"\r") else b""
        if len(self._pending) - len(end) > self._limit:
            self._cut = bytes(self._pending[: 4 * KEPT])
            self._pending = bytearray(end)

    def _overlong(self, beginning: bytes) -> Batch:
        self._cut = b""
        number, self.number = self.number, self.number + 1
        # A character has at most four bytes; one cut in two is removed by the second cut.
        text = beginning[: 4 * KEPT].decode("utf-8", "replace")[:KEPT]
        return Batch(number, [text], problem=f"the line is longer than {self._limit // 1024} KiB")

    def _batch(self, whole: bytes) -> Batch:
        try:
            text = whole.decode("utf-8")
            suspect = "\0" in text
        except UnicodeDecodeError:
            text = whole.decode("utf-8", "surrogateescape")
            suspect = True
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        lines.pop()
        number, self.number = self.number, self.number + len(lines)
        return Batch(number, lines, suspect)


def flaw(text: str) -> str:
    """Describe what cannot be part of a URL, NULs or undecodable bytes; "" if there is nothing.

    Bytes that are not UTF-8 are kept as the surrogates of Python's `surrogateescape`.
    """
    found = _FLAW.search(text)
    if found is None:
        return ""
    code, position = ord(found[0]), found.start() + 1
    if not code:
        return f"NUL character at position {position}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"byte 0x{code - 0xDC00:02X} at position {position} is not valid UTF-8"
    return f"lone surrogate at position {position}"


class TextReader:
    """Reads one URL per line.

    Blank lines and lines that begin with `#` are skipped. A `#` after white space also begins a
    comment; inside a URL it begins the fragment.
    """

    def __init__(self, name: str, counter: Iterator[int]) -> None:
        self._name = name
        self._counter = counter
        self._lines = LineBuffer(MAX_URL)

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and yield the rows that are complete."""
        for batch in self._lines.feed(data):
            yield from self._targets(batch)

    def finish(self) -> Iterator[Target]:
        """Yield the last row."""
        for batch in self._lines.finish():
            yield from self._targets(batch)

    def place(self) -> str:
        """Return the place of the next row."""
        return f"{self._name}:{self._lines.number}"

    def _targets(self, batch: Batch) -> Iterator[Target]:
        if batch.suspect or batch.problem:
            yield from self._suspect(batch)
            return
        # The fast path of the program's input: everything here costs time for each URL.
        name, counter = self._name, self._counter
        for number, raw in enumerate(batch.lines, batch.first):
            line = raw.strip()
            if not line or line[0] == "#":
                continue
            if "#" in line:
                line = _COMMENT.split(line, 1)[0]
            yield Target(next(counter), line, f"{name}:{number}")

    def _suspect(self, batch: Batch) -> Iterator[Target]:
        for number, raw in enumerate(batch.lines, batch.first):
            line = raw.strip()
            if not line or line[0] == "#":
                continue
            line = _COMMENT.split(line, 1)[0]
            yield Target(
                next(self._counter),
                encodable(line, nul=True),
                f"{self._name}:{number}",
                problem=batch.problem or flaw(line),
            )
