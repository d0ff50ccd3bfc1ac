"""From the beginning of a list to the reader for the rest of it.

Which format a list has: by its name first, then by its beginning.
"""

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
from fetcher.sources.row_expectations import RowExpectations, speaks
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
_HTML = re.compile(rb"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_JSON_OBJECT = re.compile(rb'\{\s*["}]')
_JSON_ARRAY = re.compile(rb'\[\s*["{\]]')


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a list before its bytes: its name, and for a fetched one, its URL and type.

    url: the final URL, "" for local lists. content_type: the header's value.
    """

    name: str
    url: str = ""
    content_type: str = ""


def detect(origin: Origin, sample: bytes, wanted: ListFormat) -> Detected:
    """Say which format a list has; `sample` is its beginning, unpacked.

    Raises SourceError for an HTML page.
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
    """Whether the first line is an object or string by itself; one that is cut off may be."""
    line, ended, _ = begun.partition(b"\n")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return not ended and not _JSON_ARRAY.match(begun)
    if isinstance(value, str):
        return normalised(value) not in CERTAIN_NAMES
    return isinstance(value, dict)


def _has_csv_header(begun: bytes) -> bool:
    """Whether the first line certainly names columns, one of them that of the URLs."""
    delimiter = find_delimiter(begun)
    rows = sample_rows(begun, delimiter)
    if not rows or begun.startswith(b"#") or (delimiter is None and begun[:1] != b'"'):
        return False
    return any(normalised(cell) in CERTAIN_NAMES for cell in rows[0])


_ENOUGH_TO_KNOW = 512
_DELIMITED: dict[Detected, str | None] = {"csv": None, "tsv": "\t"}

MakeReader = Callable[[Iterator[int], RowExpectations | None], ListReader]
"""Makes a reader that takes indexes from a counter, and what rows expect by what is given."""


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How one list is to be read: its format, the columns it carries, and a maker of readers.

    expects: whether its rows can say what they expect.
    """

    format: Detected
    header: tuple[str, ...]
    reader: MakeReader
    expects: bool = False


def make_plan(
    origin: Origin, sample: bytes, options: ListOptions, *, more: bool
) -> ListLayout | None:
    """Decide how to read a list from its beginning, unpacked.

    None: more of it is needed, which is asked for only while `more` may come: from a pipe no row
    should wait for the rows after it without need. Raises SourceError when the list cannot be
    read in the way the options demand.
    """
    undecided = more and len(sample) < MAX_RECORD
    if undecided and not _is_enough(sample):
        return None
    found = detect(origin, sample, options.format)
    if found in _DELIMITED:
        return _delimited(origin, sample, options, found, undecided)
    if found in ("jsonl", "json"):
        return _json(origin, sample, options, found, undecided)
    name = origin.name
    if found == "toml":
        return _toml(name, sample, options, more)
    if found == "robots":
        return ListLayout(found, (), lambda counter, _: RobotsReader(name))
    if found == "sitemap":
        return ListLayout(found, (), lambda counter, _: SitemapReader(name, counter, origin.url))
    return ListLayout(found, (), lambda counter, _: TextReader(name, counter))


def _is_enough(sample: bytes) -> bool:
    """Whether there is a whole line, or the beginning of something that may have none."""
    begun = sample.lstrip()
    if begun[:1] in (b"[", b"{") and not begun[1:].strip():
        return False  # JSON or not: the next character tells.
    if begun[:1] in (b"[", b"<") and len(begun) >= _ENOUGH_TO_KNOW:
        return True
    return b"\n" in begun or b"\r" in begun


def _delimited(
    origin: Origin, sample: bytes, options: ListOptions, found: Detected, more: bool
) -> ListLayout | None:
    # The cells tell more than the names do: with a single line nothing is certain.
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


def _json(
    origin: Origin, sample: bytes, options: ListOptions, found: Detected, more: bool
) -> ListLayout | None:
    make = JsonLinesReader if found == "jsonl" else JsonValuesReader
    row: Mapping[str, object] | None = {}
    if options.carry:
        row = (first_line_object if found == "jsonl" else first_value_object)(sample)
        if row is None and more:
            return None
    return _fields_plan(origin.name, options, found, make, row or {})


def _toml(name: str, sample: bytes, options: ListOptions, more: bool) -> ListLayout | None:
    if more and options.carry and len(sample) <= MAX_TOML:
        return None  # Which columns there are shows only at the end.
    row = first_toml_table(name, sample) if options.carry else {}
    return _fields_plan(name, options, "toml", TomlReader, row)


def _fields_plan(
    name: str,
    options: ListOptions,
    found: Detected,
    make: Callable[[str, JsonFields, Iterator[int], RowExpectations | None], ListReader],
    row: Mapping[str, object],
) -> ListLayout:
    """Plan for rows that have fields with names; `row` is one of them, for what it carries."""
    fields = JsonFields(options.url_field)
    if options.carry:
        names = fields.carried_by(row)
        mute = options.expect is None
        fields = replace(fields, header=tuple(n for n in names if mute or not speaks(n)))
    return ListLayout(
        found,
        fields.header,
        lambda counter, expectations: make(name, fields, counter, expectations),
        expects=True,
    )
