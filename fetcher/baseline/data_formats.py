"""Earlier results as CSV or TSV (RFC 4180).

Earlier results as JSON lines.

The lines of a text file, from its blocks.
"""

from collections.abc import Iterable, Iterator

from fetcher.baseline.previous_result import PreviousRow, RecordError, Records, check_telling
from fetcher.sources.base import MAX_RECORD
from fetcher.sources.csv_list import Row, RowSplitter
from fetcher.sources.json_list import Unparsable, parse
from fetcher.sources.text_list import Batch, LineBuffer
from fetcher.text import starts_formula

Blocks = Iterable[bytes]
"""The bytes of a file, unpacked, in order."""


def batches(blocks: Blocks) -> Iterator[Batch]:
    """Cut a file into lines; one that is too long comes alone, with its problem."""
    buffer = LineBuffer(MAX_RECORD)
    for block in blocks:
        yield from buffer.feed(block)
    yield from buffer.finish()


DELIMITERS = (",", "\t", ";")
"""What separates cells: in what this program writes, and in what spreadsheets make of that."""


def delimiter_of(line: str) -> str | None:
    """Say what separates the names in a header, one of which is `url`; None if it is no header."""
    for delimiter in DELIMITERS:
        if "url" in _names(line, delimiter):
            return delimiter
    return None


def delimited_records(blocks: Blocks, delimiter: str) -> Records:
    """Read rows below a header; each must have as many cells as that.

    The apostrophe that keeps a spreadsheet from running a cell as a formula is taken off.
    Raises RecordError.
    """
    rows = _rows(blocks, delimiter)
    header = next(rows)
    names = [name.strip() for name in header.cells]
    try:
        check_telling(dict.fromkeys(names))
    except ValueError as error:
        raise RecordError(header.number, str(error)) from None
    for row in rows:
        if row.problem:
            raise RecordError(row.number, row.problem)
        if len(row.cells) != len(names):
            raise RecordError(row.number, _uneven(len(row.cells), len(names)))
        # Backwards, so that of two columns with one name the first counts.
        named = zip(reversed(names), map(_bare, reversed(row.cells)), strict=True)
        yield PreviousRow(row.number, dict(named))


def _rows(blocks: Blocks, delimiter: str) -> Iterator[Row]:
    splitter = RowSplitter(delimiter)
    for batch in batches(blocks):
        yield from splitter.rows(batch)
    yield from splitter.finish()


def _names(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _uneven(found: int, expected: int) -> str:
    cause = "is the file cut off here?" if found < expected else "is a quotation mark missing?"
    return f"the row has {found} cells, expected {expected} as in the header; {cause}"


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and starts_formula(cell[1:]) else cell


def json_records(blocks: Blocks) -> Records:
    """Read one JSON object a line; raises RecordError."""
    for batch in batches(blocks):
        if batch.problem:
            raise RecordError(batch.first, batch.problem)
        for number, line in enumerate(batch.lines, batch.first):
            if line and not line.isspace():
                yield PreviousRow(number, _object(number, line))


def _object(number: int, line: str) -> dict[str, object]:
    value = parse(line)
    if isinstance(value, Unparsable):
        raise RecordError(
            number, f"{value.problem}; expected one object a line; is the file cut off here?"
        )
    if not isinstance(value, dict):
        raise RecordError(number, "expected a JSON object with the columns as its keys")
    return value
