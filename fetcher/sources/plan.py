"""From the beginning of a list to the reader for the rest of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from fetcher.sources.base import MAX_RECORD, ListOptions, Reader
from fetcher.sources.delimited import DelimitedReader
from fetcher.sources.detect import Detected, Origin, detect
from fetcher.sources.expected import RowExpectations, speaks
from fetcher.sources.jsonfields import Fields
from fetcher.sources.jsonlines import JsonLinesReader, first_line_object
from fetcher.sources.jsonvalues import JsonValuesReader, first_value_object
from fetcher.sources.layout import find_layout
from fetcher.sources.robots import RobotsReader
from fetcher.sources.sitemap import SitemapReader
from fetcher.sources.text import TextReader
from fetcher.sources.tomllist import MAX_TOML, TomlReader, first_toml_table

_ENOUGH_TO_KNOW = 512
_DELIMITED: dict[Detected, str | None] = {"csv": None, "tsv": "\t"}

MakeReader = Callable[[Iterator[int], RowExpectations | None], Reader]
"""Makes a reader that takes indexes from a counter, and what rows expect by what is given."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one list is to be read: its format, the columns it carries, and a maker of readers.

    expects: whether its rows can say what they expect.
    """

    format: Detected
    header: tuple[str, ...]
    reader: MakeReader
    expects: bool = False


def make_plan(origin: Origin, sample: bytes, options: ListOptions, *, more: bool) -> Plan | None:
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
        return Plan(found, (), lambda counter, _: RobotsReader(name))
    if found == "sitemap":
        return Plan(found, (), lambda counter, _: SitemapReader(name, counter, origin.url))
    return Plan(found, (), lambda counter, _: TextReader(name, counter))


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
    name = origin.name
    layout = find_layout(name, sample, options, _DELIMITED[found])
    if layout is None:
        return Plan(found, (), lambda counter, _: TextReader(name, counter))
    return Plan(
        found,
        layout.header,
        lambda counter, expectations: DelimitedReader(name, layout, counter, expectations),
        expects=bool(layout.expected),
    )


def _json(
    origin: Origin, sample: bytes, options: ListOptions, found: Detected, more: bool
) -> Plan | None:
    make = JsonLinesReader if found == "jsonl" else JsonValuesReader
    row: Mapping[str, object] | None = {}
    if options.carry:
        row = (first_line_object if found == "jsonl" else first_value_object)(sample)
        if row is None and more:
            return None
    return _fields_plan(origin.name, options, found, make, row or {})


def _toml(name: str, sample: bytes, options: ListOptions, more: bool) -> Plan | None:
    if more and options.carry and len(sample) <= MAX_TOML:
        return None  # Which columns there are shows only at the end.
    row = first_toml_table(name, sample) if options.carry else {}
    return _fields_plan(name, options, "toml", TomlReader, row)


def _fields_plan(
    name: str,
    options: ListOptions,
    found: Detected,
    make: Callable[[str, Fields, Iterator[int], RowExpectations | None], Reader],
    row: Mapping[str, object],
) -> Plan:
    """Plan for rows that have fields with names; `row` is one of them, for what it carries."""
    fields = Fields(options.url_field)
    if options.carry:
        names = fields.carried_by(row)
        mute = options.expect is None
        fields = replace(fields, header=tuple(n for n in names if mute or not speaks(n)))
    return Plan(
        found,
        fields.header,
        lambda counter, expectations: make(name, fields, counter, expectations),
        expects=True,
    )
