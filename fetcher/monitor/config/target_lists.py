"""[[lists]]: targets from the rows of list files, and the set of all targets, each once.

A list is a path or a pattern such as `lists/*.csv`, in any format that the other commands read.
"""

import asyncio
import glob
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import get_args

from fetcher.config import likely
from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.model import Target
from fetcher.monitor.config.config_errors import MAX_REPORTED, Mistakes
from fetcher.monitor.config.document import Table, read_options
from fetcher.monitor.config.targets import EXPECT, Common, ListFile, TargetSettings, address
from fetcher.monitor.plan import MonitorTarget, Policy, Timing
from fetcher.sources import ListOptions, Source, SourceError, open_list
from fetcher.sources.base import ListFormat
from fetcher.text import clean
from fetcher.urls import without_login

_FORMATS: tuple[ListFormat, ...] = get_args(ListFormat)


@dataclass(frozen=True, slots=True)
class Rows:
    """One entry of [[lists]]: what applies to all its rows, and how they are read."""

    common: Common
    timing: Timing
    policy: Policy
    expected: Expectations
    group: str
    options: ListOptions
    name_column: str | None = None
    group_column: str | None = None


def targets_in(file: Path, rows: Rows) -> Iterator[MonitorTarget]:
    """Yield the targets of one file; a row that cannot be used is a mistake."""
    mistakes, failed = rows.common.mistakes, 0
    try:
        for row, name, group in _rows(file, rows, mistakes):
            target = _target(row, name, group, rows)
            if isinstance(target, MonitorTarget):
                yield target
                continue
            failed += 1
            if failed <= MAX_REPORTED:
                mistakes.add(f"{row.source}: {target}")
    except SourceError as error:
        mistakes.add(error)
    if failed > MAX_REPORTED:
        mistakes.add(f"{file}: and {failed - MAX_REPORTED:,} more like these")


def _target(target: Target, name: str, group: str, rows: Rows) -> MonitorTarget | str:
    """Create a target from a row, or return why not."""
    if target.problem:
        return target.problem
    try:
        url = address(target.url)
    except ValueError as error:
        return str(error)
    expected, key = target.expected, name or without_login(url)
    return MonitorTarget(
        key,
        url,
        rows.timing,
        expected if isinstance(expected, Expectations) else rows.expected,
        rows.policy,
        name,
        group,
        rows.common.maintenance.windows_of(key, url, group),
        target.source,
    )


def _rows(file: Path, rows: Rows, mistakes: Mistakes) -> Iterator[tuple[Target, str, str]]:
    """Yield the rows of a file with their names and groups."""
    source = open_list(os.fspath(file), rows.options, counter=count())
    targets = _all_of(source)
    header = source.header
    for column in (rows.name_column, rows.group_column):
        if column is not None and column not in header:
            mistakes.add(f"{file}: no column {column!r}{likely(column, header)}")
    name, group = _place(rows.name_column, header), _place(rows.group_column, header)
    for target in targets:
        carried = target.carried
        yield (
            target,
            clean(carried[name]).strip() if name is not None else "",
            (clean(carried[group]).strip() if group is not None else "") or rows.group,
        )


def _place(column: str | None, header: tuple[str, ...]) -> int | None:
    return header.index(column) if column in header else None


def _all_of(source: Source) -> list[Target]:
    """Read a source to its end; in a loop of its own, because one may be running already."""

    async def read() -> list[Target]:
        return [target async for target in source]

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, read()).result()


def is_pattern(path: Path) -> bool:
    """Return True if a path is a pattern: `*`, `?`, `[…]`, and `**` for folders.

    The name of an existing file is not a pattern.
    """
    return glob.has_magic(str(path)) and not path.exists()


def matching_files(pattern: Path) -> list[Path]:
    """Return the files that match a pattern, sorted by name."""
    return [
        file
        for found in sorted(glob.glob(str(pattern), recursive=True))
        if (file := Path(found)).is_file()
    ]


def read_list(table: Table, common: Common) -> tuple[list[Path], Rows]:
    """Read one entry; return its files, and how to read them."""
    mistakes = common.mistakes
    values = read_options(table, mistakes, ListFile, TargetSettings, but=EXPECT)
    names = values.get("name_column"), values.get("group_column")
    expected = common.expected_by(table)
    rows = Rows(
        common,
        common.sharing.timing(table, values),
        common.sharing.policy(table, values),
        expected,
        values.get("group", common.group),
        ListOptions(
            values.get("url_column"),
            values.get("url_field"),
            _format(table, values.get("format", "auto"), mistakes),
            carry=names != (None, None),
            expect=_RowExpectations(expected, common),
        ),
        *names,
    )
    if not table.values.get("file"):
        mistakes.add(f'{table.where()}: missing file; write file = "urls.txt"')
    return _files(table, values.get("file", ""), mistakes), rows


def pattern_of(table: Table) -> Path | None:
    """Return the pattern of an entry's files, or None if it is a plain path."""
    file = table.values.get("file")
    path = table.document.folder / file if isinstance(file, str) else None
    return path if path is not None and is_pattern(path) else None


class _RowExpectations:
    """Creates the expectations of rows; equal ones share one object."""

    def __init__(self, base: Expectations, common: Common) -> None:
        self._base = base
        self._share = common.sharing.share
        self._parsed: dict[str, Expectations] = {}

    def __call__(self, raw: Mapping[str, object]) -> Expectations:
        key = repr(raw)
        parsed = self._parsed.get(key)
        if parsed is None:
            parsed = self._parsed[key] = self._share(parse_expectations(raw, self._base))
        return parsed


def _format(table: Table, name: str, mistakes: Mistakes) -> ListFormat:
    chosen = next((known for known in _FORMATS if known == name), None)
    if chosen is None:
        mistakes.add(f"{table.where('format')}: {name!r} is not one of {', '.join(_FORMATS)}")
    return chosen or "auto"


def _files(table: Table, name: str, mistakes: Mistakes) -> list[Path]:
    """Return the files of a path or pattern, sorted by name."""
    if not name:
        return []
    path = table.document.folder / name
    if name == "-" or name.startswith(("http://", "https://")):
        problem = f"{name!r} is not a file; a monitor reads its lists again when they change"
    elif is_pattern(path):
        if files := matching_files(path):
            return files
        problem = f"no file matches {path}"
    elif path.is_file():
        return [path]
    else:
        problem = f"{path} is not a regular file" if path.exists() else f"{path} does not exist"
    mistakes.add(f"{table.where('file')}: {problem}")
    return []


@dataclass(slots=True)
class Duplicates:
    """The number of duplicate targets in a list, and a description of the first one.

    taken: number of rows with the name of a target with another URL.
    """

    count: int = 0
    first: str = ""
    taken: int = 0


class UniqueTargets:
    """The targets in their order, each once, and a record of the duplicates."""

    def __init__(self, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self._targets: dict[str, MonitorTarget] = {}
        self._duplicates: dict[str, Duplicates] = {}

    @property
    def targets(self) -> tuple[MonitorTarget, ...]:
        """All targets, in their order."""
        return tuple(self._targets.values())

    def add_single(self, target: MonitorTarget) -> None:
        """Add a target of [[targets]]; a second one with the same key is a mistake."""
        self._check(target)
        first = self._targets.setdefault(target.key, target)
        if first is target:
            return
        if target.name:
            problem = f"the name {target.name!r} is taken by {first.source}; use another one"
        else:
            problem = f"{target.address} is already a target at {first.source}; give them names"
        self._mistakes.add(f"{target.source}: [[targets]]: {problem}")

    def add_row(self, name: str, target: MonitorTarget) -> None:
        """Add a target from the list of that name; of duplicates the first counts.

        One that has the name of another target is a mistake: it would not be checked.
        """
        self._check(target)
        first = self._targets.setdefault(target.key, target)
        if first is target:
            return
        duplicates = self._duplicates.setdefault(name, Duplicates())
        if first.url == target.url:
            duplicates.count += 1
            duplicates.first = duplicates.first or f"{target.source} repeats {first.source}"
            return
        duplicates.taken += 1
        if duplicates.taken <= MAX_REPORTED:
            problem = f"the name {target.name!r} is taken by {first.source}; use another one"
            self._mistakes.add(f"{target.source}: {problem}")

    def notices(self) -> Iterator[str]:
        """Report the number of duplicate targets of each list."""
        for name, duplicates in self._duplicates.items():
            if not duplicates.count:
                continue
            rows = (
                "1 duplicate target"
                if duplicates.count == 1
                else f"{duplicates.count:,} duplicate targets"
            )
            yield f"{name}: {rows}, each checked once: {duplicates.first}"

    def _check(self, target: MonitorTarget) -> None:
        """Refuse an expectation that could never fail: there is no earlier run to compare with."""
        expected = target.expected
        if expected.unchanged is not None and expected.hash is None:
            self._mistakes.add(
                f"{target.source}: expect.unchanged needs expect.hash in a monitor: the current "
                "value, from the column hash of `fetcher check`"
            )
