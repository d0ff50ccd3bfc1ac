"""One URL a line, with comments."""

import re
from collections.abc import Iterator

from fetcher.model import Target
from fetcher.sources.base import MAX_URL
from fetcher.sources.lines import Batch, LineBuffer, flaw, printable

_COMMENT = re.compile(r"\s+#")


class TextReader:
    """Reads one URL a line.

    Blank lines and lines that begin with `#` are skipped. A `#` after white space begins a
    comment, too; one inside a URL is its fragment.
    """

    def __init__(self, name: str, counter: Iterator[int]) -> None:
        self._name = name
        self._counter = counter
        self._lines = LineBuffer(MAX_URL)

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and give the rows that are complete."""
        for batch in self._lines.feed(data):
            yield from self._targets(batch)

    def finish(self) -> Iterator[Target]:
        """Give the last row."""
        for batch in self._lines.finish():
            yield from self._targets(batch)

    def place(self) -> str:
        """Say where the next row would stand."""
        return f"{self._name}:{self._lines.number}"

    def _targets(self, batch: Batch) -> Iterator[Target]:
        if batch.suspect or batch.problem:
            yield from self._suspect(batch)
            return
        # The fast path of the whole program's input: everything here is paid for each URL.
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
                printable(line),
                f"{self._name}:{number}",
                problem=batch.problem or flaw(line),
            )
