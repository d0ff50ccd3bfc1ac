"""Formatting elements that are never closed, and what becomes of them."""

import pytest

from fetcher.extraction.html_tree import parse, parse_whole, without_endless_formatting
from fetcher.extraction.page_text import ParsedDocument
from fetcher.extraction.title_reader import TitleReader

TITLE = b"<title>t</title>"


def bomb(size: int) -> bytes:
    """Markup in which each paragraph opens all elements of those before again."""
    opened = b"".join(b"<p><b a=%d></p>" % number for number in range(size))
    return opened + b"<p>x" * size + TITLE


@pytest.mark.parametrize("make_tree", [parse, parse_whole])
@pytest.mark.parametrize("size", [600, 700, 5_000])
def test_few_bytes_do_not_become_many_elements(make_tree: type, size: int) -> None:
    """Below and above the size from which markup is looked through for depth."""
    assert len(make_tree(bomb(size)).css("b")) < 1_000_000


def test_titles_and_texts_survive_it() -> None:
    """What is left out has nothing to do with them."""
    reader = TitleReader("text/html")
    reader.feed(bomb(700))
    assert reader.finish().title == "t"
    assert ParsedDocument(bomb(700).decode()).text.split() == ["x"] * 700


@pytest.mark.parametrize(
    "markup",
    [
        b"<p><b class=x>bold</b> and <i>italic</i></p>" * 2_000,
        b"<p>plain</p>" * 5_000,
        bomb(100),
    ],
)
def test_ordinary_markup_stays_as_it_is(markup: bytes) -> None:
    """Formatting that is closed, or that there is little of, does no harm."""
    assert without_endless_formatting(markup) == markup
