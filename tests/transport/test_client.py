"""What is sent, and what comes of answers that are right but unusual."""

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from fetcher import urls
from fetcher.failures import FailureKind, Phase
from fetcher.settings import Settings
from fetcher.transport.base import Request
from fetcher.transport.client import AiohttpTransport
from fetcher.transport.resolver import is_address
from fetcher.urls import UrlError
from tests.support.raw import End, RawRequest, RawServer, Script, response
from tests.transport.asking import First, ask, assert_plain, failed, request, settings, transport

ANSWER = b"HTTP/1.1 200 OK\r\n"


async def sent(url_path: str = "/", **changes: Any) -> RawRequest:
    """The request that a server gets."""
    async with RawServer() as server:
        await ask(server.url(url_path), **changes)
    return server.requests[0]


async def test_the_headers_of_a_request() -> None:
    """Few, and each for a reason."""
    got = await sent("/page?q=1")
    assert (got.method, got.path) == ("GET", "/page?q=1")
    assert set(got.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert got.headers["user-agent"] == Settings().user_agent
    assert got.headers["accept"].startswith("text/html,")


async def test_given_headers_replace_ours_and_are_sent_to_all() -> None:
    """Without regard to case; others are added, repeated ones repeated."""
    given_headers = (("USER-AGENT", "mine"), ("accept-encoding", "identity"), ("X-A", "1"))
    got = await sent(headers=given_headers, user_agent="never")
    assert got.headers["user-agent"] == "mine"
    assert got.headers["accept-encoding"] == "identity"
    assert got.headers["x-a"] == "1"
    assert got.head.lower().count(b"user-agent") == 1


async def test_a_cookie_is_sent_as_given() -> None:
    """The caller's own."""
    async with RawServer() as server, transport() as opened:
        await opened.send(request(server.url(), cookie="a=1; b=2"))
        await opened.send(request(server.url()))
    assert [asked.headers.get("cookie") for asked in server.requests] == ["a=1; b=2", None]


@pytest.mark.parametrize(
    ("userinfo", "credentials"),
    [
        ("user:pass", "user:pass"),
        ("user", "user:"),
        (":pass", ":pass"),
        ("us%40er:p%3Aa%2Fss", "us@er:p:a/ss"),
        ("b%C3%BCcher:%E6%97%A5", "bücher:日"),
        ("a%3Ab:c", "a:b:c"),
    ],
)
async def test_credentials_in_the_url_are_basic_authentication(
    userinfo: str, credentials: str
) -> None:
    """RFC 7617, in UTF-8; they are not part of the request target or the Host header."""
    async with RawServer() as server:
        exchange = await ask(server.url("/", f"{userinfo}@127.0.0.1"))
    assert exchange.failure is None
    headers = server.requests[0].headers
    scheme, _, encoded = headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", credentials)
    assert headers["host"] == f"127.0.0.1:{server.port}"


async def test_credentials_in_the_url_win_over_a_given_header() -> None:
    """They are for that one URL, and having both is no error."""
    given_headers = (("Authorization", "Bearer everywhere"),)
    async with RawServer() as server:
        await ask(server.url("/", "user:pass@127.0.0.1"), headers=given_headers)
        await ask(server.url(), headers=given_headers)
    first, second = (asked.headers["authorization"] for asked in server.requests)
    assert (first[:6], second) == ("Basic ", "Bearer everywhere")


async def test_no_failure_shows_a_password() -> None:
    """Whatever goes wrong on the way."""
    script = Script((b"no http",))
    async with RawServer(default=script) as server:
        for host in ("user:secret@127.0.0.1", "user:secret@name.invalid"):
            exchange = await ask(server.url("/", host))
            assert exchange.failure is not None
            assert "secret" not in str(exchange)


@pytest.mark.parametrize(
    ("answer", "status", "body", "version"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the close", 200, "until the close", "1.0"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nfour", 200, "four", "1.0"),
        (ANSWER + b"Content-Length: 0\r\n\r\n", 200, "", "1.1"),
        (ANSWER + b"\r\nuntil the close", 200, "until the close", "1.1"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, "", "1.1"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, "", "1.1"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", "1.1"),
        (b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", 205, "", "1.1"),
        (b"HTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno", 404, "no", "1.1"),
        (b"HTTP/1.1 500 \xff\xfe\r\nContent-Length: 2\r\n\r\nno", 500, "no", "1.1"),
        (b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nno", 301, "no", "1.1"),
        (b"HTTP/1.1 206 Partial\r\nContent-Length: 2\r\n\r\nno", 206, "no", "1.1"),
        (ANSWER + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nno",
         200, "no", "1.1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", [End.CLOSE, End.HALF_CLOSE])
async def test_unusual_answers_are_answers(
    answer: bytes, status: int, body: str, version: str, end: End
) -> None:
    """HTTP/1.0, no body, no reason, no length: status and body come as they are."""
    async with RawServer(default=Script((answer,), end)) as server:
        exchange = await ask(server.url())
    assert exchange.failure is None
    assert (exchange.status, exchange.page.title) == (status, body)
    assert exchange.http_version == version


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_does_not_wait_for_one(status: int) -> None:
    """The server keeps the connection, and says a length that is not coming."""
    answer = f"HTTP/1.1 {status} X\r\nContent-Length: 9\r\n\r\n".encode()
    async with (
        RawServer(default=Script((answer,), End.KEEP)) as server,
        transport(waiting=1) as opened,
    ):
        for _ in range(2):
            exchange = await opened.send(request(server.url()))
            assert (exchange.failure, exchange.status) == (None, status)


async def test_switching_protocols_unasked_does_no_harm() -> None:
    """101 is an answer without a page."""
    answer = b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nframes"
    async with RawServer(default=Script((answer,), End.HALF_CLOSE)) as server:
        exchange = await ask(server.url())
    assert exchange.status == 101


async def test_headers_of_strange_bytes_are_shown_as_text() -> None:
    """The content type goes into a row: no surrogates, and all else as it came."""
    headers = (("Content-Type", "text/html;\x1b[31m caf\xe9"),)
    script = Script((response(b"", headers=headers),))
    async with RawServer(default=script) as server:
        exchange = await ask(server.url())
    assert exchange.content_type == "text/html;\x1b[31m caf\ufffd"


async def test_each_set_cookie_header_is_kept_apart() -> None:
    """They must not be joined by commas (RFC 6265, section 3)."""
    headers = (("Set-Cookie", "a=1, 2"), ("Set-Cookie", "b=3"))
    async with RawServer(default=Script((response(headers=headers),))) as server:
        exchange = await ask(server.url())
    assert exchange.set_cookies == ("a=1, 2", "b=3")


async def test_a_reader_gets_no_more_once_it_has_enough() -> None:
    """And what it found is kept."""
    reader = First(10)
    async with RawServer(default=Script((response(b"x" * 500_000),))) as server:
        exchange = await ask(server.url(), reader)
    assert exchange.page.title == "found"
    assert exchange.bytes_read == reader.got < 500_000


async def test_one_transport_may_be_left_and_another_entered() -> None:
    """Nothing is shared between two runs, and leaving early leaves nothing open."""
    async with RawServer(default=Script(end=End.SILENT)) as server:
        for _ in range(2):
            async with AiohttpTransport(settings(timeout=0.2)) as opened:
                exchange = await opened.send(request(server.url()))
                failed(exchange, FailureKind.READ_TIMEOUT, Phase.HEADERS)


HOSTS = st.one_of(
    st.text(min_size=1, max_size=20),
    st.from_regex(r"\A[a-z0-9_.~!$&'()*+,;=-]{1,80}\Z"),
    st.from_regex(r"\A[a-z0-9]{1,70}(\.[a-z0-9]{1,70}){0,4}\.?\Z"),
)


@given(user=st.text(max_size=10), host=HOSTS, tail=st.text(max_size=60))
@example(user="", host="a" * 70 + ".test", tail="")
@example(user="", host="a..b", tail="")
@example(user="a:b", host="..", tail="")
@example(user="", host="xn--a", tail="")
@example(user="", host="a.test", tail="a|b^c`{d}[e]\\ f?<g>\"h'#i")
@example(user="\udc80:", host="a.test", tail="\udc80")
@examples(suppress_health_check=[HealthCheck.too_slow], deadline=None)
async def test_any_valid_url_gives_an_exchange(user: str, host: str, tail: str) -> None:
    """No URL that the URL standard lets through raises, and its path is sent as it stands."""
    async with RawServer() as server:
        try:
            url = urls.parse(f"http://{user}{'@' if user else ''}{host}:{server.port}/{tail}")
        except UrlError:
            return
        assume(url.port == server.port)
        assume(not is_address(url.hostname))
        exchange = await ask(url.href, resolve=("*:*:127.0.0.1",))
    if exchange.failure is None:
        assert server.requests[0].path == url.href[url.href.index("/", len("http://")) :]
        # A final dot matters to name servers only; web servers rarely know the host with it.
        name = url.hostname.removesuffix(".")
        assert server.requests[0].headers["host"] == f"{name}:{server.port}"
    else:
        assert_plain(exchange.failure)
        assert exchange.failure.kind is FailureKind.DNS_NOT_FOUND


async def test_secret_headers_stay_at_home() -> None:
    """-H Authorization and -H Cookie go to the host of the input, and to no other one."""
    settings = Settings(headers=(("authorization", "Bearer x"), ("Cookie", "a=1"), ("X-Open", "y")))
    async with RawServer() as server, AiohttpTransport(settings) as transport:
        url = urls.parse(server.url("/"))
        await transport.send(Request(url, lambda status, kind: None))
        await transport.send(Request(url, lambda status, kind: None, at_home=False))
        await transport.send(Request(url, lambda status, kind: None, cookie="b=2"))
    home, away, both = (request.headers for request in server.requests)
    assert (home["authorization"], home["cookie"], home["x-open"]) == ("Bearer x", "a=1", "y")
    assert "authorization" not in away
    assert "cookie" not in away
    assert away["x-open"] == "y"
    assert both["cookie"] == "a=1; b=2"
