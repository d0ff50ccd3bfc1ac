"""A transport with a cache, against servers that say odd things."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from fetcher.model import NO_PAGE
from tests.support.raw import End, RawServer, Script
from tests.transport.asking import First, request, unread
from tests.transport.cache.caching import MINUTE, NOW, TAG, Clock, ask, ask_anew, caching, script


async def test_a_fresh_answer_is_not_asked_for_again(tmp_path: Path) -> None:
    """In the next run neither; with its age, and without a byte from the network."""
    clock = Clock()
    async with RawServer(default=script(b"body", 200, MINUTE, ("X-A", "1"))) as server:
        first = await ask_anew(tmp_path, server.url(), clock)
        clock.now += 59
        again = await ask_anew(tmp_path, server.url(), clock)
        assert len(server.requests) == 1
        clock.now += 1
        stale = await ask_anew(tmp_path, server.url(), clock)
        assert len(server.requests) == 2
    assert (first.cached, again.cached, stale.cached) == ("", "fresh", "")
    assert (first.bytes_read, again.bytes_read) == (4, 0)
    assert again.page == first.page
    assert (again.status, again.content_type, again.ip) == (200, "text/html", "127.0.0.1")
    assert (again.header("X-A"), again.header("age"), again.http_version) == ("1", "59", "1.1")


async def test_a_stale_answer_is_validated(tmp_path: Path) -> None:
    """With both validators; after a 304 it is fresh again for as long as that says."""
    changed = ("Last-Modified", "Fri, 01 Jan 2027 08:00:00 GMT")
    answers = (
        script(b"body", 200, TAG, changed, ("X-A", "1")),
        script(b"", 304, TAG, MINUTE, ("X-A", "2")),
    )
    clock = Clock()
    async with RawServer({"/": answers}) as server:
        await ask_anew(tmp_path, server.url(), clock)
        clock.now += 10
        again = await ask_anew(tmp_path, server.url(), clock)
        clock.now += 10
        fresh = await ask_anew(tmp_path, server.url(), clock)
        assert len(server.requests) == 2
        sent = server.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (TAG[1], changed[1])
    assert (again.cached, fresh.cached) == ("revalidated", "fresh")
    assert (again.status, again.page.title, again.bytes_read) == (200, "body", 0)
    assert (again.header("X-A"), again.content_type) == ("2", "text/html")
    assert fresh.header("Age") == "10"


async def test_a_changed_answer_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """And is validated by its own tag then."""
    answers = (
        script(b"old", 200, TAG),
        script(b"new", 200, ("ETag", '"two"')),
        script(b"", 304),
    )
    async with RawServer({"/": answers}) as server:
        exchanges = [await ask_anew(tmp_path, server.url()) for _ in range(3)]
        assert server.requests[2].headers["if-none-match"] == '"two"'
    assert [exchange.page.title for exchange in exchanges] == ["old", "new", "new"]
    assert [exchange.cached for exchange in exchanges] == ["", "", "revalidated"]


async def test_a_304_that_means_another_answer_is_not_believed(tmp_path: Path) -> None:
    """Its tag is not the one that was asked with: the body is asked for outright."""
    answers = (script(b"old", 200, TAG), script(b"", 304, ("ETag", '"x"')), script(b"new"))
    async with RawServer({"/": answers}) as server:
        await ask_anew(tmp_path, server.url())
        again = await ask_anew(tmp_path, server.url())
        assert "if-none-match" not in server.requests[2].headers
    assert (again.page.title, again.cached, again.bytes_read) == ("new", "", 3)


@pytest.mark.parametrize(
    "second",
    [script(b"sorry", 503), Script((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",))],
)
async def test_no_failure_is_covered_up_or_costs_what_is_kept(
    tmp_path: Path, second: Script
) -> None:
    """A stale answer is not used in its place, and is still there when the server is back."""
    async with RawServer({"/": (script(b"body", 200, TAG), second, script(b"", 304))}) as server:
        await ask_anew(tmp_path, server.url())
        failed = await ask_anew(tmp_path, server.url())
        back = await ask_anew(tmp_path, server.url())
    assert failed.cached == ""
    assert failed.failure is not None or failed.status == 503
    assert (back.cached, back.page.title) == ("revalidated", "body")


@pytest.mark.parametrize(
    "answer",
    [
        Script((b"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: 9\r\n\r\ncut",)),
        Script((b"HTTP/1.1 200 OK\r\nETag: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ncut\r\n",)),
        script(b"x" * 5000, 200, TAG),
    ],
    ids=["short", "chunk", "large"],
)
async def test_only_whole_bodies_are_kept(tmp_path: Path, answer: Script) -> None:
    """Neither one that broke off nor one beyond --max-bytes."""
    async with RawServer(default=answer) as server:
        for _ in range(2):
            exchange = await ask_anew(tmp_path, server.url(), max_bytes=4000)
            assert exchange.failure is not None
        assert "if-none-match" not in server.requests[1].headers


async def test_a_reader_that_stops_early_keeps_nothing(tmp_path: Path) -> None:
    """But can read what another one kept, no further than it needs."""
    long = b"x" * 200_000
    async with RawServer(default=script(long, 200, MINUTE)) as server, caching(tmp_path) as cached:
        early = await cached.send(request(server.url(), First(10)))
        assert early.page.title == "found"
        assert (await ask(cached, server.url())).cached == ""
        reader = First(70_000)
        again = await cached.send(request(server.url(), reader))
        assert len(server.requests) == 2
    assert (again.cached, again.page.title) == ("fresh", "found")
    assert reader.got < len(long)


async def test_a_body_that_nobody_wants_is_not_kept(tmp_path: Path) -> None:
    """But it is no reason not to answer from what is there."""
    async with (
        RawServer(default=script(b"body", 200, MINUTE)) as server,
        caching(tmp_path) as cached,
    ):
        await cached.send(unread(server.url()))
        assert (await ask(cached, server.url())).cached == ""
        again = await cached.send(unread(server.url()))
        assert (again.cached, again.page) == ("fresh", NO_PAGE)
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", [301, 308, 302, 307])
async def test_redirects_are_kept_for_as_long_as_they_say(tmp_path: Path, status: int) -> None:
    """With their Location, and the address by which one into a private network is known."""
    answer = script(b"moved", status, MINUTE, ("Location", "/there"))
    async with RawServer(default=answer) as server, caching(tmp_path) as cached:
        await cached.send(unread(server.url()))
        again = await cached.send(unread(server.url()))
        assert len(server.requests) == 1
    assert (again.cached, again.status, again.header("location")) == ("fresh", status, "/there")
    assert again.ip == "127.0.0.1"


async def test_redirects_that_say_nothing_are_asked_for_again(tmp_path: Path) -> None:
    """Permanent ones too: people correct them, and a cache would keep the mistake."""
    answer = script(b"", 301, ("Location", "/there"))
    async with RawServer(default=answer) as server, caching(tmp_path) as cached:
        await cached.send(unread(server.url()))
        assert (await cached.send(unread(server.url()))).cached == ""


async def test_vary_tells_variants_apart(tmp_path: Path) -> None:
    """By what this client sends itself; both stay."""
    answer = script(b"body", 200, MINUTE, ("Vary", "User-Agent"))
    async with RawServer(default=answer) as server:
        cached = [
            (await ask_anew(tmp_path, server.url(), user_agent=name)).cached
            for name in ("a", "b", "a", "b")
        ]
    assert cached == ["", "", "fresh", "fresh"]


async def test_head_is_answered_by_what_a_get_kept(tmp_path: Path) -> None:
    """While that is fresh; its own answer is not kept, but shows that another is out of date."""
    answers = (script(b"body", 200, MINUTE, TAG), script(b"", 200, ("ETag", '"two"')), script())
    clock = Clock()
    async with RawServer({"/": answers}) as server, caching(tmp_path, clock) as cached:
        await ask(cached, server.url())
        head = await ask(cached, server.url(), method="HEAD")
        assert (head.cached, head.status, head.page) == ("fresh", 200, NO_PAGE)
        clock.now += 60
        assert (await ask(cached, server.url(), method="HEAD")).cached == ""
        await ask(cached, server.url())
        assert [asked.method for asked in server.requests] == ["GET", "HEAD", "GET"]
        assert "if-none-match" not in server.requests[2].headers


@pytest.mark.parametrize("given", [("If-None-Match", '"x"'), ("Range", "bytes=0-1")])
async def test_the_cache_has_no_part_in_the_users_own_conditions(
    tmp_path: Path, given: tuple[str, str]
) -> None:
    """Their answers are not whole, or are for the user to judge."""
    async with RawServer(default=script(b"body", 200, MINUTE)) as server:
        for _ in range(2):
            assert (await ask_anew(tmp_path, server.url(), headers=(given,))).cached == ""


async def test_what_tls_is_asked_about_is_asked_for(tmp_path: Path) -> None:
    """A fresh answer knows no certificate."""
    async with (
        RawServer(default=script(b"body", 200, MINUTE)) as server,
        caching(tmp_path) as cached,
    ):
        await ask(cached, server.url())
        assert (await ask(cached, server.url(), tls=True)).cached == ""


async def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    """In a tag, which is not sent back then, and in other fields."""
    answer = b'HTTP/1.1 200 OK\r\nETag: "\xff"\r\nCache-Control: max-age=9\r\nX-A: \xfe\r\n\r\nbody'
    clock = Clock()
    async with RawServer(default=Script((answer,))) as server:
        for seconds, cached in ((0, ""), (1, "fresh"), (10, "")):
            clock.now = NOW + seconds
            exchange = await ask_anew(tmp_path, server.url(), clock)
            assert (exchange.cached, exchange.failure) == (cached, None)


async def test_the_time_an_answer_takes_counts_as_age(tmp_path: Path) -> None:
    """And so does the time that it spent elsewhere."""
    clock = Clock()
    date = format_datetime(datetime.fromtimestamp(NOW, UTC), usegmt=True)
    head = f"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nAge: 20\r\nDate: {date}\r\n\r\n"
    answer = Script((head.encode(), 0.2, b"body"), End.CLOSE)
    async with RawServer(default=answer) as server, caching(tmp_path, clock) as cached:
        asking = asyncio.ensure_future(ask(cached, server.url()))
        while not server.requests:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)
        clock.now += 10
        await asking
        clock.now += 29
        assert (await ask(cached, server.url())).header("Age") == "59"
        clock.now += 1
        assert (await ask(cached, server.url())).cached == ""
