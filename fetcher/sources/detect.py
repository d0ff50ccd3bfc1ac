"""Which format a list has: by its name first, then by its beginning."""

import json
import posixpath
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fetcher.sources.base import ListFormat, SourceError
from fetcher.sources.layout import find_delimiter, sample_rows
from fetcher.sources.names import CERTAIN_NAMES, normalised

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
