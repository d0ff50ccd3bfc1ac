"""Read the results of a previous run, whatever their format.

The content tells the format, because names lie.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path, PurePath

from fetcher.baseline.data_formats import (
    Blocks,
    delimited_records,
    delimiter_of,
    json_records,
    parquet_records,
    sqlite_records,
)
from fetcher.baseline.previous_result import (
    PreviousResult,
    PreviousResultError,
    RecordError,
    Records,
    previous_of,
)
from fetcher.sources.base import MAX_RECORD, BrokenInput, SourceError
from fetcher.sources.byte_streams import file_blocks, shown
from fetcher.sources.decompression import unpacked
from fetcher.text import shorten

ReadRecords = Callable[[Blocks], Records]
"""Reads one format; raises RecordError."""

_SQLITE, _PARQUET = b"SQLite format 3\0", b"PAR1"
_REPORT = re.compile(rb"<(?:!doctype\s|html[\s>]|\?xml\s|testsuites?[\s>])|#", re.IGNORECASE)
_EXPECTED = "expected results as CSV, TSV, JSON lines, SQLite or Parquet, with a column url"


def is_enough(sample: bytes) -> bool:
    """True if the beginning of a file tells its format: it has a line that is not blank.

    More than a mebibyte without one is not a result either.
    """
    if sample.startswith((_SQLITE, _PARQUET)):
        return True
    begun = sample.lstrip()
    return b"\n" in begun or b"\r" in begun or len(sample) > MAX_RECORD


def format_of(path: Path, sample: bytes) -> ReadRecords:
    """Choose the reader for a file by its beginning; raises ValueError if it is not a result.

    path: tells an empty list of results, which JSON lines can be, from a file that lacks its
    header.
    """
    if sample.startswith(_SQLITE):
        return lambda _: sqlite_records(path)
    if sample.startswith(_PARQUET):
        return lambda _: parquet_records(path)
    begun = sample.lstrip()
    if begun.startswith(b"{"):
        return json_records
    if _REPORT.match(begun):
        raise ValueError(f"a report for people cannot be read back; {_EXPECTED}")
    suffix = PurePath(path.name.lower().removesuffix(".gz")).suffix
    if not begun and suffix in (".jsonl", ".ndjson"):
        return json_records
    line = re.split(rb"[\r\n]", begun, maxsplit=1)[0].decode("utf-8", "replace")
    delimiter = delimiter_of(line)
    if delimiter is not None:
        return partial(delimited_records, delimiter=delimiter)
    raise ValueError(f"{_EXPECTED}; it {_described(line)}")


def _described(line: str) -> str:
    if not line:
        return "is blank"
    return f"begins with {shorten(line, 60)!r}"


def read_previous(path: str | Path) -> Iterator[PreviousResult]:
    """Read what `fetcher check`, `titles` or `scrape` wrote, row by row.

    CSV, TSV and JSON lines, each also as .gz, SQLite and Parquet, told apart by their content. A
    file must say for each URL how it fared: by health, status, or error. It is opened at once and
    read lazily, in the memory of one row or batch.

    Raises PreviousResultError, then and in between: no such file, none of these formats, not UTF-8,
    a value that its column cannot have, a row that is cut off.
    """
    name = shown(str(path))
    try:
        blocks = unpacked(file_blocks(str(path)))
        sample = b""
        for block in blocks:
            sample += block
            if is_enough(sample):
                break
        read = format_of(Path(path), sample)
    except SourceError as error:
        raise PreviousResultError(
            name, 0, str(error).removeprefix(f"cannot read {name}: ")
        ) from None
    except (BrokenInput, ValueError) as error:
        raise PreviousResultError(name, 1, str(error)) from None
    return _rows(name, read, chain([sample], blocks))


def _rows(name: str, read: ReadRecords, blocks: Iterator[bytes]) -> Iterator[PreviousResult]:
    line = 0
    try:
        for line, cells in read(blocks):
            yield previous_of(cells, f"{name}:{line}")
    except RecordError as error:
        raise PreviousResultError(name, error.line, str(error)) from None
    except ValueError as error:
        raise PreviousResultError(name, line, str(error)) from None
    except BrokenInput as error:
        raise PreviousResultError(name, line, f"{error} (behind this line)") from None
