"""Helpers: feed readers with blocks of any size, and collect what sources give."""

import itertools
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from fetcher.model import Target
from fetcher.sources import Fetched, ListOptions, Source, SourceError, open_list
from fetcher.sources.base import Child, FetchList, ListReader
from fetcher.sources.list_formats import Origin
from fetcher.sources.list_source import ListSource

CUTS = st.lists(st.integers(0, 200), max_size=8)
"""Where to cut bytes into blocks."""


def blocks(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """Cut bytes at these places."""
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    return [data[start:end] for start, end in itertools.pairwise(places)]


def fed(reader: ListReader, parts: Iterable[bytes]) -> list[Target | Child]:
    """Give all that a reader makes of these blocks."""
    items = [item for part in parts for item in reader.feed(part)]
    return [*items, *reader.finish()]


async def collected(targets: AsyncIterable[Target]) -> list[Target]:
    """Give all targets of a source."""
    return [target async for target in targets]


def opened(path: Path | str, fetch: FetchList | None = None, **options: Any) -> Source:
    """Open a list with a counter of its own."""
    wanted = ListOptions(**options)
    return open_list(str(path), wanted, counter=itertools.count(), fetch=fetch)


def in_memory(
    parts: Sequence[bytes], name: str = "list", fetch: FetchList | None = None, **options: Any
) -> ListSource:
    """Make a source of blocks that arrive one after the other, as from a pipe."""
    origin = Origin(name)

    async def arriving() -> AsyncGenerator[bytes, None]:
        for part in parts:
            yield part

    async def start() -> tuple[Origin, AsyncGenerator[bytes, None]]:
        return origin, arriving()

    wanted = ListOptions(**options)
    return ListSource(origin, wanted, itertools.count(), start, fetch)


def web(pages: Mapping[str, bytes | str]) -> FetchList:
    """Make a `fetch` that knows these URLs and raises SourceError for all others."""

    async def fetch(url: str) -> Fetched:
        if url not in pages:
            raise SourceError(f"{url}: status 404")
        page = pages[url]
        return Fetched(page.encode() if isinstance(page, str) else page, "", url)

    return fetch
