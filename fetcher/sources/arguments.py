"""URLs given on the command line."""

from collections.abc import AsyncGenerator, Iterator, Sequence

from fetcher.model import Target
from fetcher.sources.base import Source
from fetcher.sources.lines import flaw, printable


def arguments(urls: Sequence[str], *, counter: Iterator[int]) -> Source:
    """Make a source of the URLs given as arguments; their places are `argument 1` and so on."""
    return _Arguments(tuple(urls), counter)


class _Arguments:
    def __init__(self, urls: tuple[str, ...], counter: Iterator[int]) -> None:
        self._urls = urls
        self._counter = counter

    @property
    def header(self) -> tuple[str, ...]:
        return ()

    async def prepare(self) -> None:
        """Nothing is to be read."""

    async def __aiter__(self) -> AsyncGenerator[Target, None]:
        for number, argument in enumerate(self._urls, 1):
            url = argument.strip()
            problem = flaw(url) or ("" if url else "the argument is empty")
            source = f"argument {number}"
            yield Target(next(self._counter), printable(url), source, problem=problem)

    def count(self) -> int:
        return len(self._urls)
