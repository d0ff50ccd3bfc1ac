"""HEAD against real servers: no body, whatever the head says, and GET where HEAD is refused."""

import asyncio

import pytest

from fetcher.engine.run import Run
from fetcher.failures import FailureKind, Phase
from fetcher.model import NO_PAGE, Hop, Outcome, Target
from fetcher.transport.base import Inquiry, Method
from tests.support.raw import OK, End, RawServer, Script, Scripts, response
from tests.transport.asking import Whole, failed, request, settings, transport

PAGE = b"<title>a body that nobody asked for</title>"
HEAD_ONLY = Script((response(content_length=1_000),), End.KEEP)
KEPT = Script((response(b"<title>kept</title>"),), End.KEEP)


def answer(*lines: str) -> Script:
    """A head with these lines and nothing after it, on a connection that stays open."""
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *lines, ""))
    return Script((head.encode(),), End.KEEP)


async def outcome_of(
    server: RawServer, method: Method, path: str = "/", **changes: float
) -> Outcome:
    """What the engine makes of one URL."""
    inquiry = Inquiry(lambda status, kind: Whole(), method)
    run = Run([Target(0, server.url(path))], lambda target: inquiry, settings(**changes))
    [result] = [result async for result in run]
    return result.outcome


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Content-Length: 1000",),
        ("Content-Length: 99999999999",),
        ("Transfer-Encoding: chunked",),
        ("Transfer-Encoding: gzip, chunked",),
        ("Content-Encoding: gzip", "Content-Length: 20"),
        ("Content-Encoding: unheard-of", "Content-Length: 20"),
    ],
)
async def test_an_answer_to_head_is_whole_with_its_head(lines: tuple[str, ...]) -> None:
    """Lengths and codings speak of what GET would bring; the connection serves the next one."""
    async with RawServer(default=answer(*lines)) as server, transport(waiting=1) as opened:
        for _ in range(2):
            exchange = await opened.send(request(server.url(), method="HEAD"))
            assert (exchange.failure, exchange.status) == (None, 200)
            assert (exchange.bytes_read, exchange.bytes_saved) == (0, 0)
            assert exchange.page == NO_PAGE
    assert [asked.method for asked in server.requests] == ["HEAD", "HEAD"]
    if lines:
        assert server.connections == 1


async def test_head_leaves_the_connection_to_get() -> None:
    """The announced length of the one does not get into the body of the other."""
    scripts: Scripts = (HEAD_ONLY, KEPT)
    async with RawServer({"/": scripts}) as server, transport(waiting=1) as opened:
        await opened.send(request(server.url(), method="HEAD"))
        exchange = await opened.send(request(server.url()))
    assert (exchange.failure, exchange.page.title) == (None, "<title>kept</title>")
    assert server.connections == 1


@pytest.mark.parametrize("body", [PAGE, b"\r\n", b"x", b"5\r\nhello\r\n0\r\n\r\n"])
@pytest.mark.parametrize("pause", [(), (0.1,)], ids=["at-once", "late"])
async def test_a_body_sent_to_head_does_not_confuse_the_next_request(
    body: bytes, pause: tuple[float, ...]
) -> None:
    """Together with the head, or when the next request is on its way: that gets its own answer."""
    wrong = Script((response(content_length=len(body)), *pause, body), End.KEEP)
    async with RawServer({"/": (wrong, KEPT)}) as server, transport(waiting=1) as opened:
        head = await opened.send(request(server.url(), method="HEAD"))
        assert (head.failure, head.status) == (None, 200)
        exchange = await opened.send(request(server.url()))
    assert (exchange.failure, exchange.page.title) == (None, "<title>kept</title>")


async def test_no_connection_left_over_confuses_a_request() -> None:
    """When all that were kept still have something to say, a new one is made."""
    wrong = [Script((response(content_length=1), late, b"x"), End.KEEP) for late in (0.2, 0.4)]
    async with (
        RawServer({"/": (*wrong, KEPT)}) as server,
        transport(waiting=2) as opened,
    ):
        asked = request(server.url(), method="HEAD")
        await asyncio.gather(opened.send(asked), opened.send(asked))
        exchange = await opened.send(request(server.url()))
    assert (exchange.failure, exchange.page.title) == (None, "<title>kept</title>")


async def test_what_is_no_http_on_a_new_connection_is_asked_for_once() -> None:
    """There nothing can be left of an earlier answer."""
    async with RawServer(default=Script((b"no http",))) as server, transport() as opened:
        exchange = await opened.send(request(server.url()))
    failed(exchange, FailureKind.INVALID_RESPONSE, Phase.HEADERS)
    assert len(server.requests) == 1


async def test_redirects_keep_head() -> None:
    """Each place is asked with HEAD, a 303 too (RFC 9110, section 15.4.4)."""
    scripts: dict[str, Scripts] = {
        "/a": Script((response(b"", 301, (("Location", "/b"),), 9),), End.KEEP),
        "/b": Script((response(b"", 303, (("Location", "/c"),), 9),), End.KEEP),
        "/c": HEAD_ONLY,
    }
    async with RawServer(scripts) as server:
        outcome = await outcome_of(server, Method.HEAD, "/a")
    assert outcome.ok
    assert outcome.hops == (Hop(server.url("/a"), 301), Hop(server.url("/b"), 303))
    assert [(asked.method, asked.path) for asked in server.requests] == [
        ("HEAD", "/a"),
        ("HEAD", "/b"),
        ("HEAD", "/c"),
    ]


REFUSALS = {
    "405": Script((response(b"", 405),)),
    "404": Script((response(b"", 404, content_length=7),), End.KEEP),
    "501-with-a-body": Script((response(PAGE, 501),), End.KEEP),
    "closes": Script(),
    "resets": Script(end=End.RESET),
    "no-http": Script((PAGE,)),
    "silent": Script(end=End.SILENT),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_server_that_refuses_head_is_asked_again_with_get(refusal: str) -> None:
    """At the same place and in the same attempt, where HEAD brings an error or no answer."""
    timeout = 0.5 if refusal == "silent" else 20.0
    scripts: Scripts = (REFUSALS[refusal], KEPT)
    async with RawServer({"/": scripts}) as server:
        outcome = await outcome_of(server, Method.HEAD_THEN_GET, timeout=timeout)
    assert [asked.method for asked in server.requests] == ["HEAD", "GET"]
    assert outcome.ok
    assert (outcome.attempts, outcome.earlier, outcome.hops) == (1, (), ())
    assert outcome.response is not None
    assert outcome.response.bytes_read == len(b"<title>kept</title>")


async def test_only_the_place_that_refuses_head_is_asked_again() -> None:
    """The redirects before it are not followed a second time, nor counted twice."""
    scripts: dict[str, Scripts] = {
        "/a": Script((response(b"", 302, (("Location", "/b"),)),), End.KEEP),
        "/b": (Script((response(b"", 405),), End.KEEP), OK),
    }
    async with RawServer(scripts) as server:
        outcome = await outcome_of(server, Method.HEAD_THEN_GET, "/a")
    assert outcome.hops == (Hop(server.url("/a"), 302),)
    assert [f"{asked.method} {asked.path}" for asked in server.requests] == [
        "HEAD /a",
        "HEAD /b",
        "GET /b",
    ]


async def test_where_head_is_answered_well_there_is_no_get() -> None:
    """One request."""
    async with RawServer(default=HEAD_ONLY) as server:
        outcome = await outcome_of(server, Method.HEAD_THEN_GET)
    assert outcome.ok
    assert [asked.method for asked in server.requests] == ["HEAD"]
