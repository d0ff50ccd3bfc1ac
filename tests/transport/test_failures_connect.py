"""Every way in which a connection is not made."""

import asyncio
import sys

import pytest

from fetcher.failures import FailureKind, Phase
from tests.support.blackhole import blackhole, refused_port
from tests.support.dns import Answer, DnsServer
from tests.support.raw import End, RawServer, Script
from tests.support.tls import Authority, tls_server
from tests.transport.asking import ask, failed, proxying


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_a_refused_connection_names_address_and_port(host: str) -> None:
    """Nothing listens there."""
    port = refused_port(host.strip("[]"))
    exchange = await ask(f"http://{host}:{port}/")
    detail = failed(exchange, FailureKind.CONNECT_REFUSED, Phase.CONNECT)
    assert detail == f"{host.strip('[]')} port {port}"


async def test_port_zero_is_refused() -> None:
    """It is a valid port of a URL, and nothing can listen there."""
    exchange = await ask("http://127.0.0.1:0/")
    assert exchange.failure is not None
    assert exchange.failure.phase is Phase.CONNECT


async def test_a_name_whose_addresses_all_refuse_names_them_all() -> None:
    """One failure, several addresses."""
    port = refused_port("::1")
    exchange = await ask(f"http://two.test:{port}/", resolve=("two.test:*:::1,127.0.0.1",))
    detail = failed(exchange, FailureKind.CONNECT_REFUSED, Phase.CONNECT)
    assert "127.0.0.1" in detail or "::1" in detail


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_address_that_does_not_answer_is_a_connect_timeout(scheme: str) -> None:
    """A black hole: neither accepted nor refused."""
    with blackhole() as (host, port):
        exchange = await ask(f"{scheme}://{host}:{port}/", connect_timeout=0.2)
    failed(exchange, FailureKind.CONNECT_TIMEOUT, Phase.CONNECT)


async def test_a_handshake_that_does_not_end_is_a_connect_timeout_of_the_tls_phase() -> None:
    """The connection is made, the server's half of the handshake never comes."""
    silent = Script(end=End.SILENT, read_request=False)
    async with RawServer(default=silent, pretends_tls=True) as server:
        exchange = await ask(server.url(), connect_timeout=0.5)
    assert server.connections == 1
    failed(exchange, FailureKind.CONNECT_TIMEOUT, Phase.TLS)


async def test_an_address_without_a_route_is_unreachable() -> None:
    """The broadcast address has no route for TCP, so nothing leaves this machine."""
    exchange = await ask("http://away.test/", resolve=("away.test:80:255.255.255.255",))
    if exchange.failure is not None and exchange.failure.kind is FailureKind.CONNECT_FAILED:
        pytest.skip("this system refuses broadcast addresses in another way")
    assert failed(exchange, FailureKind.NETWORK_UNREACHABLE, Phase.CONNECT)


async def test_an_address_that_means_nothing_here_fails_to_connect() -> None:
    """A link-local address without its interface is what the system calls an invalid argument."""
    exchange = await ask("http://link.test/", resolve=("link.test:80:fe80::1",))
    if exchange.failure is not None and exchange.failure.kind is FailureKind.NETWORK_UNREACHABLE:
        pytest.skip("this system has no IPv6")
    assert failed(exchange, FailureKind.CONNECT_FAILED, Phase.CONNECT)


FEW_FILES = """
import asyncio, os, resource, sys
from tests.transport.asking import request, transport

async def main():
    async with transport() as opened:
        lowest = os.dup(0)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, resource.RLIM_INFINITY))
        exchange = await opened.send(request(sys.argv[1]))
    print(exchange.failure.kind, exchange.failure.phase, sep="/")

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs setrlimit")
async def test_too_many_open_files_is_said_as_such() -> None:
    """A process without a free file descriptor cannot make a socket."""
    code = FEW_FILES.replace("resource.RLIM_INFINITY", "resource.getrlimit(7)[1]")
    async with RawServer() as server:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, server.url(), stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
    assert out.decode().strip() == "too_many_open_files/connect"


async def test_a_proxy_that_is_not_there_failed() -> None:
    """Its port refuses; the failure says which."""
    port = refused_port()
    exchange = await ask("http://127.0.0.1:1/", proxy=f"http://127.0.0.1:{port}")
    detail = failed(exchange, FailureKind.PROXY_FAILED, Phase.CONNECT)
    assert detail == f"127.0.0.1 port {port}"


async def test_a_proxy_whose_name_is_unknown_failed() -> None:
    """It is not the target's name that is missing."""
    async with DnsServer() as dns:
        exchange = await ask(
            "http://127.0.0.1:1/", proxy="http://proxy.test:8080", dns_servers=(dns.nameserver,)
        )
    assert "proxy.test" in failed(exchange, FailureKind.PROXY_FAILED, Phase.CONNECT)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_credentials_failed(scheme: str) -> None:
    """407 can only come from a proxy; the password that was tried is not shown."""
    async with proxying(credentials="user:secret") as proxy:
        wrong = f"http://user:wrongword@127.0.0.1:{proxy.port}"
        exchange = await ask(f"{scheme}://127.0.0.1:1/", proxy=wrong)
    detail = failed(exchange, FailureKind.PROXY_FAILED, Phase.CONNECT)
    assert detail.startswith("407")
    assert "wrongword" not in str(exchange)


async def test_a_proxy_that_cannot_reach_the_host_failed() -> None:
    """502 in answer to CONNECT is the proxy's own."""
    async with proxying() as proxy:
        exchange = await ask(f"https://127.0.0.1:{refused_port()}/", proxy=proxy.url)
    detail = failed(exchange, FailureKind.PROXY_FAILED, Phase.CONNECT)
    assert detail.startswith("502")


async def test_a_page_comes_through_a_proxy(authority: Authority) -> None:
    """In the clear and through a tunnel; the proxy resolves the name."""
    hosts = {"good.test": "127.0.0.1"}
    async with proxying(credentials="user:secret", hosts=hosts) as proxy:
        changes = {"proxy": proxy.url_with_credentials, "cacert": str(authority.ca_file)}
        async with RawServer() as server:
            plain = await ask(server.url("/", "good.test"), **changes)
        async with tls_server(authority) as server:
            secure = await ask(server.url("/", "good.test"), **changes)
    assert [(plain.failure, plain.status), (secure.failure, secure.status)] == [(None, 200)] * 2


async def test_a_dead_address_does_not_hold_up_a_live_one() -> None:
    """Happy eyeballs (RFC 8305): IPv6 never answers, IPv4 does."""
    with blackhole("::1") as (_, port):
        zone = {"two.test": Answer(("::1", "127.0.0.1"))}
        async with DnsServer(zone) as dns, RawServer(port=port) as server:
            exchange = await ask(
                server.url("/", "two.test"), dns_servers=(dns.nameserver,), connect_timeout=15.0
            )
    assert (exchange.failure, exchange.status, exchange.ip) == (None, 200, "127.0.0.1")


async def test_an_address_that_refuses_gives_way_to_one_that_does_not() -> None:
    """Nothing listens on IPv6; the page comes over IPv4."""
    async with RawServer() as server:
        exchange = await ask(server.url("/", "two.test"), resolve=("two.test:*:::1,127.0.0.1",))
    assert (exchange.failure, exchange.ip) == (None, "127.0.0.1")
