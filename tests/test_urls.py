"""URLs: the standard's cases, what counts as a scheme, and that nothing else is ever raised."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher import urls
from fetcher.urls import Url, UrlError

CASES = Path(__file__).parent.parent.parent / "shared" / "cases"

TEXT = st.text(st.characters() | st.sampled_from("\ud800\udfff:/?#@[].%\\\t\n 0"))
URLS = st.one_of(
    TEXT,
    TEXT.map("http://{}".format),
    TEXT.map("https://example.com/{}".format),
    st.builds("http://{}/{}?{}#{}".format, TEXT, TEXT, TEXT, TEXT),
)


def cases(name: str) -> list[Any]:
    """The rows of a file of standard cases, without those on which parsers disagree."""
    path = CASES / name
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row for row in rows if not row.get("contested")]


def needs_cases() -> None:
    """Skip where the standard's cases are not beside the project."""
    if not CASES.exists():
        pytest.skip("../shared/cases is not here")


def check(row: Any, url: Url | None) -> None:
    """Compare what was parsed with what the standard says; other schemes are refused."""
    if row["failure"] or not row["href"].startswith(("http:", "https:")):
        assert url is None, row
    else:
        assert url is not None, row
        assert url.href + url.fragment == row["href"], row
        assert (f"{url.scheme}:", url.host) == (row["protocol"], row["host"])
        assert url.hostname == row["hostname"].strip("[]")
        assert str(url.port) == row["port"] or not row["port"]


def attempt(parse: Any, *arguments: Any) -> Url | None:
    """The parsed URL, None when it is refused."""
    try:
        url: Url = parse(*arguments)
    except UrlError:
        return None
    return url


def test_the_standards_absolute_urls() -> None:
    """Each absolute URL of the standard's test suite is parsed or refused as it says."""
    needs_cases()
    rows = cases("urls.jsonl")
    assert len(rows) > 50
    for row in rows:
        check(row, attempt(urls.parse, row["input"]))


def test_the_standards_relative_urls() -> None:
    """Each reference of the standard's test suite resolves as it says."""
    needs_cases()
    rows = cases("urls_relative.jsonl")
    assert len(rows) > 15
    for row in rows:
        check(row, attempt(urls.join, urls.parse(row["base"]), row["input"]))


@pytest.mark.parametrize(
    ("text", "href", "host"),
    [
        ("HTTP://EXAMPLE.com:80/a/../b", "http://example.com/b", "example.com"),
        ("https://example.com:8443", "https://example.com:8443/", "example.com:8443"),
        ("http://me:secret@h:81/@x", "http://me:secret@h:81/@x", "h:81"),
        ("http://[::0:1]:8080/", "http://[::1]:8080/", "[::1]:8080"),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4", "xn--bcher-kva.example"),
        ("http://☕.example", "http://xn--53h.example/", "xn--53h.example"),
        ("http://faß.example", "http://xn--fa-hia.example/", "xn--fa-hia.example"),
        ("http://例え.テスト", "http://xn--r8jz45g.xn--zckzah/", "xn--r8jz45g.xn--zckzah"),
        ("\x01 http://h/a\tb\nc ", "http://h/abc", "h"),
        ("http://h\\p", "http://h/p", "h"),
        ("http://h/\0a", "http://h/%00a", "h"),
    ],
)
def test_a_url_is_normalised(text: str, href: str, host: str) -> None:
    """Case, ports, dots, international names and stray white space are brought to one form."""
    url = urls.parse(text)
    assert (url.href, url.host) == (href, host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "example.com",
        "ftp://example.com",
        "mailto:someone@example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http://exa mple/",
        "http://h:65536/",
        "http://h:port/",
        "http://[::1/",
        "http://1.2.3.256/",
        "http://a\0b/",
        "http://\udcff/",
        "http://1א/",
        "https://%zz/",
    ],
)
def test_what_is_no_web_address_is_refused_in_words(text: str) -> None:
    """Everything that is not a valid http(s) URL raises UrlError with a short printable reason."""
    with pytest.raises(UrlError) as caught:
        urls.parse(text)
    reason = str(caught.value)
    assert reason.isprintable()
    assert 5 < len(reason) < 100


@pytest.mark.parametrize(
    "text",
    [
        "localhost:8080/x",
        "localhost:8080",
        "localhost:8080?q",
        "localhost:8080\\x",
        "example.com",
        "example.com/a:b",
        "user@host",
        "//host/x",
        "192.168.1.1:80",
        "[::1]:8080",
        "/path",
        "",
        "?http://x",
    ],
)
def test_a_host_with_or_without_a_port_has_no_scheme(text: str) -> None:
    """What reads as a host, also with a port behind it, is taken as such."""
    assert not urls.has_scheme(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://x",
        "HTTPS://x",
        "http:80",
        "mailto:a@b",
        "javascript:1+1",
        "data:,x",
        " \x01http://x",
        "ht\ttp://x",
        "ftp://x",
        "host:80x",
    ],
)
def test_a_scheme_is_seen(text: str) -> None:
    """A scheme is one whatever its case, and where the parser would still find it."""
    assert urls.has_scheme(text)


def test_a_reference_inherits_the_fragment() -> None:
    """A redirect without a fragment keeps the one it came from; its own wins (RFC 9110 10.2.2)."""
    base = urls.parse("http://h/a#top")
    assert urls.join(base, "b").fragment == "#top"
    assert urls.join(base, "b#end").fragment == "#end"
    assert urls.join(base, "").href == "http://h/a"


def test_a_very_long_url_is_parsed() -> None:
    """A megabyte of path is a URL like any other."""
    url = urls.parse("http://h/" + "é" * 500_000)
    assert len(url.href) == 9 + 3_000_000


@given(URLS)
def test_a_parsed_url_stays_as_it_is(text: str) -> None:
    """Normal form is a fixed point; UrlError is all that is raised, for any text whatever."""
    url = attempt(urls.parse, text)
    if url is not None:
        assert urls.parse(url.href + url.fragment) == url
        assert urls.has_scheme(text)
        assert url.href.isascii()
        assert "#" not in url.href
        assert 0 <= url.port < 65536
        assert url.hostname
        assert urls.host_of(url.href) == url.host


@given(URLS, URLS)
def test_a_reference_raises_nothing_but_url_error(base: str, reference: str) -> None:
    """Whatever a server sends as Location, it resolves to a normal URL or is refused."""
    start = attempt(urls.parse, base) or urls.parse("http://h/p?q")
    found = attempt(urls.join, start, reference)
    if found is not None:
        assert urls.parse(found.href).href == found.href


@pytest.mark.parametrize(
    ("href", "shown"),
    [
        ("https://ann:secret@a.example:8443/x?y=1", "https://a.example:8443/x?y=1"),
        ("https://ann@a.example/", "https://a.example/"),
        ("https://a.example/@ann", "https://a.example/@ann"),
        ("https://a.example/?mail=ann@b.example", "https://a.example/?mail=ann@b.example"),
    ],
)
def test_a_login_is_taken_out(href: str, shown: str) -> None:
    """And an @ that stands elsewhere stays."""
    assert urls.without_login(href) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://u:p@h/", "http://u:***@h/"),
        ("https://u:p@ss@h:80/x@y", "https://u:***@h:80/x@y"),
        ("u:pw@h/x", "u:***@h/x"),
        ("https:u:p@h", "https:u:***@h"),
        ("http:\\\\u:p@h", "http:\\\\u:***@h"),
        (" //u:p@h", " //u:***@h"),
        ("ftp://u:p@h/", "ftp://u:***@h/"),
        ("h\tttp://u:p@h", "h\tttp://u:***@h"),
        ("http://u:p/s@h/", "http://u:***@h/"),
        ("http://u:p#s@h", "http://u:***@h"),
        ("http://u:***@h/", "http://u:***@h/"),
        # Without a password there is nothing to mask.
        ("http://h:80/a@b", "http://h:80/a@b"),
        ("http://h:8080?x=a@b", "http://h:8080?x=a@b"),
        ("http://[::1]:80/@x", "http://[::1]:80/@x"),
        ("http://u@h:80/", "http://u@h:80/"),
        ("http://u:@h/", "http://u:@h/"),
        ("http://h/a:b@c", "http://h/a:b@c"),
        ("localhost:8080/a@b", "localhost:8080/a@b"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("@", "@"),
    ],
)
def test_a_password_is_masked(url: str, shown: str) -> None:
    """However the URL is written, and nothing but the password changes."""
    assert urls.without_password(url) == shown
    assert urls.is_masked(shown) is ("***" in shown)
    assert urls.is_masked(url) is (url == shown and "***" in shown)


@given(URLS)
def test_masking_leaves_no_password(text: str) -> None:
    """What is masked stays so, and what the parser takes for a password is never left."""
    shown = urls.without_password(text)
    assert urls.without_password(shown) == shown
    if "@" not in text:
        assert shown == text


@given(st.text(st.characters(exclude_characters="\t\n\r"), min_size=1), st.sampled_from("/\\?#"))
def test_no_valid_url_keeps_its_password(password: str, end: str) -> None:
    """Held against the parser: its username and host stay, its password is the mask."""
    text = f"http://me:{password}@host.example{end}x"
    try:
        href = urls.parse(text).href
    except UrlError:
        href = ""
    if href.startswith("http://me:") and "@host.example" in href:
        assert (
            urls.parse(urls.without_password(text)).href
            == f"http://me:***@{href.rpartition('@')[2]}"
        )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cannot connect to http://u:p@h:80/x: a@b", "Cannot connect to http://u:***@h:80/x: a@b"),
        ("'http://h:80', 'x@y'", "'http://h:80', 'x@y'"),
        ("http://h:8080/x@y", "http://h:8080/x@y"),
        ("http://u:80@h/", "http://u:***@h/"),
        ("at http://u:p@ss@h/ and https://a:b@c", "at http://u:***@h/ and https://a:***@c"),
        ("nothing", "nothing"),
    ],
)
def test_passwords_in_a_sentence_are_masked(text: str, shown: str) -> None:
    """As in the text of a library's exception."""
    assert urls.without_passwords(text) == shown
