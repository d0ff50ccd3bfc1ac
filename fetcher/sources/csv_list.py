"""CSV and TSV lists (RFC 4180): lines to rows of cells, and rows to targets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from fetcher.model import Target
from fetcher.sources.base import KEPT, MAX_RECORD, MAX_URL
from fetcher.sources.row_expectations import NOTHING, Expected, RowExpectations
from fetcher.sources.text_list import Batch, LineBuffer, flaw
from fetcher.text import encodable

_OPENING = re.compile(r' *"')
_QUOTED = re.compile(r'([^"]*(?:""[^"]*)*)("?)')


class Row(NamedTuple):
    """One row of cells.

    Attributes:
        number: the physical line that it starts on, from 1.
        cells: their text, without quotation marks.
        suspect: as in `Batch`.
        problem: set if the row could be read only in part.
    """

    number: int
    cells: list[str]
    suspect: bool = False
    problem: str = ""


class RowSplitter:
    """Splits lines into cells, joining the lines of a row whose quoted cells hold line breaks.

    Lenient: spaces before an opening quotation mark and text after a closing one are accepted;
    a quotation mark inside an unquoted cell is an ordinary character. A quotation mark that is
    not closed within MAX_RECORD characters, or by the end, costs its own line, not the file: the
    lines after it are then read one by one.
    """

    def __init__(self, delimiter: str | None) -> None:
        self._delimiter = delimiter
        self._started: list[str] = []
        self._number = 0
        self._suspect = False
        self._size = 0
        self._row = _OpenRow(delimiter)

    def rows(self, batch: Batch) -> Iterator[Row]:
        """Yield the rows that these lines complete."""
        if batch.problem:
            yield from self._give_up("unclosed quotation mark")
            yield Row(batch.first, self._read_alone(batch.lines[0]), True, batch.problem)
            return
        delimiter = self._delimiter
        for number, line in enumerate(batch.lines, batch.first):
            if self._started or '"' in line:
                yield from self._quoted(number, line, batch.suspect)
            elif not line or (line.isspace() and (delimiter is None or delimiter not in line)):
                continue
            else:
                yield Row(number, line.split(delimiter) if delimiter else [line], batch.suspect)

    def finish(self) -> Iterator[Row]:
        """Yield the rows that the end of the input completes."""
        yield from self._give_up("unclosed quotation mark")

    def _quoted(self, number: int, line: str, suspect: bool) -> Iterator[Row]:
        if not self._started:
            self._number, self._suspect, self._size = number, False, 0
            self._row = _OpenRow(self._delimiter)
        self._started.append(line)
        self._suspect |= suspect
        self._size += len(line) + 1
        if self._row.add(line):
            self._started = []
            yield Row(self._number, self._row.cells, self._suspect)
        elif self._size > MAX_RECORD:
            limit = f"{MAX_RECORD // 1024} KiB"
            yield from self._give_up(f"unclosed quotation mark within {limit}")

    def _give_up(self, problem: str) -> Iterator[Row]:
        started, self._started = self._started, []
        for number, line in enumerate(started, self._number):
            if line.strip():
                row = _OpenRow(self._delimiter)
                closed = row.add(line) and number > self._number
                yield Row(number, row.all_cells(), True, "" if closed else problem)

    def _read_alone(self, line: str) -> list[str]:
        row = _OpenRow(self._delimiter)
        row.add(line)
        return row.all_cells()


class _OpenRow:
    """A row that is being read; it keeps its place, so that each line is scanned once."""

    def __init__(self, delimiter: str | None) -> None:
        self._delimiter = delimiter
        self._open: list[str] | None = None
        self.cells: list[str] = []

    def add(self, line: str) -> bool:
        """Add the next line; return True if the row is complete."""
        position = 0
        while True:
            if self._open is None:
                opening = _OPENING.match(line, position)
                if opening is None:
                    position = self._plain(line, position)
                else:
                    self._open = []
                    position = opening.end()
            if self._open is not None:
                position = self._inside(line, position)
            if position < 0:
                return self._open is None

    def all_cells(self) -> list[str]:
        """Return the cells, including the one that is still open."""
        return self.cells if self._open is None else [*self.cells, "\n".join(self._open)]

    def _plain(self, line: str, position: int, before: str = "") -> int:
        """Add a cell up to the next delimiter; return the place after it, -1 at the line's end."""
        end = line.find(self._delimiter, position) if self._delimiter else -1
        self.cells.append(before + (line[position:] if end < 0 else line[position:end]))
        return -1 if end < 0 else end + 1

    def _inside(self, line: str, position: int) -> int:
        """Add to a quoted cell up to its closing quotation mark, or up to the line's end."""
        assert self._open is not None
        found = _QUOTED.match(line, position)
        assert found is not None
        self._open.append(found[1].replace('""', '"'))
        if not found[2]:
            return -1
        text, self._open = "\n".join(self._open), None
        return self._plain(line, found.end(), text)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read the rows of one delimited list.

    Attributes:
        delimiter: None for a list of one column.
        column: position of the URL's cell, from 0.
        has_header: True if the first row names the columns.
        width: how many cells a row may have; None if there is no header.
        carried: positions of the carried cells.
        header: their names.
        expected: positions and keys of the cells with expectations; an empty cell expects nothing.
    """

    delimiter: str | None
    column: int
    has_header: bool
    width: int | None = None
    carried: tuple[int, ...] = ()
    header: tuple[str, ...] = ()
    expected: tuple[tuple[int, str], ...] = ()


class DelimitedReader:
    """Reads the URL, the carried cells and the expectations of every row."""

    def __init__(
        self,
        name: str,
        layout: Layout,
        counter: Iterator[int],
        expectations: RowExpectations | None = None,
    ) -> None:
        self._name = name
        self._layout = layout
        self._expectations = expectations if layout.expected else None
        self._counter = counter
        self._lines = LineBuffer(MAX_RECORD)
        self._splitter = RowSplitter(layout.delimiter)
        self._header_due = layout.has_header

    def feed(self, data: bytes) -> Iterator[Target]:
        """Take bytes and yield the rows that are complete."""
        for batch in self._lines.feed(data):
            for row in self._splitter.rows(batch):
                yield from self._target(row)

    def finish(self) -> Iterator[Target]:
        """Yield the last row."""
        for batch in self._lines.finish():
            for row in self._splitter.rows(batch):
                yield from self._target(row)
        for row in self._splitter.finish():
            yield from self._target(row)

    def place(self) -> str:
        """Return the place of the next row."""
        return f"{self._name}:{self._lines.number}"

    def _target(self, row: Row) -> Iterator[Target]:
        if self._header_due:
            self._header_due = False
            return
        number, cells, suspect, problem = row
        layout = self._layout
        url = cells[layout.column].strip() if layout.column < len(cells) else ""
        carried: tuple[str, ...] = ()
        if layout.carried:
            carried = tuple([cells[i] if i < len(cells) else "" for i in layout.carried])
        if suspect:
            problem = problem or flaw(url)
            url = encodable(url, nul=True)
            carried = tuple([encodable(cell, nul=True) for cell in carried])
        width = layout.width
        if not url or len(url) > MAX_URL or (width and len(cells) > width) or "\n" in url:
            problem = problem or self._problem(url, cells)
            url = url[:KEPT] if len(url) > MAX_URL else url
        expected = NOTHING
        if self._expectations is not None:
            expected = self._expected(cells, self._expectations)
            problem = problem or expected.problem
        source = f"{self._name}:{number}"
        yield Target(next(self._counter), url, source, carried, problem, expected.value)

    def _expected(self, cells: list[str], expectations: RowExpectations) -> Expected:
        places = self._layout.expected
        given = {key: cells[i] for i, key in places if i < len(cells) and cells[i].strip()}
        wrong = next((problem for problem in map(flaw, given.values()) if problem), "")
        return expectations.refused(wrong) if wrong else expectations.of(given)

    def _problem(self, url: str, cells: list[str]) -> str:
        layout = self._layout
        if layout.column >= len(cells):
            return (
                f"the row has {len(cells)} cell{'s' * (len(cells) != 1)}; "
                f"the URL should be in cell {layout.column + 1}"
            )
        if not url:
            return f"cell {layout.column + 1}, which should hold the URL, is empty"
        if len(url) > MAX_URL:
            return f"the URL is longer than {MAX_URL // 1024} KiB"
        if "\n" in url:
            return "the URL spans several lines; is a quotation mark missing?"
        if any(cell.strip() for cell in cells[layout.width :]):
            return (
                f"the row has {len(cells)} cells, the header {layout.width}; "
                "quote cells that contain the delimiter"
            )
        return ""
