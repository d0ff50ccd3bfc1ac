"""Earlier results as the Markdown summary (GitHub Flavored Markdown), which lists what is wrong."""

import re
from collections.abc import Iterator
from html import unescape

from fetcher.baseline.data_formats import Blocks, batches
from fetcher.baseline.previous_result import PreviousRow, RecordError, Records

_TOTALS = "| healthy | degraded | unhealthy | unknown | all |"
_GROUP = re.compile(r"### .*?(\w+): (?:`(\w+)`|without a reason) \([0-9,]+\)")
_HEADER = ("URL", "status", "time", "reason")
_LINK = re.compile(r"\[(.*)\]\(<(.*)>\)")
# What stands for another character (CommonMark 0.31, sections 2.4 and 2.5).
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|(&[#\w]{2,32};)")
# A longer text is cut to this many characters, and then ends so; a link's target is not cut.
_LONGEST = 300
_CUT = "…"


def markdown_records(blocks: Blocks) -> Records:
    """Read the tables of what is not healthy; the healthy URLs are not in it at all.

    Raises RecordError, also for a summary that had no room for all of them, or is cut off: what
    is missing would look healthy.
    """
    health, trouble, number = "", "", 1
    expected, found = None, 0
    lines = _lines(blocks)
    for number, line in lines:
        if line == _TOTALS:
            expected = _expected(lines)
        elif line.startswith("#"):
            group = _GROUP.fullmatch(line)
            health, trouble = (group[1], group[2] or "") if group else ("", "")
        elif health and line.startswith("|"):
            cells = tuple(cell.strip() for cell in line[1:].removesuffix("|").split("|"))
            if cells == _HEADER or set(line) <= set("|-: "):
                continue
            if len(cells) != len(_HEADER) or not line.endswith("|"):
                raise RecordError(number, "expected a row of 4 cells; is the file cut off here?")
            found += 1
            yield _record(number, health, trouble, cells)
    if expected is None:
        raise RecordError(1, "expected the Markdown summary of `fetcher check`, found another text")
    if found != expected:
        raise RecordError(
            number,
            f"the summary lists {found:,} of {expected:,} URLs that are not healthy; "
            "expected all of them, as JSON lines and CSV have them",
        )


def _lines(blocks: Blocks) -> Iterator[tuple[int, str]]:
    for batch in batches(blocks):
        if batch.problem:
            raise RecordError(batch.first, batch.problem)
        yield from enumerate(batch.lines, batch.first)


def _expected(lines: Iterator[tuple[int, str]]) -> int:
    """Read how many URLs are not healthy from the two lines below the names of the healths."""
    next(lines, None)
    number, line = next(lines, (0, ""))
    counts = [cell.strip().replace(",", "") for cell in line.strip("|").split("|")]
    if len(counts) != 5 or not all(count.isdecimal() for count in counts):
        raise RecordError(number, "expected how many URLs have each health")
    return sum(map(int, counts[1:4]))


def _record(number: int, health: str, trouble: str, cells: tuple[str, ...]) -> PreviousRow:
    url, status, _, reason = cells
    link = _LINK.fullmatch(url)
    text = _plain(link[1] if link else url)
    if len(text) == _LONGEST and text.endswith(_CUT):
        if link is None:
            raise RecordError(number, "the URL is cut; expected all of it, as CSV has it")
        text = _plain(link[2])  # with more of it percent-encoded, but the same URL
    named = {"url": text, "health": health, "trouble": trouble, "status": status}
    return PreviousRow(number, {**named, "reason": _plain(reason)})


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[1] or unescape(found[2]), text)
