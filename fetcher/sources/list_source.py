"""`ListSource`: one list, its bytes decompressed and passed through the reader for its format.

A local list can also be read through before the run, for mistakes in its expectations.
"""

import itertools
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, closing
from dataclasses import replace
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
from fetcher.sources.list_formats import ListLayout, Origin, find_list_layout
from fetcher.sources.row_expectations import RowExpectations
from fetcher.sources.sitemap import SitemapWalker

Blocks = AsyncGenerator[bytes, None]
Opened = tuple[Origin, Blocks]

STDIN = "stdin"
"""How rows of standard input name their list."""

COUNTABLE = 100 * 1024 * 1024
"""The most bytes, decompressed, that are read only to count rows."""

_EXPECT_FIELD = b'"expect'


class Mistake(NamedTuple):
    """What is wrong with the expectations of a row, and the place of the row."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class _CheckedList(NamedTuple):
    """The result of reading a list through.

    Attributes:
        mistakes: the first mistakes.
        targets: all targets, with indexes from 0, if they were read at once anyway; else None.
    """

    mistakes: list[Mistake]
    targets: list[Target] | None = None


class ListSource:
    """One list, read once and lazily: block by block, and from pipes as it arrives.

    Args:
        origin: what is known of the list.
        options: the user's choices.
        counter: the indexes of the targets.
        open_bytes: starts reading.
        fetch: fetches child sitemaps; None if that is not possible.
        layout: how to read the list, if that is already known (local files).
        path: the local file; None if there is none.
    """

    def __init__(
        self,
        origin: Origin,
        options: ListOptions,
        counter: Iterator[int],
        open_bytes: Callable[[], Awaitable[Opened]],
        fetch: FetchList | None = None,
        *,
        layout: ListLayout | None = None,
        path: str | None = None,
    ) -> None:
        self.is_stdin = origin.name == STDIN and path is None
        self._origin = origin
        self._options = options
        self._counter = counter
        self._open_bytes = open_bytes
        self._fetch = fetch
        self._layout = layout
        self._path = path
        self._kept: list[Target] | None = None
        self._head: list[bytes] = []
        self._broken: BrokenInput | None = None
        self._blocks: Blocks | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the carried columns; () if none are carried or they are not known yet."""
        return self._layout.header if self._layout is not None else ()

    async def prepare(self) -> None:
        """Read as far as needed to know the header. Raises SourceError."""
        if self._options.carry:
            await self._ready()

    def __aiter__(self) -> AsyncGenerator[Target, None]:
        """Yield the targets in input order. Raises SourceError."""
        return self._targets()

    def count(self) -> int | None:
        """Return the number of targets in a local file, by reading it; None for anything else."""
        layout = self._layout
        if self._kept is not None:
            return len(self._kept)
        if self._path is None or layout is None or layout.format in ("sitemap", "robots"):
            return None
        try:
            if os.path.getsize(self._path) > COUNTABLE:
                return None
            return _count_rows(self._path, layout.reader(itertools.count(), None))
        except (OSError, SourceError):
            return None

    def mistakes(self, limit: int) -> list[Mistake]:
        """Return the first `limit` mistakes in a local file's expectations; else [].

        Raises SourceError.
        """
        expect, layout = self._options.expect, self._layout
        if expect is None or layout is None or self._path is None:
            return []
        found = _check_list(self._path, layout, expect, limit)
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
        if self._layout is None:
            self._layout = await self._decide()
        return self._layout

    async def _decide(self) -> ListLayout:
        """Read until the layout is clear; the end of the input settles it."""
        self._blocks = blocks = await self._start()
        sample, more = b"", True
        while True:
            layout = find_list_layout(self._origin, sample, self._options, more=more)
            if layout is not None:
                return layout
            try:
                block = await anext(blocks, b"")
            except BrokenInput as error:
                # Reported after the rows before it.
                self._broken, block = error, b""
            more = bool(block)
            sample += block
            if block:
                self._head.append(block)


def _check_list(path: str, layout: ListLayout, expect: Expect, limit: int) -> _CheckedList:
    """Find the rows of a local list with invalid expectations.

    A list without expectations is not read through.

    Args:
        path: the file.
        layout: how to read it.
        expect: the job's reading of expectations.
        limit: maximum number of mistakes.

    Raises:
        SourceError: the list cannot be read.
    """
    if not layout.expects or (
        layout.format in ("jsonl", "json") and not _mentions_expectations(path)
    ):
        return _CheckedList([])
    noted: list[str] = []
    reader = layout.reader(itertools.count(), RowExpectations(expect, noted.append))
    whole = layout.format == "toml"
    targets: list[Target] = []
    mistakes: list[Mistake] = []
    try:
        for target in _local_targets(path, reader):
            if noted:
                mistakes.append(Mistake(target.source, noted.pop()))
            if len(mistakes) == limit:
                return _CheckedList(mistakes)
            if whole:
                targets.append(target)
    except BrokenInput:
        return _CheckedList(mistakes)  # becomes the problem of its own row in the run
    except SourceError:
        if not noted:
            raise
        return _CheckedList([Mistake(reader.place(), noted.pop())])
    return _CheckedList(mistakes, targets if whole else None)


def _local_targets(path: str, reader: ListReader) -> Iterator[Target]:
    with closing(unpacked(file_blocks(path))) as blocks:
        for block in blocks:
            yield from _without_children(reader.feed(block))
    yield from _without_children(reader.finish())


def _without_children(items: Iterable[Target | Child]) -> Iterator[Target]:
    return (item for item in items if isinstance(item, Target))


def _mentions_expectations(path: str) -> bool:
    """True if a JSON list mentions expectations anywhere; faster than parsing it."""
    end = b""
    try:
        with closing(unpacked(file_blocks(path))) as blocks:
            for block in blocks:
                if _EXPECT_FIELD in end + block:
                    return True
                end = (end + block)[1 - len(_EXPECT_FIELD) :]
    except BrokenInput:
        pass
    return False


def _count_rows(path: str, reader: ListReader) -> int | None:
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
