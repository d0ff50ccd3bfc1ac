"""Several sources as one."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from fetcher.model import Target
from fetcher.sources.base import Source, SourceError
from fetcher.sources.listsource import ListSource


def chain(sources: Sequence[Source]) -> "Chain":
    """Give the targets of the first source, then those of the second, and so on."""
    return Chain(tuple(sources))


class Chain(AsyncIterator[Target]):
    """Sources in a row: an async iterator of targets, and a source itself.

    Its header is the union of the sources' headers in the order they first appear; each
    target's carried values stand in their places in it, "" where its list lacks the column. When
    columns are carried from pipes or URLs, all of those are begun before the first target, for
    the header belongs to all targets.
    """

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self.sources = sources
        self._rows: AsyncGenerator[Target, None] | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The names of all carried columns; complete after `prepare`."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.header))

    async def prepare(self) -> None:
        """Read as far as is needed to know the header.

        Raises SourceError, also when two sources would read standard input: the second one would
        find it empty and pass in silence.
        """
        if sum(isinstance(source, ListSource) and source.is_stdin for source in self.sources) > 1:
            raise SourceError("standard input (-) is given twice; it can be read only once")
        for source in self.sources:
            await source.prepare()

    def count(self) -> int | None:
        """Say how many targets there will be; None when one source cannot tell."""
        counts = [source.count() for source in self.sources]
        return None if None in counts else sum(count or 0 for count in counts)

    def __aiter__(self) -> AsyncGenerator[Target, None]:
        """Give the targets; every iterator is the same one, for sources are read once."""
        if self._rows is None:
            self._rows = self._targets()
        return self._rows

    async def __anext__(self) -> Target:
        """Give the next target."""
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
