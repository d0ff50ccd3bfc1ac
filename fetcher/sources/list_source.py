"""A source that reads one list: bytes, unpacked, through the reader for its format.

Reading through a local list before anything of it is fetched.
"""

import itertools
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, closing
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from fetcher.model import Target
from fetcher.sources.base import (
    BrokenInput,
    Child,
    Expect,
    FetchList,
    ListOptions,
    ListReader,
    SourceError,
)
from fetcher.sources.byte_streams import file_blocks
from fetcher.sources.decompression import unpacked, unpacked_stream
from fetcher.sources.list_formats import ListLayout, Origin, make_plan
from fetcher.sources.row_expectations import RowExpectations
from fetcher.sources.sitemap import SitemapWalker

_MARK = b'"expect'


class Mistake(NamedTuple):
    """Something that is wrong with what a row expects, and the place of the row."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class Survey(NamedTuple):
    """What was found in a list.

    targets: all of them, where they were read at once anyway; their indexes count from 0.
    """

    mistakes: list[Mistake]
    targets: list[Target] | None = None


def survey(path: str, plan: ListLayout, expect: Expect, most: int) -> Survey:
    """Look for rows whose expectations cannot be meant so; at most `most` of them.

    Lists that say nothing of expectations are not read through. Raises SourceError.
    """
    if not plan.expects or (plan.format in ("jsonl", "json") and not _mentioned(path)):
        return Survey([])
    noted: list[str] = []
    reader = plan.reader(count(), RowExpectations(expect, noted.append))
    whole = plan.format == "toml"
    targets: list[Target] = []
    mistakes: list[Mistake] = []
    try:
        for target in _targets(path, reader):
            if noted:
                mistakes.append(Mistake(target.source, noted.pop()))
            if len(mistakes) == most:
                return Survey(mistakes)
            if whole:
                targets.append(target)
    except BrokenInput:
        return Survey(mistakes)  # A problem of its own row, when the list is read for good.
    except SourceError:
        if not noted:
            raise
        return Survey([Mistake(reader.place(), noted.pop())])
    return Survey(mistakes, targets if whole else None)


def _targets(path: str, reader: ListReader) -> Iterator[Target]:
    with closing(unpacked(file_blocks(path))) as blocks:
        for block in blocks:
            yield from _without_children(reader.feed(block))
    yield from _without_children(reader.finish())


def _without_children(items: Iterable[Target | Child]) -> Iterator[Target]:
    return (item for item in items if isinstance(item, Target))


def _mentioned(path: str) -> bool:
    """Whether the word stands anywhere in a list of JSON, which is quicker than parsing it."""
    end = b""
    try:
        with closing(unpacked(file_blocks(path))) as blocks:
            for block in blocks:
                if _MARK in end + block:
                    return True
                end = (end + block)[1 - len(_MARK) :]
    except BrokenInput:
        pass
    return False


Blocks = AsyncGenerator[bytes, None]
Opened = tuple[Origin, Blocks]

STDIN = "stdin"
"""How rows of standard input name their list."""

COUNTABLE = 100 * 1024 * 1024
"""The most bytes, unpacked, that are read only to count rows."""


class ListSource:
    """One list, read once, lazily: a block at a time, and from pipes as it arrives.

    open: starts reading. plan: how to read it, when that is known before (local files). path:
    the local file to count, None when there is none.
    """

    def __init__(
        self,
        origin: Origin,
        options: ListOptions,
        counter: Iterator[int],
        open_bytes: Callable[[], Awaitable[Opened]],
        fetch: FetchList | None = None,
        *,
        plan: ListLayout | None = None,
        path: str | None = None,
    ) -> None:
        self.is_stdin = origin.name == STDIN and path is None
        self._origin = origin
        self._options = options
        self._counter = counter
        self._open_bytes = open_bytes
        self._fetch = fetch
        self._plan = plan
        self._path = path
        self._kept: list[Target] | None = None
        self._head: list[bytes] = []
        self._broken: BrokenInput | None = None
        self._blocks: Blocks | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the carried columns; () when none are carried, or not known yet."""
        return self._plan.header if self._plan is not None else ()

    async def prepare(self) -> None:
        """Read as far as is needed to know the header. Raises SourceError."""
        if self._options.carry:
            await self._ready()

    def __aiter__(self) -> AsyncGenerator[Target, None]:
        """Give the targets in input order. Raises SourceError."""
        return self._targets()

    def count(self) -> int | None:
        """Say how many targets a local file holds, by reading it; None for everything else."""
        plan = self._plan
        if self._kept is not None:
            return len(self._kept)
        if self._path is None or plan is None or plan.format in ("sitemap", "robots"):
            return None
        try:
            if os.path.getsize(self._path) > COUNTABLE:
                return None
            return _count(self._path, plan.reader(itertools.count(), None))
        except (OSError, SourceError):
            return None

    def mistakes(self, most: int) -> list[Mistake]:
        """Look through a local file for rows whose expectations cannot be meant so.

        Gives the first ones, at most `most`; [] for everything else. Raises SourceError.
        """
        expect, plan = self._options.expect, self._plan
        if expect is None or plan is None or self._path is None:
            return []
        found = survey(self._path, plan, expect, most)
        self._kept = found.targets
        return found.mistakes

    async def _targets(self) -> AsyncGenerator[Target, None]:
        if self._kept is not None:
            for target in self._kept:
                yield replace(target, index=next(self._counter))
            return
        expect = self._options.expect
        expectations = RowExpectations(expect) if expect is not None else None
        reader = (await self._ready()).reader(self._counter, expectations)
        site = SitemapWalker(self._fetch, self._counter, self._origin.url)
        try:
            async with aclosing(self._batches(reader)) as batches:
                async for batch in batches:
                    for item in batch:
                        if isinstance(item, Target):
                            yield item
                            continue
                        async with aclosing(site.targets(item)) as below:
                            async for target in below:
                                yield target
        except BrokenInput as error:
            carried = ("",) * len(self.header)
            yield Target(next(self._counter), "", reader.place(), carried, str(error))

    async def _batches(self, reader: ListReader) -> AsyncGenerator[Iterable[Target | Child], None]:
        async with aclosing(self._blocks or await self._start()) as blocks:
            while self._head:
                yield reader.feed(self._head.pop(0))
            if self._broken is not None:
                raise self._broken
            async for block in blocks:
                yield reader.feed(block)
        yield reader.finish()

    async def _start(self) -> Blocks:
        self._origin, blocks = await self._open_bytes()
        return unpacked_stream(blocks)

    async def _ready(self) -> ListLayout:
        if self._plan is None:
            self._plan = await self._decide()
        return self._plan

    async def _decide(self) -> ListLayout:
        """Read until it is clear how to read; the end of the input settles it."""
        self._blocks = blocks = await self._start()
        sample, more = b"", True
        while True:
            plan = make_plan(self._origin, sample, self._options, more=more)
            if plan is not None:
                return plan
            try:
                block = await anext(blocks, b"")
            except BrokenInput as error:
                # Reported when what came before it has been given out.
                self._broken, block = error, b""
            more = bool(block)
            sample += block
            if block:
                self._head.append(block)


def _count(path: str, reader: ListReader) -> int | None:
    rows = size = 0
    try:
        for block in unpacked(file_blocks(path)):
            size += len(block)
            if size > COUNTABLE:
                return None
            rows += sum(1 for _ in reader.feed(block))
        rows += sum(1 for _ in reader.finish())
    except BrokenInput:
        rows += 1
    return rows
