"""A TOML file whose tables know their line numbers, and the reading of options from a table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from fetcher.config import ConfigError, from_value, likely
from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.monitor.config.config_errors import Mistakes, PlanError, found
from fetcher.options import Option, options_of
from fetcher.sources.base import SourceError
from fetcher.sources.toml_list import parse_toml

S = TypeVar("S")

_HEADING = re.compile(r"^[ \t]*(\[\[?)[ \t]*([\w.\"'\- \t]+?)[ \t]*\]\]?[ \t]*(?:#.*)?$")
_TOGETHER = "expect: "
"""The beginning of a message about a combination of expectations."""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines below one heading, and the index of their entry in an array of tables."""

    name: str
    entry: int
    first: int
    lines: tuple[str, ...]

    def line_of(self, key: str) -> int | None:
        """Return the number of the line that sets a key, or a key below it."""
        sets = re.compile(rf"[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[.=]").match
        return next((n for n, line in enumerate(self.lines, self.first) if sets(line)), None)


@dataclass(frozen=True, slots=True)
class ConfigDocument:
    """A TOML file: its values, and where they are.

    name: as given, for messages. folder: what paths in it are relative to. blocks: by section and
    entry, including those of nested tables.
    """

    name: str
    folder: Path
    values: Mapping[str, object]
    blocks: Mapping[tuple[str, int], list[Block]]

    def place(self, section: str, entry: int, key: str = "") -> str:
        """Return the place of a key as `FILE:LINE`; without the line if it is unknown.

        entry: index in an array of tables; else 0. key: dotted for a nested table.
        """
        line = self._line(section, entry, key)
        return self.name if line is None else f"{self.name}:{line}"

    def _line(self, section: str, entry: int, key: str) -> int | None:
        values = self.values.get(section)
        count = len(values) if isinstance(values, list) else 1
        if (section, count) in self.blocks or (section, entry) not in self.blocks:
            return None  # The tables have no headings, or a string looks like one.
        own = self.blocks[section, entry]
        for block, rest in _candidates(own, section, key):
            if (line := block.line_of(rest)) is not None:
                return line
        return own[0].first - 1


def read_document(path: str) -> ConfigDocument:
    """Read a file; raises PlanError if it cannot be read or is not valid TOML."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise PlanError((f"cannot read {path}: {error.strerror or error}",)) from None
    try:
        text, values = parse_toml(path, data)
    except SourceError as error:
        raise PlanError((str(error),)) from None
    blocks: dict[tuple[str, int], list[Block]] = {}
    for block in _blocks(text):
        blocks.setdefault((block.name.partition(".")[0], block.entry), []).append(block)
    return ConfigDocument(path, Path(path).parent, values, blocks)


def _candidates(blocks: list[Block], section: str, key: str) -> list[tuple[Block, str]]:
    """Return the blocks that may set a key, each with its name there, the most likely first."""
    found = [(block, key) for block in blocks if block.name == section]
    table, dot, rest = key.partition(".")
    if dot:
        found += [(block, rest) for block in blocks if block.name == f"{section}.{table}"]
        found += [(block, table) for block in blocks if block.name == section]
    return found if key else []


def _blocks(text: str) -> Iterator[Block]:
    """Split a file at its headings."""
    lines = text.split("\n")
    headings = [(n, m) for n, line in enumerate(lines) if (m := _HEADING.match(line))]
    ends = [*(number for number, _ in headings[1:]), len(lines)]
    entries: dict[str, int] = {}
    for (number, heading), end in zip(headings, ends, strict=False):
        name = re.sub(r"[\"' \t]", "", heading[2])
        if heading[1] == "[[":
            entries[name] = entries.get(name, -1) + 1
        entry = entries.get(name.partition(".")[0], 0)
        yield Block(name, entry, number + 2, tuple(lines[number + 1 : end]))


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file; entry: its index in an array of tables, None for a single table."""

    document: ConfigDocument
    section: str
    values: Mapping[str, Any]
    entry: int | None = None

    def where(self, key: str = "") -> str:
        """Return the place of a key, with which messages begin."""
        place = self.document.place(self.section, self.entry or 0, key)
        heading = f"[{self.section}]" if self.entry is None else f"[[{self.section}]]"
        if self.entry is not None and ":" not in place.removeprefix(self.document.name):
            heading += f" #{self.entry + 1}"
        return f"{place}: {heading} {key}".rstrip()

    @property
    def source(self) -> str:
        """Its place: file and line."""
        return self.document.place(self.section, self.entry or 0)


def one_table(document: ConfigDocument, section: str, mistakes: Mistakes) -> Table:
    """Return a section that occurs at most once."""
    values = document.values.get(section, {})
    if not isinstance(values, dict):
        mistakes.add(f"{document.name}: {section} must be a table, written [{section}]")
        values = {}
    return Table(document, section, values)


def many_tables(document: ConfigDocument, section: str, mistakes: Mistakes) -> list[Table]:
    """Return a section that may occur several times."""
    values = document.values.get(section, [])
    if not isinstance(values, list) or not all(isinstance(entry, dict) for entry in values):
        mistakes.add(f"{document.name}: {section} must be tables, each written [[{section}]]")
        return []
    return [Table(document, section, entry, number) for number, entry in enumerate(values)]


def read_options(table: Table, mistakes: Mistakes, *kinds: type, but: str = "") -> dict[str, Any]:
    """Read from a table the options that some classes declare, by name.

    but: a key that is read elsewhere.
    """
    options = _options(kinds)
    values = {}
    for key, value in table.values.items():
        if key in options:
            try:
                values[key] = from_value(value, options[key], "")
            except ConfigError as error:  # its message begins with a colon, having no place
                mistakes.add(f"{table.where(key)}{error}")
        elif key != but:
            known = (*options, but) if but else options
            mistakes.add(f"{table.where(key)}: unknown key{likely(key, known)}")
    return values


def make(kind: type[S], values: Mapping[str, Any]) -> S:
    """Create an object of a settings class from those of the values that it declares."""
    own = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in own})


def read_expectations(
    table: Table, raw: object, base: Expectations, mistakes: Mistakes, prefix: str = ""
) -> Expectations:
    """Read expectations, key by key on top of those of all targets.

    prefix: of the keys' names in the file, `expect.` for a nested table.
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
    """Return what is wrong with one expectation on its own, or ""."""
    try:
        parse_expectations({key: value})
    except ValueError as error:
        problem = str(error)
        return "" if problem.startswith(_TOGETHER) else problem.removeprefix(f"expect.{key}")
    return ""


@cache
def _options(kinds: tuple[type, ...]) -> dict[str, Option]:
    return {name: declared for kind in kinds for name, (declared, _) in options_of(kind).items()}
