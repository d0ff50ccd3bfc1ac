"""A TOML file as a document of which each part knows its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fetcher.monitor.configuration.mistakes import PlanError
from fetcher.sources.base import SourceError
from fetcher.sources.tomllist import parse_toml

_HEADING = re.compile(r"^[ \t]*(\[\[?)[ \t]*([\w.\"'\- \t]+?)[ \t]*\]\]?[ \t]*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines below one heading, and in which entry of a list of tables they are."""

    name: str
    entry: int
    first: int
    lines: tuple[str, ...]

    def line_of(self, key: str) -> int | None:
        """The number of the line that sets a key, or something below it."""
        sets = re.compile(rf"[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[.=]").match
        return next((n for n, line in enumerate(self.lines, self.first) if sets(line)), None)


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file: what it says, and where.

    name: as it was given, for messages. folder: what paths in it are relative to. blocks: by
    section and entry of it, those of tables within it too.
    """

    name: str
    folder: Path
    values: Mapping[str, object]
    blocks: Mapping[tuple[str, int], list[Block]]

    def place(self, section: str, entry: int, key: str = "") -> str:
        """Say where a key of a section stands, as `FILE:LINE`; without its line when unknown.

        entry: of a list of tables, from 0; else 0. key: with dots for what is in a table.
        """
        line = self._line(section, entry, key)
        return self.name if line is None else f"{self.name}:{line}"

    def _line(self, section: str, entry: int, key: str) -> int | None:
        values = self.values.get(section)
        count = len(values) if isinstance(values, list) else 1
        if (section, count) in self.blocks or (section, entry) not in self.blocks:
            return None  # The tables are not written below headings, or a text looks like one.
        own = self.blocks[section, entry]
        for block, rest in _candidates(own, section, key):
            if (line := block.line_of(rest)) is not None:
                return line
        return own[0].first - 1


def read_document(path: str) -> Document:
    """Read a file; raises PlanError when it cannot be read or is not TOML."""
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
    return Document(path, Path(path).parent, values, blocks)


def _candidates(blocks: list[Block], section: str, key: str) -> list[tuple[Block, str]]:
    """Where a key may be set, and under which name there: the closest first."""
    found = [(block, key) for block in blocks if block.name == section]
    table, dot, rest = key.partition(".")
    if dot:
        found += [(block, rest) for block in blocks if block.name == f"{section}.{table}"]
        found += [(block, table) for block in blocks if block.name == section]
    return found if key else []


def _blocks(text: str) -> Iterator[Block]:
    """Cut a file at its headings."""
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
