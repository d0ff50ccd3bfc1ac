"""Sources in a row."""

import itertools
from pathlib import Path

import pytest

from fetcher.sources import ListOptions, SourceError, arguments, chain, open_list
from tests.sources.readers import collected, in_memory, web


async def test_targets_come_in_order_with_running_indexes(tmp_path: Path) -> None:
    """The second source goes on counting where the first one stopped."""
    (tmp_path / "l.txt").write_text("http://b/\nhttp://c/\n")
    counter = itertools.count()
    first = arguments(["http://a/"], counter=counter)
    second = open_list(str(tmp_path / "l.txt"), ListOptions(), counter=counter)
    joined = chain([first, second])
    assert joined.count() == 3
    assert [(row.index, row.url) for row in await collected(joined)] == [
        (0, "http://a/"),
        (1, "http://b/"),
        (2, "http://c/"),
    ]


async def test_carried_columns_are_united() -> None:
    """Values stand in the places of the common header, "" where a list lacks a column."""
    first = in_memory([b"url,a,b\nhttp://1/,a1,b1\n"], carry=True)
    second = arguments(["http://2/"], counter=itertools.count())
    third = in_memory([b'{"url":"http://3/","c":3,"a":"a3"}\n'], carry=True)
    joined = chain([first, second, third])
    await joined.prepare()
    assert joined.header == ("a", "b", "c")
    assert [row.carried for row in await collected(joined)] == [
        ("a1", "b1", ""),
        ("", "", ""),
        ("a3", "", "3"),
    ]


async def test_it_is_an_iterator() -> None:
    """`anext` and a loop take from the same targets; closing ends them."""
    joined = chain([arguments(["a", "b", "c"], counter=itertools.count())])
    assert (await anext(joined)).url == "a"
    async for row in joined:
        assert row.url == "b"
        break
    await joined.aclose()
    assert await collected(joined) == []


async def test_an_unknown_count_makes_the_sum_unknown() -> None:
    """One source that cannot tell is enough."""
    joined = chain([arguments(["a"], counter=itertools.count()), in_memory([b"b\n"])])
    assert joined.count() is None


async def test_standard_input_cannot_be_given_twice() -> None:
    """The second one would be empty, and nobody would be told."""
    sources = [open_list("-", ListOptions(), counter=itertools.count()) for _ in range(2)]
    with pytest.raises(SourceError, match="standard input"):
        await collected(chain(sources))


async def test_nothing_is_read_ahead_without_carrying() -> None:
    """A later source that cannot be read does not keep an earlier one's targets back."""
    missing = open_list("http://a/l", ListOptions(), counter=itertools.count(), fetch=web({}))
    joined = chain([arguments(["a"], counter=itertools.count()), missing])
    assert (await anext(joined)).url == "a"
    with pytest.raises(SourceError, match="status 404"):
        await anext(joined)
