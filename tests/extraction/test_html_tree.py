"""Markup made to take long: what is nested without end, or has attributes without end."""

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.extraction.html_tree import MAX_DEPTH, parse
from fetcher.extraction.title import first_title


def depth(tree: LexborHTMLParser) -> int:
    """Return how many elements the last one of the tree is in."""
    node: LexborNode | None = tree.css("*")[-1]
    count = 0
    while node is not None:
        count, node = count + 1, node.parent
    return count


@pytest.mark.parametrize(
    "unit",
    [
        *["<div>", "<b>", "<x>", "<svg>", "<svg><desc>", "<table><tr><td>"],
        *["<div><!-- </div> -->", "<div a='</div>'>", "<DIV/>", "<math><mi>", "<div><? </div>"],
    ],
)
def test_nesting_is_bounded(unit: str) -> None:
    """However deep the markup, the tree has the depth that browsers allow, and little more."""
    tree = parse((unit * 20_000).encode())
    assert 100 < depth(tree) <= 2 * MAX_DEPTH + 10


def test_attributes_are_bounded() -> None:
    """A tag with thousands of attributes is left out."""
    attributes = " ".join(f"a{number}=1" for number in range(10_000))
    tree = parse(f"<p {attributes}><title>a</title>".encode())
    assert tree.css_first("p") is None
    title = first_title(tree)
    assert title is not None
    assert title.text == "a"


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<div>" * 20_000 + "<title>a <b> c</title>", "a <b> c"),
        ("<svg><title>" * 20_000 + "x", None),
        ("<svg>" * 20_000 + "<title>s</title>", None),
        ("<svg><desc>" * 20_000 + "<title>a</title>", "a"),
        ("<math><mi>" * 20_000 + "<title>a</title>", "a"),
        ("<template>" * 20_000 + "<title>t</title>", None),
        ("<i></b>" * 20_000 + "<title>a</title>", "a"),
        ("<svg><title>s</title></svg>" * 5_000 + "<title>a</title>", "a"),
        ("<svg><path/><path/></svg>" * 5_000 + "<svg><title>s</title>", None),
        ("<script>'<svg>'</script>" * 5_000 + "<title>a</title>", "a"),
        ("<!-- <svg> -->" * 5_000 + "<title>a</title>", "a"),
    ],
)
def test_title_of_endless_markup(markup: str, title: str | None) -> None:
    """What is left out beyond the depth does not change which title is one."""
    found = first_title(parse(markup.encode()))
    assert (found and found.text) == title


def test_ordinary_markup_is_parsed_as_it_is() -> None:
    """A large page that is nested as pages are loses nothing."""
    item = '<li><a href="/x" title="a > b">text<br><img src=i></a><script>"<div>"</script></li>'
    page = f"<!DOCTYPE html><title>a</title><ul>{item * 2_000}</ul><p>end"
    tree = parse(page.encode())
    assert len(tree.css("a")) == len(tree.css("script")) == 2_000
    assert '"<div>"' in tree.css("script")[-1].text()
