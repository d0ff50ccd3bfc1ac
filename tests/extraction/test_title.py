"""The title of a tree: the first one in the HTML namespace, and what can still change it."""

import pytest

from fetcher.extraction.html_tree import parse
from fetcher.extraction.title import Place, Title, collapse, first_title


def title_of(markup: str) -> str | None:
    """Return the text of the first title of some markup."""
    title = first_title(parse(markup.encode()))
    return None if title is None else title.text


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>a</title><title>b</title>", "a"),
        ("<title></title><title>b</title>", ""),
        ("<p>none", None),
        ("", None),
        ("<title>never closed <p>&amp;", "never closed <p>&"),
        ("<title/>a</title>", "a"),
        ("<TITLE>a</TiTlE >b", "a"),
        ("<title>a</titles></title>", "a</titles>"),
        ("<title>&notit; &notin; &amp &#65 &#x80;</title>", "¬it; ∉ & A €"),
        ("<title>&#0;&#xD800;&#x110000;</title>", "\ufffd\ufffd\ufffd"),
        ("<title>a\0b</title>", "a\ufffdb"),
        ("<title><!-- a --></title>", "<!-- a -->"),
        ("<title>\r\n a\f\tb\r</title>", "a b"),
        ("<title>\u00a0a\u3000\u2003b\u000b\u001f</title>", "\u00a0a\u3000\u2003b\u000b\u001f"),
        ("<isindex><title>a</title>", "a"),
        ("<head><noscript><title>a</title></noscript><title>b</title>", "a"),
        ("<noframes><title>a</title></noframes><title>b</title>", "b"),
        ("<plaintext><title>a</title>", None),
        ("<frameset><title>a</title></frameset>", None),
        ("<title>a</title><frameset>", "a"),
        ("<p><title>a</title><frameset>", None),
        ("<select><title>a</title></select>", "a"),
        ("<template><title>a</title></template><title>b</title>", "b"),
        ("<table><template><title>a</title></template></table>", None),
        ("<table><title>a</title></table>", "a"),
        ("<table><tr><td><title>a</title></td><title>b</title></table>", "b"),
        ("<html><body></html><title>a</title>", "a"),
        ("<head></head><title>a</title><p>", "a"),
    ],
)
def test_title_element(markup: str, title: str | None) -> None:
    """The title is what the parsing rules of HTML make of the markup, scripting off."""
    assert title_of(markup) == title


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<svg><title>s</title></svg>", None),
        ("<svg><g><title>s</title></g></svg><title>h</title>", "h"),
        ("<svg><title><title>h</title></title></svg>", "h"),
        ("<svg><title>s<svg><title>s", None),
        ("<svg><desc><title>h</title></desc></svg>", "h"),
        ("<svg><desc><div><title>h</title>", "h"),
        ("<svg><FOREIGNOBJECT><title>h</title>", "h"),
        ("<svg><foreignObject></foreignObject><title>s</title>", None),
        ("<svg><p><title>h</title>", "h"),
        ("<svg><section><title>s</title>", None),
        ("<svg><![CDATA[<title>c</title>]]></svg><title>h</title>", "h"),
        ("<svg><style><title>s</title></style></svg>", None),
        ("<svg><font><title>s</title>", None),
        ("<svg><font size=1><title>h</title>", "h"),
        ("<math><title>m</title></math>", None),
        ("<math><mi><title>h</title></mi></math>", "h"),
        ("<math><mtext><b><title>h</title>", "h"),
        ("<math><mi><malignmark><title>m</title>", None),
        ("<math><mi><mglyph><title>m</title>", None),
        ("<math><mi><svg><title>s</title>", None),
        ("<math><mrow><title>m</title>", None),
        ("<math><svg><title>m</title>", None),
        ("<math><svg><desc><title>m</title>", None),
        ("<math><annotation-xml><title>m</title>", None),
        ("<math><annotation-xml encoding=Text/HTML><title>h</title>", "h"),
        ("<math><annotation-xml encoding=application/xhtml+xml><title>h</title>", "h"),
        ("<math><annotation-xml encoding='text/html '><title>m</title>", None),
        ("<math><annotation-xml><svg><title>s</title>", None),
        ("<math><annotation-xml><svg><desc><title>h</title>", "h"),
        ("<svg><math><mi><title>s</title>", None),
        ("<desc><title>h</title></desc>", "h"),
        ("<mi><malignmark><title>h</title>", "h"),
    ],
)
def test_namespace_of_the_title(markup: str, title: str | None) -> None:
    """A title in SVG or MathML is none, unless an integration point makes it HTML again."""
    assert title_of(markup) == title


@pytest.mark.parametrize(
    ("markup", "place"),
    [
        ("<title>a</title>", Place.HEAD),
        ("<head></head><title>a</title>", Place.HEAD),
        ("<p><title>a</title>", Place.BODY),
        ("<table><title>a</title>", Place.BODY),
        ("<table><tr><td><title>a</title>", Place.TABLE),
        ("<table><caption><b><title>a</title>", Place.TABLE),
    ],
)
def test_place(markup: str, place: Place) -> None:
    """A title tells whether it stands in the head, in a table, or elsewhere in the body."""
    assert first_title(parse(markup.encode())) == Title("a", place)


@pytest.mark.parametrize(
    ("text", "collapsed"),
    [
        ("a", "a"),
        ("", ""),
        (" \t\r\n\f", ""),
        (" a  b ", "a b"),
        ("a\tb\fc", "a b c"),
        ("a\u00a0 \u00a0b", "a\u00a0 \u00a0b"),
    ],
)
def test_collapse(text: str, collapsed: str) -> None:
    """Only ASCII white space is stripped and collapsed."""
    assert collapse(text) == collapsed
