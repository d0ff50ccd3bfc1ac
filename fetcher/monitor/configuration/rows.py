"""The rows of a list file, as targets."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from fetcher.judgement.expectations import Expectations
from fetcher.model import Target
from fetcher.monitor.configuration.addresses import address
from fetcher.monitor.configuration.mistakes import MOST, Mistakes, likely
from fetcher.monitor.configuration.targets import Common
from fetcher.monitor.watched import Policy, Timing, Watched
from fetcher.sinks.clean import clean
from fetcher.sources import ListOptions, Source, SourceError, open_list
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


def watched_in(file: Path, rows: Rows) -> Iterator[Watched]:
    """Give the targets of one file; what cannot be read of it is a mistake."""
    mistakes, told = rows.common.mistakes, 0
    try:
        for target, name, group in _rows(file, rows, mistakes):
            watched = _watched(target, name, group, rows)
            if isinstance(watched, Watched):
                yield watched
                continue
            told += 1
            if told <= MOST:
                mistakes.add(f"{target.source}: {watched}")
    except SourceError as error:
        mistakes.add(error)
    if told > MOST:
        mistakes.add(f"{file}: and {told - MOST:,} more like these")


def _watched(target: Target, name: str, group: str, rows: Rows) -> Watched | str:
    """Make a target of a row, or say why not."""
    if target.problem:
        return target.problem
    try:
        url = address(target.url)
    except ValueError as error:
        return str(error)
    expected, key = target.expected, name or without_login(url)
    return Watched(
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
