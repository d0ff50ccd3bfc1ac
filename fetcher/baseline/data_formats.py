"""The formats that results are read from: CSV and TSV (RFC 4180), JSON lines, SQLite, Parquet."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from fetcher.baseline.previous_result import (
    COMPARED,
    PreviousRow,
    RecordError,
    Records,
    check_telling,
)
from fetcher.extras import optional_library
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
    """Return what separates the names in a header, one of which is `url`; None if it is not one."""
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


_PAGES = "pages"
"""The table that a job writes where no other is named."""
_AT_ONCE = 1_000


def sqlite_records(path: Path) -> Records:
    """Read the rows of a database that a job wrote, in the order in which they were written.

    Of its tables the one with results is read, `pages` where there are several. Raises RecordError.
    """
    import sqlite3

    from fetcher.storage.sqlite_file import columns_of, connect, quote_name

    try:
        with closing(connect(path, "ro")) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {name: list(columns_of(database, name)) for (name,) in found.fetchall()}
            table = _table_of_results(tables)
            names = [name for name in tables[table] if name in COMPARED]
            chosen = ", ".join(map(quote_name, names))
            rows = database.execute(f"SELECT {chosen} FROM {quote_name(table)} ORDER BY rowid")
            for number, row in enumerate(rows, 1):
                yield PreviousRow(number, dict(zip(names, row, strict=True)))
    except sqlite3.Error as error:
        raise RecordError(0, f"the database cannot be read: {error}") from None


def _table_of_results(tables: Mapping[str, list[str]]) -> str:
    known = [name for name, columns in tables.items() if "url" in columns]
    if len(known) == 1 or _PAGES in known:
        table = _PAGES if _PAGES in known else known[0]
        try:
            check_telling(dict.fromkeys(tables[table]))
        except ValueError as error:
            raise RecordError(0, str(error)) from None
        return table
    named = f"several have one: {', '.join(known[:5])}" if known else "none has one"
    raise RecordError(0, f"expected one table with a column url, or one called {_PAGES}; {named}")


def parquet_records(path: Path) -> Records:
    """Read the rows of a Parquet file, a batch at a time; raises RecordError."""
    with optional_library("pyarrow", f"reading {path.name}", lambda text: RecordError(0, text)):
        import pyarrow as pa  # type: ignore[import-untyped]  # it comes without types
        import pyarrow.parquet as pq  # type: ignore[import-untyped]

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            check_telling(dict.fromkeys(file.schema_arrow.names))
            names = [name for name in file.schema_arrow.names if name in COMPARED]
            for batch in file.iter_batches(_AT_ONCE, columns=names):
                for row in _dicts(batch):
                    number += 1
                    yield PreviousRow(number, row)
    except (pa.ArrowInvalid, OSError) as error:
        raise RecordError(number, f"the Parquet file cannot be read: {error}") from None


def _dicts(batch: Any) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = batch.to_pylist()
    return rows
