"""One table of the file, read by the options that it may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypeVar

from fetcher.config import ConfigError, from_value
from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.monitor.configuration.document import Document
from fetcher.monitor.configuration.mistakes import Mistakes, found, likely
from fetcher.options import Option, options_of

S = TypeVar("S")

_TOGETHER = "expect: "
"""What the message begins with when only several expectations together are wrong."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file; entry: which one of several, from 0, None where there is only one."""

    document: Document
    section: str
    values: Mapping[str, Any]
    entry: int | None = None

    def where(self, key: str = "") -> str:
        """Name the place of a key, as messages begin with it."""
        place = self.document.place(self.section, self.entry or 0, key)
        heading = f"[{self.section}]" if self.entry is None else f"[[{self.section}]]"
        if self.entry is not None and ":" not in place.removeprefix(self.document.name):
            heading += f" #{self.entry + 1}"
        return f"{place}: {heading} {key}".rstrip()

    @property
    def source(self) -> str:
        """Its place in short: file and line."""
        return self.document.place(self.section, self.entry or 0)


def one_table(document: Document, section: str, mistakes: Mistakes) -> Table:
    """Take a section that is there once at the most."""
    values = document.values.get(section, {})
    if not isinstance(values, dict):
        mistakes.add(f"{document.name}: {section} must be one section, written [{section}]")
        values = {}
    return Table(document, section, values)


def many_tables(document: Document, section: str, mistakes: Mistakes) -> list[Table]:
    """Take a section that may be there several times."""
    values = document.values.get(section, [])
    if not isinstance(values, list) or not all(isinstance(entry, dict) for entry in values):
        mistakes.add(f"{document.name}: {section} must be tables, each written [[{section}]]")
        return []
    return [Table(document, section, entry, number) for number, entry in enumerate(values)]


def read_options(table: Table, mistakes: Mistakes, *kinds: type, but: str = "") -> dict[str, Any]:
    """Read what a table sets of the options that some classes declare, by their names.

    but: a key that someone else reads.
    """
    options = _options(kinds)
    values = {}
    for key, value in table.values.items():
        if key in options:
            try:
                values[key] = from_value(value, options[key], "")
            except ConfigError as error:  # it begins with a colon, for want of a place
                mistakes.add(f"{table.where(key)}{error}")
        elif key != but:
            known = (*options, but) if but else options
            mistakes.add(f"{table.where(key)} is not known{likely(key, known)}")
    return values


def make(kind: type[S], values: Mapping[str, Any]) -> S:
    """Make the settings of a class of those among some values that are its own."""
    own = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in own})


def read_expectations(
    table: Table, raw: object, base: Expectations, mistakes: Mistakes, prefix: str = ""
) -> Expectations:
    """Read what is expected, key by key over what is expected of all.

    prefix: what the keys' names begin with in the file, `expect.` for a table within a table.
    """
    if not isinstance(raw, Mapping):
        where = table.where(prefix.rstrip("."))
        mistakes.add(f"{where}: expected a table such as {{ status = 200 }}, found {found(raw)}")
        return base
    good = {}
    for key, value in raw.items():
        problem = _problem(key, value)
        if problem:
            mistakes.add(f"{table.where(prefix + key)}{problem}")
        else:
            good[key] = value
    try:
        return parse_expectations(good, base)
    except ValueError as error:
        mistakes.add(f"{table.where(prefix.rstrip('.'))}: {str(error).removeprefix(_TOGETHER)}")
        return base


def _problem(key: str, value: object) -> str:
    """What is wrong with one expectation, whatever the others are; "" when nothing is."""
    try:
        parse_expectations({key: value})
    except ValueError as error:
        problem = str(error)
        return "" if problem.startswith(_TOGETHER) else problem.removeprefix(f"expect.{key}")
    return ""


@cache
def _options(kinds: tuple[type, ...]) -> dict[str, Option]:
    return {name: declared for kind in kinds for name, (declared, _) in options_of(kind).items()}
