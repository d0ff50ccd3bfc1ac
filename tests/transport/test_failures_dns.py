"""Every failure of a name look-up, made by a real name server on loopback."""

import pytest

from fetcher.failures import FailureKind, Phase
from fetcher.transport import dns_client
from tests.support.blackhole import refused_port
from tests.support.dns import NODATA, NXDOMAIN, REFUSED, SERVFAIL, SILENT, Answer, DnsServer
from tests.support.raw import RawServer
from tests.transport.asking import ask, failed

NS = "2"
"""The type of a question for name servers, as the test server notes it."""


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NXDOMAIN, FailureKind.DNS_NOT_FOUND),
        (NODATA, FailureKind.DNS_NO_ADDRESS),
        (SERVFAIL, FailureKind.DNS_FAILED),
        (REFUSED, FailureKind.DNS_FAILED),
    ],
)
async def test_what_a_name_server_says_becomes_a_kind(answer: Answer, kind: FailureKind) -> None:
    """Its refusal arrives as a failure of the DNS phase that names the host."""
    async with DnsServer({"bad.test": answer}) as dns:
        exchange = await ask("http://bad.test/", dns_servers=(dns.nameserver,))
    assert failed(exchange, kind, Phase.DNS).startswith("bad.test: ")


async def test_a_silent_name_server_is_a_timeout_of_the_dns_phase() -> None:
    """The connect timeout covers the look-up, and the failure says where the time went."""
    async with DnsServer({"bad.test": SILENT}) as dns:
        exchange = await ask("http://bad.test/", dns_servers=(dns.nameserver,), connect_timeout=0.2)
    failed(exchange, FailureKind.DNS_TIMEOUT, Phase.DNS)


async def test_a_name_server_that_is_not_there_is_not_the_hosts_fault() -> None:
    """Nothing listens at its port: nothing is known of the name."""
    server = f"127.0.0.1:{refused_port()}"
    exchange = await ask("http://some.test/", dns_servers=(server,))
    detail = failed(exchange, FailureKind.RESOLVER_UNREACHABLE, Phase.DNS)
    assert detail == f"some.test: no answer from {server}"


async def test_a_name_server_that_answers_nobody_is_not_the_hosts_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is asked for the root as well, before a host is blamed."""
    monkeypatch.setattr(dns_client, "PROBE", 0.05)
    async with DnsServer(default=SILENT) as dns:
        exchange = await ask("http://bad.test/", dns_servers=(dns.nameserver,), connect_timeout=0.2)
        assert dns.count("", NS)
    detail = failed(exchange, FailureKind.RESOLVER_UNREACHABLE, Phase.DNS)
    assert detail == f"no answer from {dns.nameserver}"


@pytest.mark.parametrize("answer", [NODATA, NXDOMAIN, SERVFAIL, REFUSED])
async def test_a_name_server_that_answers_anything_is_there(answer: Answer) -> None:
    """Even if it only refuses to tell of the root: then the one name has no answer."""
    zone = {"bad.test": SILENT, "": answer}
    async with DnsServer(zone) as dns:
        exchange = await ask("http://bad.test/", dns_servers=(dns.nameserver,), connect_timeout=0.2)
        assert dns.count("", NS)
    failed(exchange, FailureKind.DNS_TIMEOUT, Phase.DNS)


async def test_behind_a_proxy_the_name_server_is_asked_for_the_proxy_alone() -> None:
    """That it cannot be found is a failure of the proxy."""
    server = f"127.0.0.1:{refused_port()}"
    exchange = await ask("http://some.test/", dns_servers=(server,), proxy="http://proxy.test:8080")
    failed(exchange, FailureKind.PROXY_FAILED, Phase.CONNECT)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_name_servers_are_given_with_their_port(host: str) -> None:
    """A name is found by a server on a port of its own, over IPv4 and IPv6."""
    zone = {"good.test": Answer(("127.0.0.1",))}
    async with DnsServer(zone, host=host) as dns, RawServer() as server:
        exchange = await ask(server.url("/", "good.test"), dns_servers=(dns.nameserver,))
    assert (exchange.failure, exchange.status, exchange.ip) == (None, 200, "127.0.0.1")


@pytest.mark.parametrize("host", ["a" * 64 + ".test", ".test", "a..test", "x." * 130 + "test"])
async def test_a_host_that_cannot_be_a_name_is_not_found(host: str) -> None:
    """URLs allow such hosts; they fail before anyone is asked, over TLS too."""
    async with DnsServer() as dns:
        exchange = await ask(f"https://{host}/", dns_servers=(dns.nameserver,))
    detail = failed(exchange, FailureKind.DNS_NOT_FOUND, Phase.DNS)
    assert "not a possible name" in detail
    assert not dns.queries


async def test_an_invalid_name_is_never_asked_for() -> None:
    """RFC 6761, section 6.4."""
    async with DnsServer() as dns:
        exchange = await ask("http://some.invalid/", dns_servers=(dns.nameserver,))
    failed(exchange, FailureKind.DNS_NOT_FOUND, Phase.DNS)
    assert not dns.queries
