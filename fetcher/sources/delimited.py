"""CSV and TSV: rows of cells (RFC 4180) to targets."""

from collections.abc import Iterator
from dataclasses import dataclass

from fetcher.model import Target
from fetcher.sources.base import KEPT, MAX_RECORD, MAX_URL
from fetcher.sources.cells import Row, RowSplitter
from fetcher.sources.expected import NOTHING, Expected, RowExpectations
from fetcher.sources.lines import LineBuffer, flaw, printable


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one delimited list are to be read.

    delimiter: None for a list of one column. column: position of the URL's cell, from 0.
    has_header: whether the first row names the columns. width: how many cells a row may have,
    None when the list does not say. carried: positions of the cells that are carried through.
    header: the names of those. expected: positions and keys of the cells that say what is expected;
    an empty one says nothing.
    """

    delimiter: str | None
    column: int
    has_header: bool
    width: int | None = None
    carried: tuple[int, ...] = ()
    header: tuple[str, ...] = ()
    expected: tuple[tuple[int, str], ...] = ()


class DelimitedReader:
    """Reads the URL column, the cells to carry, and those with expectations, of every row."""

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
        """Take bytes and give the rows that are complete."""
        for batch in self._lines.feed(data):
            for row in self._splitter.rows(batch):
                yield from self._target(row)

    def finish(self) -> Iterator[Target]:
        """Give the last row."""
        for batch in self._lines.finish():
            for row in self._splitter.rows(batch):
                yield from self._target(row)
        for row in self._splitter.finish():
            yield from self._target(row)

    def place(self) -> str:
        """Say where the next row would stand."""
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
            url = printable(url)
            carried = tuple(map(printable, carried))
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
        said = {key: cells[i] for i, key in places if i < len(cells) and cells[i].strip()}
        wrong = next((problem for problem in map(flaw, said.values()) if problem), "")
        return expectations.refused(wrong) if wrong else expectations.of(said)

    def _problem(self, url: str, cells: list[str]) -> str:
        layout = self._layout
        if layout.column >= len(cells):
            return (
                f"the row has {len(cells)} cell{'s' * (len(cells) != 1)}, "
                f"the URL should be in number {layout.column + 1}"
            )
        if not url:
            return f"cell {layout.column + 1} of the row, where the URL should be, is empty"
        if len(url) > MAX_URL:
            return f"the URL's cell is longer than {MAX_URL // 1024} KiB"
        if "\n" in url:
            return "the URL's cell runs over several lines; is a quotation mark missing?"
        if any(cell.strip() for cell in cells[layout.width :]):
            return (
                f"the row has {len(cells)} cells, the header {layout.width}; "
                "a cell that holds the delimiter must be quoted"
            )
        return ""
