"""What the `meta` elements of a page say."""

import pytest

from tests.extraction.fields.pages import found


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ("<meta name=description content='A  b\n c '>", "A b c"),
        ("<META NAME=Description CONTENT=x>", "x"),
        ("<meta name=description content=' '><meta name=description content=x>", "x"),
        ("<meta name=description content=1><meta name=description content=2>", "1"),
        ("<meta name=description><meta name=descriptions content=x>", None),
        ("<meta property=description content=x>", None),
        ("<p><meta name=description content='&eacute;&lt;'>", "é<"),
        (
            "<!--<meta name=description content=x>--><template><meta name=description content=y>",
            None,
        ),
        ("<svg><desc><meta name=description content=x>", "x"),
    ],
)
def test_description(markup: str, description: str | None) -> None:
    """The first that says something counts, in any case and at any place."""
    assert found("description", markup) == description


OPEN_GRAPH = """<meta property="og:title" content="T"><meta property="OG:Image" content="1.png">
<meta property="og:image:width" content="300"><meta property="og:image" content="2.png">
<meta property="og:description" content=" "><meta name="og:type" content="article">
<meta property="dc:title og:site_name" content="S"><meta property="article:tag" content="x">
<meta property="og:title" content="U">"""


def test_open_graph() -> None:
    """Each property is there once, with the first content it has."""
    assert found("og", OPEN_GRAPH) == {
        "title": "T",
        "image": "1.png",
        "image:width": "300",
        "type": "article",
        "site_name": "S",
    }


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("og.title", "T"),
        ("og.image", "1.png"),
        ("og.image*", ["1.png", "2.png"]),
        ("og.image.width", "300"),
        ("x=og.image:width", "300"),
        ("og.image:width", "300"),
        ("x:int=og.image.width", 300),
        ("og.description", None),
        ("og.nothing", None),
        ("og.nothing*", []),
    ],
)
def test_one_property(what: str, value: object) -> None:
    """A property has its first content, or with `*` all of them."""
    assert found(what, OPEN_GRAPH) == value


def test_no_open_graph() -> None:
    """A page without any has an empty object."""
    assert found("og", "<meta name=x>") == {}
