"""Several sources as one, the URLs given as arguments, and the check of lists before a run."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from fetcher.model import Target
from fetcher.sources.base import Source, SourceError
from fetcher.sources.list_source import ListSource, Mistake
from fetcher.sources.text_list import flaw
from fetcher.text import encodable

MAX_MISTAKES = 20
"""How many mistakes are looked for."""


def chain(sources: Sequence[Source]) -> "Chain":
    """Chain sources: the targets of the first, then those of the second, and so on."""
    return Chain(tuple(sources))


class Chain(AsyncIterator[Target]):
    """Several sources in a row: an async iterator of targets, and a source itself.

    Its header is the union of the sources' headers in order of appearance; each target's carried
    values are moved to their places in it, "" where its list lacks the column. When columns are
    carried from pipes or URLs, all of those are started before the first target, because the
    header belongs to all targets.
    """

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self.sources = sources
        self._rows: AsyncGenerator[Target, None] | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The names of all carried columns; complete after `prepare`."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.header))

    async def prepare(self) -> None:
        """Read as far as needed to know the header.

        Raises SourceError, also if two sources would read standard input: the second one would
        find it empty and be ignored silently.
        """
        if sum(isinstance(source, ListSource) and source.is_stdin for source in self.sources) > 1:
            raise SourceError("standard input (-) is given twice; it can be read only once")
        for source in self.sources:
            await source.prepare()

    def count(self) -> int | None:
        """Return the number of targets; None if one source cannot tell."""
        counts = [source.count() for source in self.sources]
        return None if None in counts else sum(count or 0 for count in counts)

    def __aiter__(self) -> AsyncGenerator[Target, None]:
        """Return the one iterator over the targets: sources are read once."""
        if self._rows is None:
            self._rows = self._targets()
        return self._rows

    async def __anext__(self) -> Target:
        """Return the next target."""
        return await anext(aiter(self))

    async def aclose(self) -> None:
        """Stop reading and close what is open."""
        await aiter(self).aclose()

    async def _targets(self) -> AsyncGenerator[Target, None]:
        await self.prepare()
        header = self.header
        for source in self.sources:
            own = {name: place for place, name in enumerate(source.header)}
            places = [own.get(name, -1) for name in header]
            async with aclosing(aiter(source)) as targets:
                if source.header == header:
                    async for target in targets:
                        yield target
                else:
                    async for target in targets:
                        yield _placed(target, places)


def _placed(target: Target, places: list[int]) -> Target:
    values = target.carried
    carried = tuple(values[place] if place >= 0 else "" for place in places)
    return replace(target, carried=carried)


def check_lists(sources: Iterable[Source], *, limit: int = MAX_MISTAKES) -> list[Mistake]:
    """Find the rows of lists whose expectations are invalid.

    Only regular local files are read: pipes cannot be read twice, and a mistake in a pipe or a
    fetched list becomes a problem of its row. Lists without expectations are not read through.

    Args:
        sources: sources that were not iterated yet.
        limit: maximum number of mistakes to return.

    Returns:
        The first mistakes; [] if there are none.

    Raises:
        SourceError: a file cannot be read.
    """
    mistakes: list[Mistake] = []
    for source in sources:
        if isinstance(source, Chain):
            mistakes += check_lists(source.sources, limit=limit)
        elif isinstance(source, ListSource):
            mistakes += source.mistakes(limit)
        if len(mistakes) >= limit:
            break
    return mistakes[:limit]


def arguments(urls: Sequence[str], *, counter: Iterator[int]) -> Source:
    """Return a source of the URLs given as arguments; their places are `argument 1` and so on."""
    return _Arguments(tuple(urls), counter)


class _Arguments:
    def __init__(self, urls: tuple[str, ...], counter: Iterator[int]) -> None:
        self._urls = urls
        self._counter = counter

    @property
    def header(self) -> tuple[str, ...]:
        return ()

    async def prepare(self) -> None:
        """Do nothing: there is no header to read."""

    async def __aiter__(self) -> AsyncGenerator[Target, None]:
        for number, argument in enumerate(self._urls, 1):
            url = argument.strip()
            problem = flaw(url) or ("" if url else "the argument is empty")
            source = f"argument {number}"
            yield Target(next(self._counter), encodable(url, nul=True), source, problem=problem)

    def count(self) -> int:
        return len(self._urls)
