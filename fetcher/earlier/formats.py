"""Which format an earlier result has: by its content, as names lie and pipes have none."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import PurePath

from fetcher.earlier.delimited import delimited_records, delimiter_of
from fetcher.earlier.jsonlines import json_records
from fetcher.earlier.junit import junit_records
from fetcher.earlier.markdown import markdown_records
from fetcher.earlier.records import Records
from fetcher.earlier.report import report_records
from fetcher.earlier.texts import Blocks
from fetcher.sources.base import MAX_RECORD

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
    text = "".join(c for c in line[:60] if c.isprintable())
    return f"begins with {text!r}"
