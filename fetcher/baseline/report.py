"""Earlier results as the HTML report, row by row."""

import re
from collections.abc import Iterator

from fetcher.baseline.data_formats import Blocks
from fetcher.baseline.previous_result import PreviousRow, RecordError, Records
from fetcher.extraction.page_text import table_row
from fetcher.sources.base import MAX_RECORD

_BEGUN = re.compile(rb"<tr[\s>]")
_DONE = b"</tr>"
_GENERATOR = b'content="fetcher check"'
_END = b"</html>"
_NOT_OURS = "expected the HTML report of `fetcher check`, found another page"


def report_records(blocks: Blocks) -> Records:
    """Read the rows with a `data-url`; other rows and all else are passed over.

    Holds and parses one row at a time: the whole page as a tree would take many times its size,
    and a report may have a row for each of a million URLs. Raises RecordError, also for a page
    that is no report.
    """
    pieces = _Pieces()
    for block in blocks:
        for line, row in pieces.feed(block):
            if b"data-url" not in row:
                continue
            if not pieces.ours:
                raise RecordError(1, _NOT_OURS)
            yield _record(line, row)
    if not pieces.ours:
        raise RecordError(1, _NOT_OURS)
    if not pieces.ended:
        raise RecordError(pieces.last_line(), "the page has no end; is the file cut off here?")


class _Pieces:
    """Cuts a page into the markup of its table rows.

    line: where what is held begins. ours: whether the page says that it is a report. ended: whether
    its end was seen.
    """

    def __init__(self) -> None:
        self.line = 1
        self.ours = False
        self.ended = False
        self._held = b""

    def last_line(self) -> int:
        """Say on which line it ends so far."""
        return self.line + self._held.count(b"\n")

    def feed(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """Take the next bytes; give each row that is complete, with its line."""
        self._held += block
        self.ours = self.ours or _GENERATOR in self._held
        position = 0
        while (begun := _BEGUN.search(self._held, position)) is not None:
            end = self._held.find(_DONE, begun.end())
            if end < 0:
                break
            self.line += self._held.count(b"\n", position, begun.start())
            position = end + len(_DONE)
            yield self.line, self._held[begun.start() : position]
            self.line += self._held.count(b"\n", begun.start(), position)
        self.ended = self.ended or _END in self._held[position:].lower()
        # What was not found may be cut in two by the block's end.
        kept = max(position, len(self._held) - len(_GENERATOR)) if begun is None else begun.start()
        self.line += self._held.count(b"\n", position, kept)
        self._held = self._held[kept:]
        if len(self._held) > MAX_RECORD:
            raise RecordError(self.line, f"a table row is longer than {MAX_RECORD // 1024} KiB")


def _record(line: int, markup: bytes) -> PreviousRow:
    try:
        row = table_row(markup.decode(), ("reason", "title", "final"))
    except UnicodeDecodeError:
        raise RecordError(line, "the row is not text in UTF-8") from None
    if row is None or "url" not in row.data:
        raise RecordError(line, "expected a row with the attribute data-url")
    cells: dict[str, object] = {
        name: row.data[name] for name in ("url", "health", "trouble", "status") if name in row.data
    }
    cells["elapsed_ms"] = row.data.get("ms")
    cells["reason"] = row.texts.get("reason")
    cells["title"] = row.texts.get("title")
    # It is written only where it is another than the URL itself.
    cells["final_url"] = row.texts.get("final", row.data["url"]).removeprefix("→ ")
    return PreviousRow(line, cells)
