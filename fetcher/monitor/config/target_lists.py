"""The rows of a list file, as targets.

[[lists]]: targets from the rows of list files, of any format that can be read as a list.

All targets of a configuration, each once.

Paths that stand for several files, such as `lists/*.csv`.
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

from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.model import Target
from fetcher.monitor.config.config_errors import MOST, Mistakes, likely
from fetcher.monitor.config.document import Table, read_options
from fetcher.monitor.config.targets import EXPECT, Common, ListFile, TargetSettings, address
from fetcher.monitor.plan import MonitorTarget, Policy, Timing
from fetcher.sources import ListOptions, Source, SourceError, open_list
from fetcher.sources.base import ListFormat
from fetcher.text import clean
from fetcher.urls import without_login


@dataclass(frozen=True, slots=True)
class Rows:
    """One entry of [[lists]]: what holds for all its rows, and how they are read."""

    common: Common
    timing: Timing
    policy: Policy
    expected: Expectations
    group: str
    options: ListOptions
    name_column: str | None = None
    group_column: str | None = None


def watched_in(file: Path, rows: Rows) -> Iterator[MonitorTarget]:
    """Give the targets of one file; what cannot be read of it is a mistake."""
    mistakes, told = rows.common.mistakes, 0
    try:
        for target, name, group in _rows(file, rows, mistakes):
            watched = _watched(target, name, group, rows)
            if isinstance(watched, MonitorTarget):
                yield watched
                continue
            told += 1
            if told <= MOST:
                mistakes.add(f"{target.source}: {watched}")
    except SourceError as error:
        mistakes.add(error)
    if told > MOST:
        mistakes.add(f"{file}: and {told - MOST:,} more like these")


def _watched(target: Target, name: str, group: str, rows: Rows) -> MonitorTarget | str:
    """Make a target of a row, or say why not."""
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
        rows.common.announced.windows_of(key, url, group),
        target.source,
    )


def _rows(file: Path, rows: Rows, mistakes: Mistakes) -> Iterator[tuple[Target, str, str]]:
    """Give the rows of a file with their names and groups."""
    source = open_list(os.fspath(file), rows.options, counter=count())
    targets = _all_of(source)
    header = source.header
    for column in (rows.name_column, rows.group_column):
        if column is not None and column not in header:
            mistakes.add(f"{file}: it has no column {column!r}{likely(column, header)}")
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
    """Read a source to its end; in a loop of its own, for there may be one already."""

    async def read() -> list[Target]:
        return [target async for target in source]

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, read()).result()


def is_pattern(path: Path) -> bool:
    """Whether a path stands for all the files that fit it: `*`, `?`, `[…]`, and `**` for folders.

    One that is the name of a file stands for that.
    """
    return glob.has_magic(str(path)) and not path.exists()


def fitting(pattern: Path) -> list[Path]:
    """The files that fit a pattern, in the order of their names."""
    return [
        file
        for found in sorted(glob.glob(str(pattern), recursive=True))
        if (file := Path(found)).is_file()
    ]


_FORMATS: tuple[ListFormat, ...] = get_args(ListFormat)


def read_list(table: Table, common: Common) -> tuple[list[Path], Rows]:
    """Read one entry; gives its files, and how to read them."""
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
            expect=_Expecting(expected, common),
        ),
        *names,
    )
    if not table.values.get("file"):
        mistakes.add(f'{table.where()}: it has no file; write file = "urls.txt"')
    return _files(table, values.get("file", ""), mistakes), rows


def pattern_of(table: Table) -> Path | None:
    """The pattern that an entry names its files by, when it is one."""
    file = table.values.get("file")
    path = table.document.folder / file if isinstance(file, str) else None
    return path if path is not None and is_pattern(path) else None


class _Expecting:
    """Makes expectations of what rows say; those that say the same share one object."""

    def __init__(self, base: Expectations, common: Common) -> None:
        self._base = base
        self._share = common.sharing.share
        self._made: dict[str, Expectations] = {}

    def __call__(self, raw: Mapping[str, object]) -> Expectations:
        said = repr(raw)
        made = self._made.get(said)
        if made is None:
            made = self._made[said] = self._share(parse_expectations(raw, self._base))
        return made


def _format(table: Table, name: str, mistakes: Mistakes) -> ListFormat:
    chosen = next((known for known in _FORMATS if known == name), None)
    if chosen is None:
        mistakes.add(f"{table.where('format')}: {name!r} is not one of {', '.join(_FORMATS)}")
    return chosen or "auto"


def _files(table: Table, name: str, mistakes: Mistakes) -> list[Path]:
    """The files that a path or a pattern stands for, in the order of their names."""
    if not name:
        return []
    path = table.document.folder / name
    if name == "-" or name.startswith(("http://", "https://")):
        problem = f"{name!r} is no file, which could be read again when it changes"
    elif is_pattern(path):
        if files := fitting(path):
            return files
        problem = f"no file fits {path}"
    elif path.is_file():
        return [path]
    else:
        problem = f"{path} is no regular file" if path.exists() else f"{path} is not there"
    mistakes.add(f"{table.where('file')}: {problem}")
    return []


@dataclass(slots=True)
class Doubles:
    """How many rows of a list are of targets that are there already, and the first of those.

    taken: how many have the name of a target with another URL.
    """

    count: int = 0
    first: str = ""
    taken: int = 0


class UniqueTargets:
    """Takes the targets in their order, and knows which came twice."""

    def __init__(self, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self._targets: dict[str, MonitorTarget] = {}
        self._doubles: dict[str, Doubles] = {}

    @property
    def targets(self) -> tuple[MonitorTarget, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._targets.values())

    def add_single(self, watched: MonitorTarget) -> None:
        """Take a target that was written by hand; a second one with its key is a mistake."""
        self._check(watched)
        first = self._targets.setdefault(watched.key, watched)
        if first is watched:
            return
        if watched.name:
            problem = f"the name {watched.name!r} is taken by {first.source}; give another one"
        else:
            problem = f"{watched.address} is a target at {first.source} already; give them names"
        self._mistakes.add(f"{watched.source}: [[targets]]: {problem}")

    def add_row(self, name: str, watched: MonitorTarget) -> None:
        """Take a target from the list of that name; of the same ones the first counts.

        One that only has the name of another one is a mistake: nobody would watch it.
        """
        self._check(watched)
        first = self._targets.setdefault(watched.key, watched)
        if first is watched:
            return
        doubles = self._doubles.setdefault(name, Doubles())
        if first.url == watched.url:
            doubles.count += 1
            doubles.first = doubles.first or f"{watched.source} is that of {first.source}"
            return
        doubles.taken += 1
        if doubles.taken <= MOST:
            problem = f"the name {watched.name!r} is taken by {first.source}; give another one"
            self._mistakes.add(f"{watched.source}: {problem}")

    def _check(self, watched: MonitorTarget) -> None:
        """Refuse what would never be noticed: there is no last time to compare with."""
        expected = watched.expected
        if expected.unchanged is not None and expected.hash is None:
            self._mistakes.add(
                f"{watched.source}: expect.unchanged needs expect.hash here: what it is now, from "
                "the column hash of `fetcher check`"
            )

    def notices(self) -> Iterator[str]:
        """Say of each list how many of its targets were there already."""
        for name, doubles in self._doubles.items():
            if not doubles.count:
                continue
            rows = "1 target is" if doubles.count == 1 else f"{doubles.count:,} targets are"
            yield f"{name}: {rows} there already, and counted once: the one at {doubles.first}"
