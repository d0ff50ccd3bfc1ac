"""Reading the results of an earlier run, whatever their format.

Which format an earlier result has: by its content, as names lie and pipes have none.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path, PurePath

from fetcher.baseline.data_formats import Blocks, delimited_records, delimiter_of, json_records
from fetcher.baseline.junit import junit_records
from fetcher.baseline.markdown import markdown_records
from fetcher.baseline.previous_result import (
    PreviousResult,
    PreviousResultError,
    RecordError,
    Records,
    earlier_of,
)
from fetcher.baseline.report import report_records
from fetcher.sources.base import MAX_RECORD, BrokenInput, SourceError
from fetcher.sources.byte_streams import file_blocks, shown
from fetcher.sources.decompression import unpacked
from fetcher.text import shorten

ReadRecords = Callable[[Blocks], Records]
"""Reads one format; raises RecordError."""

SUMMARIES: tuple[ReadRecords, ...] = (markdown_records,)
"""What reads formats that leave out what is healthy."""

_HTML = re.compile(rb"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_XML = re.compile(rb"<(?:\?xml\s|testsuites?[\s>])")
_EXPECTED = (
    "expected results as CSV, TSV, JSON lines, JUnit XML, Markdown or the HTML report, "
    "with a column url"
)


def is_enough(sample: bytes) -> bool:
    """Whether the beginning of a file tells its format: it has a line that is not blank.

    More than a mebibyte without one is no result either.
    """
    begun = sample.lstrip()
    return b"\n" in begun or b"\r" in begun or len(sample) > MAX_RECORD


def format_of(name: str, sample: bytes) -> ReadRecords:
    """Choose the reader for a file by its beginning; raises ValueError when it is no result.

    name: tells an empty list of results, which JSON lines can be, from a file that lacks its
    header.
    """
    begun = sample.lstrip()
    if begun.startswith(b"{"):
        return json_records
    if _HTML.match(begun):
        return report_records
    if _XML.match(begun):
        return junit_records
    if begun.startswith(b"#"):
        return markdown_records
    if not begun and PurePath(name.lower().removesuffix(".gz")).suffix in (".jsonl", ".ndjson"):
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


_SUMMARY = (
    "a Markdown summary does not list what is healthy; "
    "expected CSV, TSV, JSON lines, JUnit XML or the HTML report"
)


def read_earlier(path: str | Path) -> Iterator[PreviousResult]:
    """Read what `fetcher check` or `fetcher titles` wrote, row by row.

    CSV, TSV, JSON lines, JUnit XML, the Markdown summary (which does not list what is healthy) and
    the HTML report, each also as .gz; told apart by their content. A file must say for each URL how
    it fared: by health, status, or error. It is opened at once and read lazily, in the memory of
    one row.

    Raises EarlierError, then and in between: no such file, none of these formats, not UTF-8, a
    value that is none of its column's, a row that is cut off.
    """
    return _read(path, whole=False)


def read_whole(path: str | Path) -> Iterator[PreviousResult]:
    """Read a result that lists every URL, as is needed to tell what is new or gone.

    As `read_earlier`, and raises EarlierError also for a summary.
    """
    return _read(path, whole=True)


def _read(path: str | Path, *, whole: bool) -> Iterator[PreviousResult]:
    name = shown(str(path))
    try:
        blocks = unpacked(file_blocks(str(path)))
        sample = b""
        for block in blocks:
            sample += block
            if is_enough(sample):
                break
        read = format_of(name, sample)
    except SourceError as error:
        raise PreviousResultError(
            name, 0, str(error).removeprefix(f"cannot read {name}: ")
        ) from None
    except (BrokenInput, ValueError) as error:
        raise PreviousResultError(name, 1, str(error)) from None
    if whole and read in SUMMARIES:
        raise PreviousResultError(name, 0, _SUMMARY)
    return _rows(name, read, chain([sample], blocks))


def _rows(name: str, read: ReadRecords, blocks: Iterator[bytes]) -> Iterator[PreviousResult]:
    line = 0
    try:
        for line, cells in read(blocks):
            yield earlier_of(cells, f"{name}:{line}")
    except RecordError as error:
        raise PreviousResultError(name, error.line, str(error)) from None
    except ValueError as error:
        raise PreviousResultError(name, line, str(error)) from None
    except BrokenInput as error:
        raise PreviousResultError(name, line, f"{error} (behind this line)") from None
