"""From the beginning of a list to the reader for the rest of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fetcher.sources.base import MAX_RECORD, ListOptions, Reader
from fetcher.sources.delimited import DelimitedReader
from fetcher.sources.detect import Detected, Origin, detect
from fetcher.sources.jsonfields import Fields
from fetcher.sources.jsonlines import JsonLinesReader, first_line_object
from fetcher.sources.jsonvalues import JsonValuesReader, first_value_object
from fetcher.sources.layout import find_layout
from fetcher.sources.robots import RobotsReader
from fetcher.sources.sitemap import SitemapReader
from fetcher.sources.text import TextReader

_ENOUGH_TO_KNOW = 512
_DELIMITED: dict[Detected, str | None] = {"csv": None, "tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How one list is to be read: its format, the columns it carries, and a maker of readers."""

    format: Detected
    header: tuple[str, ...]
    reader: Callable[[Iterator[int]], Reader]


def make_plan(origin: Origin, sample: bytes, options: ListOptions, *, more: bool) -> Plan | None:
    """Decide how to read a list from its beginning, unpacked.

    None: more of it is needed, which is asked for only while `more` may come: from a pipe no row
    should wait for the rows after it without need. Raises SourceError when the list cannot be
    read in the way the options demand.
    """
    more = more and len(sample) < MAX_RECORD
    if more and not _is_enough(sample):
        return None
    found = detect(origin, sample, options.format)
    if found in _DELIMITED:
        return _delimited(origin, sample, options, found, more)
    if found in ("jsonl", "json"):
        return _json(origin, sample, options, found, more)
    name = origin.name
    if found == "robots":
        return Plan(found, (), lambda _: RobotsReader(name))
    if found == "sitemap":
        return Plan(found, (), lambda counter: SitemapReader(name, counter, origin.url))
    return Plan(found, (), lambda counter: TextReader(name, counter))


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
) -> Plan | None:
    # The cells tell more than the names do: with a single line nothing is certain.
    if more and options.url_column is None and len(sample.strip().splitlines()) < 2:
        return None
    layout = find_layout(origin.name, sample, options, _DELIMITED[found])
    if layout is None:
        return Plan(found, (), lambda counter: TextReader(origin.name, counter))
    return Plan(found, layout.header, lambda counter: DelimitedReader(origin.name, layout, counter))


def _json(
    origin: Origin, sample: bytes, options: ListOptions, found: Detected, more: bool
) -> Plan | None:
    make = JsonLinesReader if found == "jsonl" else JsonValuesReader
    fields = Fields(options.url_field)
    if options.carry:
        first_object = first_line_object if found == "jsonl" else first_value_object
        row = first_object(sample)
        if row is None and more:
            return None
        fields = Fields(options.url_field, fields.carried_by(row or {}))
    return Plan(found, fields.header, lambda counter: make(origin.name, fields, counter))
