"""Earlier results as JUnit XML: one test case for each URL."""

from collections.abc import Iterator
from xml.parsers import expat

from fetcher.baseline.data_formats import Blocks
from fetcher.baseline.previous_result import PreviousRow, RecordError, Records
from fetcher.judgement.verdict import Health
from fetcher.sources.base import MAX_RECORD

MAX_DEPTH = 20
"""How deep elements may be nested; JUnit XML needs five levels."""

_HEALTHS = {
    "failure": Health.UNHEALTHY,
    "error": Health.UNKNOWN,
    "skipped": Health.UNKNOWN,
}
"""What an element in a test case says about it, where its text says no more."""

_DETAILS = {
    "health": "health",
    "trouble": "trouble",
    "reason": "reason",
    "status": "status",
    "title": "title",
    "final URL": "final_url",
}
"""The column of each line that is read of an element's text, which has them as `name: value`."""


def junit_records(blocks: Blocks) -> Records:
    """Read test cases: their name is the URL, their time the seconds, and what is in them the rest.

    The parser is expat, fed block by block and hardened rather than replaced: a document that
    declares entities is refused, so none is ever expanded; expat opens nothing by itself; depth and
    the length of one tag are limited. Raises RecordError.
    """
    parser = expat.ParserCreate("utf-8")
    cases = _Cases(parser)
    parser.buffer_text = True
    parser.StartElementHandler = cases.start
    parser.EndElementHandler = cases.end
    parser.CharacterDataHandler = cases.characters
    parser.EntityDeclHandler = cases.refuse_entity
    fed = 0
    for block in blocks:
        fed += len(block)
        yield from _parsed(parser, cases, block)
        # expat looks at an unfinished tag again with each block: quadratic when endless.
        if fed - max(parser.CurrentByteIndex, 0) > MAX_RECORD:
            limit = f"{MAX_RECORD // 1024} KiB"
            raise RecordError(parser.CurrentLineNumber, f"a tag is longer than {limit}")
    yield from _parsed(parser, cases, b"", final=True)


def _parsed(
    parser: "expat.XMLParserType", cases: "_Cases", block: bytes, *, final: bool = False
) -> Iterator[PreviousRow]:
    problem: RecordError | None = None
    try:
        parser.Parse(block, final)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code) or "error"
        if words == "no element found":
            words = "the file is cut off here"
        problem = RecordError(error.lineno, f"broken XML: {words}; expected JUnit XML")
    except RecordError as error:
        problem = error
    yield from cases.take()
    if problem is not None:
        raise problem


class _Cases:
    """Follows the elements of one document and collects its test cases."""

    def __init__(self, parser: "expat.XMLParserType") -> None:
        self._parser = parser
        self._depth = 0
        self._found: list[PreviousRow] = []
        self._cells: dict[str, object] | None = None
        self._line = 0
        self._text: list[str] = []
        self._size = 0

    def take(self) -> list[PreviousRow]:
        """Give the test cases that were completed."""
        found, self._found = self._found, []
        return found

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        line = self._parser.CurrentLineNumber
        if not self._depth and tag not in ("testsuites", "testsuite"):
            raise RecordError(line, f"expected JUnit XML, found the element {tag[:50]}")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecordError(line, f"elements are nested more than {MAX_DEPTH} deep")
        self._text, self._size = [], 0
        if tag == "testcase":
            self._line = line
            self._cells = _cells(attributes)
        elif self._cells is not None and tag in _HEALTHS:
            self._cells["health"] = _HEALTHS[tag].value
            self._cells["trouble"] = attributes.get("type")
            self._cells["reason"] = attributes.get("message")

    def characters(self, text: str) -> None:
        """Take a piece of text."""
        if self._size <= MAX_RECORD:
            self._text.append(text)
            self._size += len(text)

    def end(self, tag: str) -> None:
        """Take an end tag."""
        self._depth -= 1
        if self._cells is None:
            return
        if tag == "testcase":
            self._cells.setdefault("health", Health.HEALTHY.value)
            self._found.append(PreviousRow(self._line, self._cells))
            self._cells = None
        elif tag in _HEALTHS or tag == "system-out":
            self._cells.update(_details("".join(self._text)))

    def refuse_entity(self, name: str, *_declared: object) -> None:
        """Refuse a document that declares an entity."""
        raise RecordError(
            self._parser.CurrentLineNumber,
            f"it declares an XML entity ({name[:50]}), which is not expanded",
        )


def _cells(attributes: dict[str, str]) -> dict[str, object]:
    cells: dict[str, object] = {"url": attributes.get("name", "")}
    seconds = attributes.get("time", "")
    try:
        # 0 stands for a time that is not known, as every case must have one.
        cells["elapsed_ms"] = float(seconds or 0) * 1000 or None
    except ValueError:
        cells["elapsed_ms"] = seconds
    return cells


def _details(text: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for line in text.split("\n"):
        name, _, value = line.partition(": ")
        if name in _DETAILS:
            found.setdefault(_DETAILS[name], value)
    return found
