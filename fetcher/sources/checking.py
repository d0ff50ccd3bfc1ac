"""Finding out what is wrong with what lists expect, before anything is fetched."""

from collections.abc import Iterable

from fetcher.sources.base import Source
from fetcher.sources.chain import Chain
from fetcher.sources.listsource import ListSource
from fetcher.sources.survey import Mistake

MOST = 20
"""How many mistakes are looked for."""


def check_lists(sources: Iterable[Source], *, most: int = MOST) -> list[Mistake]:
    """Look through lists for rows whose expectations cannot be meant so; [] when all is well.

    sources: before they are iterated. Only regular local files are read: pipes cannot be read
    twice, and what is wrong in them, or in a list that is fetched, becomes a problem of its row.
    Lists that say nothing of expectations are not read through. Gives the first mistakes, at most
    `most`. Raises SourceError when a file cannot be read.
    """
    mistakes: list[Mistake] = []
    for source in sources:
        if isinstance(source, Chain):
            mistakes += check_lists(source.sources, most=most)
        elif isinstance(source, ListSource):
            mistakes += source.mistakes(most)
        if len(mistakes) >= most:
            break
    return mistakes[:most]
