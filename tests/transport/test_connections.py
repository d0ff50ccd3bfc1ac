"""Connections: used again while their host has work, closed as soon as it has none."""

import asyncio
from collections.abc import Callable

import pytest

from fetcher.engine.run import Run
from fetcher.model import Target
from fetcher.settings import Order
from fetcher.transport.client import AiohttpTransport
from tests.support.raw import End, RawServer, Script, Scripts, response
from tests.transport.asking import WHOLE, First, request, settings, transport, unread

KEPT = Script((response(b"<title>kept</title>"),), End.KEEP)


def redirect(location: str) -> Script:
    """A redirect on a connection that stays open."""
    return Script((response(b"", 302, (("Location", location),)),), End.KEEP)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens on the server's side."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the server has no event to wait for
            await asyncio.sleep(0.01)


async def test_a_connection_is_used_again_while_its_host_has_work() -> None:
    """Three requests in turn, one connection."""
    async with RawServer(default=KEPT) as server, transport(waiting=1) as opened:
        for _ in range(3):
            assert (await opened.send(request(server.url()))).failure is None
        assert (server.connections, len(server.requests)) == (1, 3)


async def test_a_connection_is_closed_at_once_when_its_host_has_no_more() -> None:
    """The server sees the end although the transport stays open."""
    async with RawServer(default=KEPT) as server, transport(waiting=0) as opened:
        await opened.send(request(server.url()))
        await until(lambda: server.open_connections() == 0)


async def test_no_more_connections_are_kept_than_requests_wait() -> None:
    """Four at once with one waiting: one stays."""
    script = Script((0.1, response(b"x")), End.KEEP)
    async with RawServer(default=script) as server, transport(waiting=1) as opened:
        await asyncio.gather(*(opened.send(request(server.url())) for _ in range(4)))
        await until(lambda: server.open_connections() == 1)
        assert server.connections == 4


async def test_a_connection_kept_for_nothing_is_closed_soon() -> None:
    """The request it was kept for never came (robots.txt forbade it, say)."""
    left = [1]
    async with (
        RawServer(default=KEPT) as server,
        AiohttpTransport(settings(), lambda url: left[0]) as opened,
    ):
        await opened.send(request(server.url()))
        assert server.open_connections() == 1
        left[0] = 0
        await until(lambda: server.open_connections() == 0)


async def test_a_redirect_to_the_same_origin_keeps_the_connection() -> None:
    """Nobody waits for its target yet, and still it is about to be asked."""
    scripts = {"/a": redirect("/b"), "/b": KEPT}
    async with RawServer(scripts) as server, transport() as opened:
        for path in scripts:
            await opened.send(request(server.url(path)))
        assert server.connections == 1
        await until(lambda: server.open_connections() == 0)


@pytest.mark.parametrize("location", ["http://elsewhere.test/", "http://[bad", "/not/followed"])
async def test_a_redirect_that_is_not_followed_here_keeps_no_connection(location: str) -> None:
    """To another host, to nowhere, or refused by whoever asked."""
    async with RawServer(default=redirect(location)) as server, transport() as opened:
        await opened.send(request(server.url()))
        await until(lambda: server.open_connections() == 0)


async def test_an_early_stop_with_little_left_keeps_the_connection() -> None:
    """The rest is read and thrown away, when another request waits."""
    page = Script((response(b"<title>early</title>" + b"x" * 5_000),), End.KEEP)
    async with RawServer(default=page) as server, transport(waiting=1) as opened:
        for _ in range(2):
            exchange = await opened.send(request(server.url(), First(1)))
            assert (exchange.page.title, exchange.bytes_saved) == ("found", 0)
        assert server.connections == 1


async def test_an_early_stop_with_much_left_drops_the_connection() -> None:
    """What was announced and not read counts as saved."""
    start = response(b"<title>early</title>", content_length=10_000_000)
    page = Script((start,), End.SILENT)
    async with RawServer(default=page) as server, transport(waiting=1) as opened:
        exchange = await opened.send(request(server.url(), First(1)))
        await until(lambda: server.open_connections() == 0)
    assert (exchange.failure, exchange.page.title) == (None, "found")
    assert exchange.bytes_saved == 10_000_000 - exchange.bytes_read


@pytest.mark.parametrize("waiting", [0, 1])
@pytest.mark.parametrize("end", [End.CLOSE, End.RESET, End.SILENT])
async def test_what_becomes_of_the_rest_does_not_matter_once_the_reader_has_enough(
    waiting: int, end: End
) -> None:
    """Cut, reset or never finished: the title was found, whoever else waits for that host."""
    page = Script((response(b"<title>early</title>", content_length=900), 0.05), end)
    async with RawServer(default=page) as server, transport(waiting=waiting) as opened:
        exchange = await opened.send(request(server.url(), First(1)))
    assert (exchange.failure, exchange.page.title) == (None, "found")


@pytest.mark.parametrize("reader", [None, First(1, title=None)], ids=["none", "gave-up"])
async def test_a_short_body_that_nobody_wants_is_checked_for_being_whole(
    reader: First | None,
) -> None:
    """No reader, or one that gave up without having found anything."""
    scripts = {
        "/whole": Script((response(b"0123456789"),)),
        "/cut": Script((response(b"01234", content_length=10),)),
    }
    async with RawServer(scripts) as server, transport() as opened:
        kinds = []
        for path in scripts:
            asked = (
                unread(server.url(path)) if reader is None else request(server.url(path), reader)
            )
            exchange = await opened.send(asked)
            kinds.append(exchange.failure and exchange.failure.kind.value)
    assert kinds == [None, "body_truncated"]


async def test_a_long_body_that_nobody_wants_is_not_read() -> None:
    """Its length says so; all of it is saved."""
    page = Script((response(b"x" * 1_000, content_length=5_000_000),), End.SILENT)
    async with RawServer(default=page) as server, transport(waiting=1) as opened:
        exchange = await opened.send(unread(server.url()))
    assert (exchange.failure, exchange.bytes_read) == (None, 0)
    assert exchange.bytes_saved > 4_000_000


async def test_a_body_without_end_that_nobody_wants_is_dropped() -> None:
    """A radio station, for example."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"
    page = Script((head, *[b"x" * 10_000] * 50), End.SILENT)
    async with RawServer(default=page) as server, transport() as opened:
        exchange = await opened.send(unread(server.url()))
        await until(lambda: server.open_connections() == 0)
    assert exchange.failure is None
    assert 65_536 <= exchange.bytes_read < 500_000


async def test_an_old_connection_that_was_closed_costs_one_more_try() -> None:
    """The server closed it while idle: the request goes out again, on a new one."""
    twice: Scripts = (Script((response(b"one"),), End.KEEP), KEPT)
    async with RawServer({"/": twice}) as server, transport(waiting=1) as opened:
        await opened.send(request(server.url()))
        for writer in list(server._writers):
            writer.transport.abort()
        exchange = await opened.send(request(server.url()))
    assert (exchange.failure, exchange.status) == (None, 200)


async def test_many_hosts_leave_no_connection_behind() -> None:
    """By the engine, one URL a host; when the last and slow one comes, all others are gone."""
    scripts: dict[str, Scripts] = {
        "/kept": KEPT,
        "/hop": redirect("/kept"),
        "/away": redirect("http://other.test/"),
        "/loop": redirect("/loop"),
        "/cut": Script((response(b"cut", content_length=9),)),
        "/slow": Script((2.5, response(b"x")), End.KEEP),
    }
    async with RawServer(scripts) as server:
        urls_asked = [server.url(path, f"{path[1:]}.test") for path in scripts]
        targets = [Target(number, url) for number, url in enumerate(urls_asked)]
        options = settings(resolve=("*:*:127.0.0.1",), order=Order.COMPLETED)
        results = []
        async for result in Run(targets, lambda target: WHOLE, options):
            results.append(result)
            open_now = server.open_connections()
    assert results[-1].target.url == urls_asked[-1]
    assert len(results) == len(targets)
    assert open_now <= 1
