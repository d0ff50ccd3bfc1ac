"""Cookies within one chain of redirects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher import urls
from fetcher.engine.run import Run
from fetcher.model import Target
from fetcher.transport import request_headers
from tests.support.raw import RawServer, Script, Scripts, response
from tests.support.site import Site
from tests.transport.asking import WHOLE, settings

HERE = urls.parse("http://shop.test/a/b")


def sent(set_cookies: list[str], to: str, at: str = HERE.href) -> str:
    """The Cookie header for one URL after another has set cookies."""
    return request_headers.header(
        request_headers.collect(None, set_cookies, urls.parse(at)), urls.parse(to)
    )


@pytest.mark.parametrize(
    ("set_cookies", "to", "expected"),
    [
        ([], "http://shop.test/", ""),
        (["a=1; Path=/"], "http://shop.test/", "a=1"),
        (["a=1; Path=/", "b=2; Path=/"], "http://shop.test/", "a=1; b=2"),
        (["a=1; Path=/", "a=2; Path=/"], "http://shop.test/", "a=2"),
        (["a=1; Path=/"], "http://other.test/", ""),
        (["a=1; Path=/"], "http://www.shop.test/", ""),
        (["a=1; Path=/; Domain=shop.test"], "http://www.shop.test/", "a=1"),
        (["a=1; Path=/; Domain=other.test"], "http://other.test/", ""),
        (["a=1"], "http://shop.test/a/c", "a=1"),
        (["a=1"], "http://shop.test/c", ""),
        (["a=1; Path=/; Secure"], "http://shop.test/", ""),
        (["a=1; Path=/; Max-Age=0"], "http://shop.test/", ""),
        (['a="q=\\"x\\""; Path=/'], "http://shop.test/", 'a="q=\\"x\\""'),
        (["=; ;;", "\x00", "novalue"], "http://shop.test/", ""),
        (["a=caf\udce9; Path=/", "b=2; Path=/"], "http://shop.test/", "b=2"),
        (["a=\x01; Path=/", "b=2; Path=/"], "http://shop.test/", "b=2"),
        (["a=日本; Path=/"], "http://shop.test/", 'a="日本"'),
    ],
)
async def test_which_cookies_go_where(set_cookies: list[str], to: str, expected: str) -> None:
    """By RFC 6265; what cannot be sent back is left out."""
    assert sent(set_cookies, to) == expected


async def test_a_host_that_is_an_address_has_cookies_too() -> None:
    """For itself, not for another one."""
    at = "http://127.0.0.1:8080/"
    assert sent(["a=1; Path=/"], at, at) == "a=1"
    assert sent(["a=1; Path=/"], "http://127.0.0.2:8080/", at) == ""


def test_without_cookies_there_is_no_jar() -> None:
    """A jar costs; most answers set nothing."""
    assert request_headers.collect(None, (), HERE) is None
    assert request_headers.header(None, HERE) == ""


@given(st.lists(st.text(max_size=40), max_size=4))
async def test_any_cookie_can_be_sent_or_is_not(set_cookies: list[str]) -> None:
    """The header is always one that HTTP can carry."""
    header = sent(set_cookies, "http://shop.test/")
    assert header.isprintable()
    header.encode("utf-8")


async def titles(url: str, count: int = 1) -> list[str | None]:
    """The bodies that the engine gets for a URL asked for several times."""
    targets = [Target(n, f"{url}{'?' * n}") for n in range(count)]
    options = settings(concurrency=1)
    return [r.page.title async for r in Run(targets, lambda target: WHOLE, options)]


async def test_a_cookie_set_by_a_redirect_comes_along_and_is_then_forgotten() -> None:
    """The target of the redirect sees it, the next URL of the list does not."""
    async with Site() as site:
        (first,) = await titles(site.url("/cookie-redirect"))
        await titles(site.url("/cookie-show"))
    assert first is not None
    assert "secret=crumb" in first
    assert site.seen.cookies == [{"secret": "crumb"}, {}]


async def test_a_cookie_of_strange_bytes_breaks_nothing() -> None:
    """Latin-1, quotes and control characters in the middle of a chain."""
    headers = (
        ("Location", "/b"),
        ("Set-Cookie", "latin=caf\xe9; Path=/"),
        ("Set-Cookie", "good=1; Path=/"),
        ("Set-Cookie", 'quoted="\\012"; Path=/'),
    )
    scripts: dict[str, Scripts] = {"/a": Script((response(b"", 302, headers),))}
    async with RawServer(scripts, default=Script((response(b"there"),))) as server:
        assert await titles(server.url("/a")) == ["there"]
    assert "good=1" in server.requests[1].headers["cookie"]
