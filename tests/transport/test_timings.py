"""How long each phase took, and where there was none."""

import pytest

from fetcher import urls
from fetcher.transport.base import Exchange
from fetcher.transport.resolver import is_address
from tests.support.blackhole import refused_port
from tests.support.dns import LOOPBACK, DnsServer
from tests.support.raw import End, RawServer, Script, response
from tests.support.tls import Authority, tls_server
from tests.transport.asking import ask, request, transport

KEPT = Script((response(b"<title>kept</title>"),), End.KEEP)


def assert_sane(exchange: Exchange) -> None:
    """Check that the phases are not negative and not more than the whole."""
    timings = exchange.timings
    parts = [timings.dns, timings.connect, timings.tls, timings.first_byte, timings.body]
    assert all(part is None or part >= 0 for part in parts)
    assert sum(part or 0 for part in parts) <= exchange.elapsed


async def test_each_phase_has_its_time_and_a_used_connection_has_none(
    authority: Authority,
) -> None:
    """Look-up, connection and handshake are timed once, the rest each time."""
    async with (
        DnsServer({"good.test": LOOPBACK}) as dns,
        tls_server(authority, default=KEPT) as server,
        transport(1, cacert=str(authority.ca_file), dns_servers=(dns.nameserver,)) as opened,
    ):
        first = await opened.send(request(server.url("/", "good.test")))
        second = await opened.send(request(server.url("/", "good.test")))
    assert (first.failure, second.failure) == (None, None)
    for exchange in (first, second):
        assert_sane(exchange)
        assert exchange.timings.first_byte is not None
        assert exchange.timings.body is not None
        assert exchange.ip == "127.0.0.1"
    made = first.timings
    assert None not in (made.dns, made.connect, made.tls)
    used = second.timings
    assert (used.dns, used.connect, used.tls) == (None, None, None)


async def test_an_address_is_not_looked_up_and_clear_text_has_no_handshake() -> None:
    """Their times are None, not zero."""
    async with RawServer() as server:
        exchange = await ask(server.url())
    assert_sane(exchange)
    timings = exchange.timings
    assert (timings.dns, timings.tls) == (None, None)
    assert timings.connect is not None


async def test_a_slow_part_shows_in_its_phase() -> None:
    """A wait before the head is the first byte's, one after it the body's."""
    head, body = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", b"x"
    scripts = {"/a": Script((0.3, head, body)), "/b": Script((head, 0.3, body))}
    async with RawServer(scripts) as server:
        late_head = (await ask(server.url("/a"))).timings
        late_body = (await ask(server.url("/b"))).timings
    assert (late_head.first_byte or 0) >= 0.25
    assert (late_body.body or 0) >= 0.25


async def test_a_failed_connection_has_no_later_times() -> None:
    """Nothing was connected, nothing answered."""
    exchange = await ask(f"http://127.0.0.1:{refused_port()}/")
    assert_sane(exchange)
    timings = exchange.timings
    assert (timings.connect, timings.first_byte, timings.body) == (None, None, None)
    assert exchange.elapsed > 0


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1/", True),
        ("http://[::1]/", True),
        ("http://0x7f.1/", True),
        ("http://1.2.3.4.test/", False),
        ("http://localhost/", False),
        ("http://a-1.test:80/", False),
    ],
)
def test_an_address_is_told_from_a_name(url: str, address: bool) -> None:
    """By the host of the normalised URL."""
    assert is_address(urls.parse(url).hostname) is address
