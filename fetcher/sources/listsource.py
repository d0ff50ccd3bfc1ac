"""A source that reads one list: bytes, unpacked, through the reader for its format."""

import itertools
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import replace

from fetcher.model import Target
from fetcher.sources.base import BrokenInput, Child, FetchList, ListOptions, Reader, SourceError
from fetcher.sources.blocks import file_blocks
from fetcher.sources.detect import Origin
from fetcher.sources.expected import RowExpectations
from fetcher.sources.plan import Plan, make_plan
from fetcher.sources.site import Site
from fetcher.sources.survey import Mistake, survey
from fetcher.sources.unpack import unpacked, unpacked_stream

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
        plan: Plan | None = None,
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
        site = Site(self._fetch, self._counter, self._origin.url)
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

    async def _batches(self, reader: Reader) -> AsyncGenerator[Iterable[Target | Child], None]:
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

    async def _ready(self) -> Plan:
        if self._plan is None:
            self._plan = await self._decide()
        return self._plan

    async def _decide(self) -> Plan:
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


def _count(path: str, reader: Reader) -> int | None:
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
