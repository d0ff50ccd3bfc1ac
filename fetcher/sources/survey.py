"""Reading through a local list before anything of it is fetched."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count
from typing import NamedTuple

from fetcher.model import Target
from fetcher.sources.base import BrokenInput, Child, Expect, Reader, SourceError
from fetcher.sources.blocks import file_blocks
from fetcher.sources.expected import RowExpectations
from fetcher.sources.plan import Plan
from fetcher.sources.unpack import unpacked

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


def survey(path: str, plan: Plan, expect: Expect, most: int) -> Survey:
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


def _targets(path: str, reader: Reader) -> Iterator[Target]:
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
