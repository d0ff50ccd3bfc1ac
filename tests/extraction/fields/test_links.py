"""Where a page leads."""

import pytest

from tests.extraction.fields.pages import found

RSS = "type=application/rss+xml"


@pytest.mark.parametrize(
    ("markup", "canonical"),
    [
        ("<link rel=canonical href=/a>", "https://example.com/a"),
        ("<link rel='x CANONICAL' href='b?q=1#f'>", "https://example.com/shop/b?q=1#f"),
        ("<link rel=canonical href=''><link rel=canonical href=c>", "https://example.com/shop/c"),
        (
            "<link rel=canonical href='http://['><link rel=canonical href=c>",
            "https://example.com/shop/c",
        ),
        ("<link rel=canonical href=javascript:x>", None),
        ("<link rel=canonicals href=/a>", None),
        ("<base href=//other.org/d/><link rel=canonical href=e>", "https://other.org/d/e"),
        ("<link rel=canonical href=e><base href=/1/><base href=/2/>", "https://example.com/1/e"),
        (
            "<base target=_top><base href=data:,x><link rel=canonical href=e>",
            "https://example.com/shop/e",
        ),
        ("<p><link rel=canonical href=/a>", "https://example.com/a"),
        (
            "<svg><link rel=canonical href=/a /></svg><link rel=canonical href=/b>",
            "https://example.com/b",
        ),
        (
            "<link rel=canonical href='https://EXAMPLE.com:443/%7e/../é'>",
            "https://example.com/%C3%A9",
        ),
    ],
)
def test_canonical(markup: str, canonical: str | None) -> None:
    """The first valid one counts, resolved against the document's base."""
    assert found("canonical", markup) == canonical


def test_feeds() -> None:
    """RSS, Atom and JSON Feed are feeds; translations, style sheets and other JSON are not."""
    markup = f"""<link rel=alternate {RSS} href=/rss><link rel="Alternate home"
    href=/atom type="Application/Atom+XML; charset=utf-8">
    <link rel=alternate type=application/feed+json href=j>
    <link rel=alternate hreflang=de href=/de><link rel=alternate type=application/json href=/api>
    <link rel=stylesheet {RSS} href=/css><link rel=alternate {RSS} href=/rss>"""
    assert found("feeds", markup) == [
        "https://example.com/rss",
        "https://example.com/atom",
        "https://example.com/shop/j",
    ]


def test_links() -> None:
    """Absolute, of http, without fragments, each once and in order."""
    markup = """<a href=/a>1</a><a href="b#x">2</a><a href="b#y">3</a><a href=#top>4</a><a>5</a>
    <a href="mailto:x@example.com">6</a><a href="javascript:void(0)">7</a><a href="http://[">8</a>
    <map><area href="//other.org"></map><a href=" HTTPS://example.com/a ">9</a><a href="">10</a>
    <svg><a href=/svg></a></svg><link href=/no>"""
    assert found("links", markup) == [
        "https://example.com/a",
        "https://example.com/shop/b",
        "https://other.org/",
        "https://example.com/svg",
    ]


def test_links_of_a_page_without_a_url_of_its_own() -> None:
    """Only those that are absolute, or that a `base` makes so."""
    markup = "<a href=/a></a><a href=http://b.org/></a>"
    assert found("links", markup, url="") == ["http://b.org/"]
    based = "<base href=http://c.org/>" + markup
    assert found("links", based, url="") == ["http://c.org/a", "http://b.org/"]


def test_a_small_page_cannot_make_many_long_links() -> None:
    """What its base adds to each is bounded, and so is a URL."""
    markup = f"<base href='/{'x' * 7000}/'>" + "".join(f"<a href={i}></a>" for i in range(20_000))
    links = found("links", markup)
    assert isinstance(links, list)
    assert 100 < len(links) < 1000
    assert found("links", f"<a href='/{'x' * 9000}'></a><a href=/y>") == ["https://example.com/y"]
