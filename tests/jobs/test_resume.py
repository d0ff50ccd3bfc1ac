"""Resuming a list: what is left of it, and whether it is still the same list."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.jobs.resume import ListChangedError, remaining_targets
from fetcher.model import Target
from fetcher.sinks.base import START, OutputProgress
from fetcher.sources import SourceError

URLS = st.lists(st.text("ab", max_size=2), max_size=12)


class Listed:
    """A list that notes how much of it was read, and whether it was closed."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.read = 0
        self.closed = False
        self._urls = urls

    async def __aiter__(self) -> AsyncIterator[Target]:
        """Give the targets."""
        try:
            for index, url in enumerate(self._urls):
                self.read += 1
                yield Target(index, url, f"urls.txt:{index + 1}")
        finally:
            self.closed = True


def after(urls: Sequence[str]) -> OutputProgress:
    """The progress of an output that has these."""
    progress = START
    for url in urls:
        progress = progress.after(url)
    return progress


async def left(
    listed: Listed, progresses: Sequence[OutputProgress], length: int | None = None
) -> list[int]:
    """The indexes of all targets that are still to be done."""
    async with aclosing(await remaining_targets(listed, progresses, length)) as targets:
        return [target.index async for target in targets]


@given(URLS, st.data())
async def test_what_some_output_lacks_is_left(urls: list[str], data: st.DataObject) -> None:
    """From where the first output is, to the end, each target once and in order."""
    places = data.draw(st.lists(st.integers(0, len(urls)), min_size=1, max_size=3))
    listed = Listed(urls)
    assert await left(listed, [after(urls[:n]) for n in places]) == [*range(min(places), len(urls))]
    assert listed.closed


@given(URLS.filter(len), st.data())
async def test_another_list_is_refused(urls: list[str], data: st.DataObject) -> None:
    """Whatever has changed in what is done of it; and nothing is given, and all is closed."""
    done = data.draw(st.integers(1, len(urls)))
    other = data.draw(URLS.filter(lambda other: other[:done] != urls[:done]))
    first = data.draw(st.integers(0, done))
    listed = Listed(other)
    with pytest.raises(ListChangedError, match="it has changed since"):
        await remaining_targets(listed, [after(urls[:first]), after(urls[:done])])
    assert listed.closed


async def test_a_list_may_only_be_as_long_as_a_complete_output() -> None:
    """What is complete takes nothing more."""
    urls = ["a", "b"]
    assert await left(Listed(urls), [after(urls), after(urls[:1])], 2) == [1]
    longer = Listed([*urls, "c"])
    with pytest.raises(ListChangedError, match=r"more than the 2 rows .* such as urls\.txt:3"):
        await remaining_targets(longer, [after(urls)], 2)
    assert longer.closed


async def test_nothing_is_read_where_nothing_was_done() -> None:
    """A list from a pipe may take its time."""
    listed = Listed(["a"])
    rest = await remaining_targets(listed, [START])
    assert listed.read == 0
    await rest.aclose()


async def test_what_the_list_raises_comes_out() -> None:
    """While it is compared, and later."""

    async def broken() -> AsyncIterator[Target]:
        yield Target(0, "a")
        raise SourceError("it breaks off")

    with pytest.raises(SourceError, match="breaks off"):
        await remaining_targets(broken(), [after(["a", "b"])])
    rest = await remaining_targets(broken(), [after(["a"])])
    with pytest.raises(SourceError, match="breaks off"):
        await anext(rest)
