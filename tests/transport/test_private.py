"""No request reaches a private address where that is forbidden."""

import pytest

from fetcher import urls
from fetcher.failures import FailureKind, Phase
from fetcher.settings import PrivateAddresses
from fetcher.transport import connections
from tests.support.dns import LOOPBACK, Answer, DnsServer
from tests.support.raw import End, RawServer, Script, response
from tests.transport.asking import ask, failed, proxying, request, transport

DENY = PrivateAddresses.DENY
K = FailureKind
KEPT = Script((response(b"kept"),), End.KEEP)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f.1"])
async def test_a_private_address_in_the_url_is_denied(host: str) -> None:
    """However it is written, and before anything is sent."""
    async with RawServer() as server:
        exchange = await ask(f"http://{host}:{server.port}/", private_addresses=DENY)
    detail = failed(exchange, K.ADDRESS_DENIED, Phase.CONNECT)
    assert urls.parse(f"http://{host}/").hostname in detail
    assert server.connections == 0


@pytest.mark.parametrize("host", ["localhost", "inner.localhost"])
async def test_localhost_is_denied(host: str) -> None:
    """By its name alone, also through a proxy."""
    async with RawServer() as server, proxying() as proxy:
        url = server.url("/", host)
        for through in (None, proxy.url):
            exchange = await ask(url, private_addresses=DENY, proxy=through)
            failed(exchange, K.ADDRESS_DENIED, Phase.CONNECT)
    assert (server.connections, proxy.requests) == (0, [])


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("::1",), ("::ffff:10.0.0.1", "10.0.0.1")])
async def test_a_name_of_a_private_address_is_denied(addresses: tuple[str, ...]) -> None:
    """What the name server says counts, not what the name looks like."""
    async with DnsServer({"public.test": Answer(addresses)}) as dns, RawServer() as server:
        exchange = await ask(
            server.url("/", "public.test"), private_addresses=DENY, dns_servers=(dns.nameserver,)
        )
    detail = failed(exchange, K.ADDRESS_DENIED, Phase.CONNECT)
    assert detail in [f"public.test is {address}" for address in addresses]
    assert server.connections == 0


async def test_of_a_name_with_both_only_public_addresses_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """127.0.0.2 stands in for a public address; the private one would have answered first."""
    monkeypatch.setattr(connections, "is_public", lambda address: address == "127.0.0.2")
    async with RawServer(host="127.0.0.2") as public, RawServer(port=public.port) as private:
        exchange = await ask(
            public.url("/", "both.test"),
            private_addresses=DENY,
            resolve=("both.test:*:127.0.0.1,127.0.0.2",),
        )
    assert (exchange.failure, exchange.ip) == (None, "127.0.0.2")
    assert private.connections == 0


async def test_the_address_that_was_checked_is_the_one_that_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name server that changes its mind between check and connection gains nothing.

    There is one look-up for a request, and its answer is both checked and connected to.
    """
    monkeypatch.setattr(connections, "is_public", lambda address: address == "127.0.0.2")
    zone: dict[str, Answer] = {"rebinding.test": Answer(("127.0.0.2",), ttl=0)}
    async with DnsServer(zone) as dns, RawServer(host="127.0.0.2") as public:
        exchange = await ask(
            public.url("/", "rebinding.test"),
            private_addresses=DENY,
            dns_servers=(dns.nameserver,),
        )
        assert (exchange.failure, exchange.ip) == (None, "127.0.0.2")
        assert dns.count("rebinding.test") == 1


async def test_a_request_marked_public_only_is_held_to_it() -> None:
    """What a redirect from a public address leads to; the next request is free again."""
    async with RawServer() as server, transport() as opened:
        for url in (server.url(), server.url("/", "localhost")):
            denied = await opened.send(request(url, public_only=True))
            failed(denied, K.ADDRESS_DENIED, Phase.CONNECT)
            assert server.connections == 0
        free = await opened.send(request(server.url()))
    assert free.failure is None


async def test_a_pooled_connection_to_a_private_address_is_not_used() -> None:
    """The name was asked for directly before, and its connection kept."""
    rules = ("kept.test:*:127.0.0.1",)
    async with RawServer(default=KEPT) as server, transport(waiting=1, resolve=rules) as opened:
        url = server.url("/", "kept.test")
        assert (await opened.send(request(url))).failure is None
        denied = await opened.send(request(url, public_only=True))
        failed(denied, K.ADDRESS_DENIED, Phase.CONNECT)
        assert (server.connections, len(server.requests)) == (1, 1)


async def test_where_private_addresses_are_allowed_public_only_says_nothing() -> None:
    """`--private-addresses allow`."""
    async with (
        RawServer() as server,
        transport(private_addresses=PrivateAddresses.ALLOW) as opened,
    ):
        exchange = await opened.send(request(server.url(), public_only=True))
    assert exchange.failure is None


async def test_a_proxy_may_be_private_and_what_it_connects_to_is_its_own_affair() -> None:
    """But an address in the URL is refused all the same."""
    async with RawServer() as server, proxying(hosts={"some.test": "127.0.0.1"}) as proxy:
        named = await ask(server.url("/", "some.test"), private_addresses=DENY, proxy=proxy.url)
        literal = await ask(server.url(), private_addresses=DENY, proxy=proxy.url)
    assert (named.failure, named.status) == (None, 200)
    failed(literal, K.ADDRESS_DENIED, Phase.CONNECT)


async def test_the_kept_look_up_of_a_name_does_not_loosen_the_rule() -> None:
    """Found for a free request first, it is still denied to one that is not."""
    async with (
        DnsServer({"name.test": LOOPBACK}) as dns,
        RawServer() as server,
        transport(dns_servers=(dns.nameserver,)) as opened,
    ):
        url = server.url("/", "name.test")
        assert (await opened.send(request(url))).failure is None
        denied = await opened.send(request(url, public_only=True))
        failed(denied, K.ADDRESS_DENIED, Phase.CONNECT)
        assert dns.count("name.test") == 1
