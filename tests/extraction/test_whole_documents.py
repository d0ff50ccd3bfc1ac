"""Whole documents to trees, as fast as may be and within bounds."""

import pytest
from hypothesis import given
from selectolax.lexbor import LexborHTMLParser

from fetcher.extraction.html_tree import parse_whole
from tests.extraction.bodies import SHARED, needs_shared, shared_rows
from tests.extraction.soup import markup_soup

LONG = " ".join(f"a{number}=1" for number in range(9000))


@given(markup_soup)
def test_ordinary_markup_is_left_as_it_is(markup: str) -> None:
    """The tree is lexbor's own."""
    assert parse_whole(markup.encode()).html == LexborHTMLParser(markup.encode()).html


def test_many_tags_without_an_end() -> None:
    """Inputs, shapes and cells do not count as nested, and what follows them is there."""
    unit = "<svg><path d='M0 0'/><path/></svg><input><option>"
    cells = f"<table>{'<tr><td>x' * 2000}</table>"
    tree = parse_whole(f"<body>{unit * 2000}{cells}<a href=last>".encode())
    counts = {name: len(tree.css(name)) for name in ("a", "input", "path", "td")}
    assert counts == {"a": 1, "input": 2000, "path": 4000, "td": 2000}


@pytest.mark.parametrize(
    "tag",
    [
        f"<p {LONG}>",
        f"<p ={LONG}>",
        f'<p="{LONG}">',
        f'<p ="x {LONG}">',
        f'<p\vq="x {LONG}">',
        f"<p a='1'='x {LONG}'>",
        f'<p a/="x {LONG}">',
        f"<p/{LONG.replace(' ', '/')}>",
        f"<p {LONG.replace('=1', '')}>",
        "<p " + LONG.replace("=1", '=">"').replace(" ", "") + ">",
        f"<p x='>' {LONG.replace('1', '<')}>",
        f"<!-- <p -->{'x' * 20_000}<p {LONG}>",
        f'<a title="<p " {LONG}>',
    ],
)
def test_attributes_are_bounded(tag: str) -> None:
    """However a tag hides them, no element has thousands, and what follows is there."""
    tree = parse_whole(f"{tag}<i>x</i>{' ' * 20_000}".encode())
    assert max(len(node.attributes) for node in tree.css("*")) <= 2200
    assert tree.css_first("i") is not None or "<i>" in tag


@pytest.mark.parametrize("end", ["", " " * 20_000])
def test_formatting_that_is_never_closed_does_not_fill_the_memory(end: str) -> None:
    """Each block would open all of it again: a million elements from some kilobytes."""
    opened = "".join(f"<p><font a={number}></p>" for number in range(1000))
    tree = parse_whole((opened + "<p>x" * 5000 + end).encode())
    assert len(tree.css("*")) < 20_000
    assert len(tree.css("p")) == 6000


@pytest.mark.parametrize(
    "hidden",
    [
        '<i "a{}="x>y</i>"></p>',
        '<i a{}="x>y</i>"></p>',
        "<i a{}><table><td></i></table></p>",
        "<I\na{}><!-- </I> --></p>",
        "<i a{}>x</b></p>",
    ],
)
def test_formatting_that_only_seems_closed(hidden: str) -> None:
    """What looks like its end, in a value, a comment or a cell, is none."""
    opened = "".join("<p>" + hidden.format(number) for number in range(2000))
    tree = parse_whole((opened + "<p>x" * 5000).encode())
    assert len(tree.css("*")) < 40_000


def test_formatting_is_kept_where_it_is_harmless() -> None:
    """Thousands that are closed, and some that are not, are ordinary."""
    closed = "".join(
        f"<p><font color={number}>a</font><i class=b{number}></i>"
        f"<STRONG id='{number}'>1<span class=s>2</span></strong></p>"
        for number in range(1000)
    )
    markup = closed + "<p><em class=x>d</p>" * 100 + "<p><tt class=y><u>e</u></tt>" * 500
    tree = parse_whole(markup.encode())
    counts = {name: len(tree.css(name)) for name in ("font", "i", "strong", "tt")}
    assert counts == {"font": 1000, "i": 1000, "strong": 1000, "tt": 500}
    assert tree.html == LexborHTMLParser(markup.encode()).html


def test_nesting_without_end_is_bounded() -> None:
    """A megabyte of it does not take a minute."""
    tree = parse_whole(b"<div>" * 200_000)
    assert 100 < len(tree.css("div")) <= 20_000


def test_a_large_page_is_left_as_it_is() -> None:
    """Megabytes of list, each item closed or not, lose nothing."""
    markup = "<li class=item><a href=x>y</a><p>z</p><input>" * 4000
    assert len(parse_whole(markup.encode()).css("li > a + p + input")) == 4000


@needs_shared
def test_collected_pages_are_left_as_they_are() -> None:
    """No real page loses an element."""
    for row in shared_rows("titles.jsonl"):
        markup = (SHARED / row["file"]).read_bytes()
        assert parse_whole(markup).html == LexborHTMLParser(markup).html
