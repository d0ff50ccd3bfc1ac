"""A site's sitemaps: an index, the sitemaps it lists, and what those list."""

from collections.abc import AsyncGenerator, Iterator

from fetcher.model import Target
from fetcher.sources.base import BrokenInput, Child, Fetched, FetchList, SourceError
from fetcher.sources.blocks import byte_blocks
from fetcher.sources.sitemap import SitemapReader
from fetcher.sources.unpack import unpacked

MAX_NESTING = 10
"""How deep sitemap indexes may be nested. sitemaps.org allows none in another; sites do it."""

MAX_SITEMAPS = 50_000
"""How many sitemaps are followed from one list: as many as sitemaps.org lets one index hold."""


class Site:
    """Follows child sitemaps, depth first, each one once.

    A child that cannot be read is one target with a problem; the others go on. Memory: one
    fetched sitemap for each level of nesting.
    """

    def __init__(self, fetch: FetchList | None, counter: Iterator[int], root: str = "") -> None:
        self._fetch = fetch
        self._counter = counter
        self._seen = {root}

    async def targets(self, child: Child, nesting: int = 1) -> AsyncGenerator[Target, None]:
        """Give the targets of a child sitemap and of those below it."""
        fetched = await self._fetched(child, nesting)
        if isinstance(fetched, Target):
            yield fetched
            return
        self._seen.add(fetched.url)
        reader = SitemapReader(child.url, self._counter, fetched.url)
        try:
            for item in self._items(reader, fetched.body):
                if isinstance(item, Target):
                    yield item
                else:
                    async for target in self.targets(item, nesting + 1):
                        yield target
        except BrokenInput as error:
            yield Target(next(self._counter), "", reader.place(), problem=str(error))

    async def _fetched(self, child: Child, nesting: int) -> Fetched | Target:
        if not child.url.lower().startswith(("http://", "https://")):
            return self._problem(child, "this child sitemap has no http or https URL")
        if self._fetch is None:
            return self._problem(child, "child sitemaps cannot be fetched here")
        if child.url in self._seen:
            return self._problem(child, "this child sitemap was listed before; not read again")
        if nesting > MAX_NESTING:
            return self._problem(child, f"sitemap indexes nested more than {MAX_NESTING} deep")
        if len(self._seen) > MAX_SITEMAPS:
            return self._problem(child, f"more than {MAX_SITEMAPS} sitemaps; not read")
        self._seen.add(child.url)
        try:
            return await self._fetch(child.url)
        except SourceError as error:
            return self._problem(child, f"child sitemap: {error}")

    @staticmethod
    def _items(reader: SitemapReader, body: bytes) -> Iterator[Target | Child]:
        for block in unpacked(byte_blocks(body)):
            yield from reader.feed(block)
        yield from reader.finish()

    def _problem(self, child: Child, problem: str) -> Target:
        source = f"{child.source} ({child.url})"
        return Target(next(self._counter), child.url, source, problem=problem)
