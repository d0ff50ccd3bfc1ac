"""A page as a user's own function gets it."""

import pickle

import pytest

from fetcher.extraction.fields import PageView
from tests.extraction.fields.pages import URL, raw

MARKUP = "<title>Caf\xe9</title><p class=a>one <b>1</b></p><p>two</p><a href=/x>y</a>"


def test_what_the_server_answered() -> None:
    """The answer's own values are there as they came."""
    view = PageView(raw(MARKUP))
    assert (view.url, view.status, view.content_type) == (URL, 200, "text/html")
    assert view.headers["content-type"] == "text/html"
    assert view.body == MARKUP.encode()


def test_what_the_document_says() -> None:
    """Its markup decoded, its title, and what is selected in it."""
    view = PageView(raw(MARKUP.encode("latin-1"), "text/html; charset=latin1"))
    assert (view.encoding, view.text, view.title) == ("windows-1252", MARKUP, "Café")
    assert view.select("p") == view.select("p::text") == "one 1"
    assert view.select(".a::html") == "one <b>1</b>"
    assert view.select_all("p, .a") == ["one 1", "two"]
    assert view.select_all("a@href") == ["/x"]
    assert (view.select("u"), view.select_all("u@href")) == (None, [])


@pytest.mark.parametrize(
    ("css", "message"),
    [
        ("p >", "is not a CSS selector"),
        ("", "is not a CSS selector"),
        ("p::txt", "not supported"),
        ("p::text*", "must not end in \\*"),
    ],
)
def test_a_broken_selector_is_an_error(css: str, message: str) -> None:
    """In both ways to select."""
    view = PageView(raw(MARKUP))
    with pytest.raises(ValueError, match=message):
        view.select(css)
    with pytest.raises(ValueError, match=message):
        view.select_all(css)


def test_json() -> None:
    """A body of JSON is decoded and read; it has no document."""
    view = PageView(raw('{"é": [1]}', "application/json"))
    assert view.json() == {"é": [1]}
    assert (view.encoding, view.title, view.select("p")) == ("", None, None)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000])
def test_what_is_no_json(body: bytes) -> None:
    """It is a ValueError, the deepest nesting too."""
    with pytest.raises(ValueError, match=r"."):
        PageView(raw(body, "application/json")).json()


def test_it_shows_what_it_is() -> None:
    """In one line without control characters, for a notebook."""
    markup = f"<title>a\u202eb{'x' * 100}</title>"
    assert repr(PageView(raw(markup))) == (
        f"<PageView 200, {URL}, text/html, 120 bytes, 'a\\u202eb{'x' * 57}…'>"
    )
    assert repr(PageView(raw(b"{}", ""))) == f"<PageView 200, {URL}, no content type, 2 bytes>"


def test_it_can_be_sent_to_another_process() -> None:
    """Parsed or not, it comes as the same page."""
    view = PageView(raw(MARKUP))
    assert view.title == "Café"
    again = pickle.loads(pickle.dumps(view))
    assert (again.body, again.title) == (view.body, "Café")
