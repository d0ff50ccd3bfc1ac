"""The formats of lists: detected by name, then by content; and the reader for each."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from fetcher.sources.base import MAX_RECORD, ListFormat, ListOptions, ListReader, SourceError
from fetcher.sources.csv_layout import find_delimiter, find_layout, sample_rows
from fetcher.sources.csv_list import DelimitedReader
from fetcher.sources.json_list import (
    JsonFields,
    JsonLinesReader,
    JsonValuesReader,
    first_line_object,
    first_value_object,
)
from fetcher.sources.row_expectations import RowExpectations, is_expectation
from fetcher.sources.sitemap import RobotsReader, SitemapReader
from fetcher.sources.text_list import TextReader
from fetcher.sources.toml_list import MAX_TOML, TomlReader, first_toml_table
from fetcher.sources.url_columns import CERTAIN_NAMES, normalised

Detected = Literal["text", "csv", "tsv", "jsonl", "json", "toml", "sitemap", "robots"]

_SUFFIXES: dict[str, Detected] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".toml": "toml",
    ".xml": "sitemap",
    ".rss": "sitemap",
    ".atom": "sitemap",
    ".txt": "text",
}
_TYPES: dict[str, Detected] = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
    "application/json": "json",
    "application/toml": "toml",
}
_DELIMITED: dict[Detected, str | None] = {"csv": None, "tsv": "\t"}
# With this many bytes of something without a line end, the format is clear.
_ENOUGH_BYTES = 512
_HTML = re.compile(rb"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_JSON_OBJECT = re.compile(rb'\{\s*["}]')
_JSON_ARRAY = re.compile(rb'\[\s*["{\]]')


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a list before its bytes.

    Attributes:
        name: as the user gave it.
        url: the final URL; "" for a local list.
        content_type: the header's value; "" for a local list.
    """

    name: str
    url: str = ""
    content_type: str = ""


def detect(origin: Origin, sample: bytes, wanted: ListFormat) -> Detected:
    """Return the format of a list.

    Args:
        origin: what is known of it.
        sample: its beginning, decompressed.
        wanted: the format that the user chose, or "auto".

    Raises:
        SourceError: it is an HTML page.
    """
    begun = sample.lstrip()
    if _HTML.match(begun):
        raise SourceError(
            f"{origin.name} is an HTML page; expected a list of URLs, a sitemap or a feed"
        )
    if wanted == "jsonl":
        return "json" if _JSON_ARRAY.match(begun) else "jsonl"
    if wanted != "auto":
        return wanted
    named = _by_name(origin) or _by_type(origin)
    if named == "json":
        return "jsonl" if _is_json_line(begun) else "json"
    if named == "jsonl" and _JSON_ARRAY.match(begun):
        return "json"
    if named == "text" and begun.startswith((b"<?xml", b"<urlset", b"<sitemapindex")):
        return "sitemap"
    return named or _by_content(begun)


def _by_name(origin: Origin) -> Detected | None:
    path = urlsplit(origin.url).path if origin.url else origin.name
    base = posixpath.basename(path.replace("\\", "/")).lower().removesuffix(".gz")
    if base == "robots.txt":
        return "robots"
    return _SUFFIXES.get(posixpath.splitext(base)[1])


def _by_type(origin: Origin) -> Detected | None:
    return _TYPES.get(origin.content_type.partition(";")[0].strip().lower())


def _by_content(begun: bytes) -> Detected:
    if begun.startswith(b"<"):
        return "sitemap"
    if _JSON_ARRAY.match(begun):
        return "json"
    if _JSON_OBJECT.match(begun):
        return "jsonl" if _is_json_line(begun) else "json"
    if begun.startswith(b'"') and _is_json_line(begun):
        return "jsonl"
    return "csv" if _has_csv_header(begun) else "text"


def _is_json_line(begun: bytes) -> bool:
    """True if the first line is an object or a string by itself, or incomplete."""
    line, ended, _ = begun.partition(b"\n")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return not ended and not _JSON_ARRAY.match(begun)
    if isinstance(value, str):
        return normalised(value) not in CERTAIN_NAMES
    return isinstance(value, dict)


def _has_csv_header(begun: bytes) -> bool:
    """True if the first line is certainly a header with a column of URLs."""
    delimiter = find_delimiter(begun)
    rows = sample_rows(begun, delimiter)
    if not rows or begun.startswith(b"#") or (delimiter is None and begun[:1] != b'"'):
        return False
    return any(normalised(cell) in CERTAIN_NAMES for cell in rows[0])


MakeReader = Callable[[Iterator[int], RowExpectations | None], ListReader]
"""Makes a reader, given the counter of indexes and what reads the rows' expectations."""


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How to read one list.

    Attributes:
        format: its format.
        header: names of the carried columns.
        reader: makes a reader.
        expects: True if its rows can have expectations.
    """

    format: Detected
    header: tuple[str, ...]
    reader: MakeReader
    expects: bool = False


def find_list_layout(
    origin: Origin, sample: bytes, options: ListOptions, *, more: bool
) -> ListLayout | None:
    """Decide how to read a list.

    Args:
        origin: what is known of it.
        sample: its beginning, decompressed.
        options: the user's choices.
        more: True if more of it may follow the sample.

    Returns:
        The layout; None if more of the list is needed. A pipe's first row should not wait for the
        rows after it unless it must.

    Raises:
        SourceError: the list cannot be read as the options demand.
    """
    undecided = more and len(sample) < MAX_RECORD
    if undecided and not _is_enough(sample):
        return None
    found = detect(origin, sample, options.format)
    if found in _DELIMITED:
        return _delimited_layout(origin, sample, options, found, undecided)
    if found in ("jsonl", "json"):
        return _json_layout(origin, sample, options, found, undecided)
    name = origin.name
    if found == "toml":
        return _toml_layout(name, sample, options, more)
    if found == "robots":
        return ListLayout(found, (), lambda counter, _: RobotsReader(name))
    if found == "sitemap":
        return ListLayout(found, (), lambda counter, _: SitemapReader(name, counter, origin.url))
    return ListLayout(found, (), lambda counter, _: TextReader(name, counter))


def _is_enough(sample: bytes) -> bool:
    """True if there is a whole line, or the beginning of something that may have none."""
    begun = sample.lstrip()
    if begun[:1] in (b"[", b"{") and not begun[1:].strip():
        return False  # JSON or not: the next character tells
    if begun[:1] in (b"[", b"<") and len(begun) >= _ENOUGH_BYTES:
        return True
    return b"\n" in begun or b"\r" in begun


def _delimited_layout(
    origin: Origin, sample: bytes, options: ListOptions, found: Detected, more: bool
) -> ListLayout | None:
    # The cells tell more than the names: with a single line nothing is certain.
    if more and options.url_column is None and len(sample.strip().splitlines()) < 2:
        return None
    name = origin.name
    layout = find_layout(name, sample, options, _DELIMITED[found])
    if layout is None:
        return ListLayout(found, (), lambda counter, _: TextReader(name, counter))
    return ListLayout(
        found,
        layout.header,
        lambda counter, expectations: DelimitedReader(name, layout, counter, expectations),
        expects=bool(layout.expected),
    )


def _json_layout(
    origin: Origin, sample: bytes, options: ListOptions, found: Detected, more: bool
) -> ListLayout | None:
    make = JsonLinesReader if found == "jsonl" else JsonValuesReader
    row: Mapping[str, object] | None = {}
    if options.carry:
        row = (first_line_object if found == "jsonl" else first_value_object)(sample)
        if row is None and more:
            return None
    return _layout_of_fields(origin.name, options, found, make, row or {})


def _toml_layout(name: str, sample: bytes, options: ListOptions, more: bool) -> ListLayout | None:
    if more and options.carry and len(sample) <= MAX_TOML:
        return None  # only the end shows which columns there are
    row = first_toml_table(name, sample) if options.carry else {}
    return _layout_of_fields(name, options, "toml", TomlReader, row)


def _layout_of_fields(
    name: str,
    options: ListOptions,
    found: Detected,
    make: Callable[[str, JsonFields, Iterator[int], RowExpectations | None], ListReader],
    row: Mapping[str, object],
) -> ListLayout:
    """Return the layout of rows with named fields; `row` is the first, for the carried names."""
    fields = JsonFields(options.url_field)
    if options.carry:
        names = fields.carried_by(row)
        keep_all = options.expect is None
        fields = replace(
            fields, header=tuple(n for n in names if keep_all or not is_expectation(n))
        )
    return ListLayout(
        found,
        fields.header,
        lambda counter, expectations: make(name, fields, counter, expectations),
        expects=True,
    )
