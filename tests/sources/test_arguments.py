"""URLs as arguments."""

import itertools

from fetcher.model import Target
from fetcher.sources import arguments
from tests.sources.readers import collected


async def test_arguments_are_targets_in_order() -> None:
    """Each is one target with its number; indexes come from the shared counter."""
    source = arguments(["http://a/", " b.com "], counter=itertools.count(7))
    assert source.count() == 2
    assert source.header == ()
    assert await collected(source) == [
        Target(7, "http://a/", "argument 1"),
        Target(8, "b.com", "argument 2"),
    ]


async def test_unusable_arguments_are_problems() -> None:
    """An empty argument and one with bytes that are no text say so."""
    empty, odd = await collected(arguments(["", "http://\udcff/"], counter=itertools.count()))
    assert empty.problem == "the argument is empty"
    assert (odd.url, odd.problem) == ("http://\\xff/", "byte 0xFF at position 8 is not valid UTF-8")
