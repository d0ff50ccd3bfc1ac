"""What is known of the TLS of a connection."""

import datetime
import hashlib
import ssl

import pytest

from fetcher.failures import FailureKind, Phase
from tests.support.raw import End, RawServer, Script, response
from tests.support.tls import NAMES, Authority, TlsFault, tls_server
from tests.transport.asking import ask_for_tls, failed, proxying, request, seen, serving, transport

KEPT = Script((response(b"<title>kept</title>"),), End.KEEP)
DAY = datetime.timedelta(days=1)


async def test_the_facts_are_those_of_the_connection(authority: Authority) -> None:
    """Version and certificate, on a new connection and when it is used again."""
    async with (
        tls_server(authority, default=KEPT) as server,
        transport(1, cacert=str(authority.ca_file)) as opened,
    ):
        first = await opened.send(request(server.url(), tls=True))
        again = await opened.send(request(server.url(), tls=True))
        head = await opened.send(request(server.url(), tls=True, method="HEAD"))
        assert server.connections == 1
    assert first.tls is not None
    assert first.tls.version == "1.3"
    assert seen(first).names == NAMES
    assert first.tls == again.tls == head.tls


@pytest.mark.parametrize(
    ("version", "name"), [(ssl.TLSVersion.TLSv1_2, "1.2"), (ssl.TLSVersion.TLSv1_3, "1.3")]
)
async def test_the_version_is_the_one_that_was_agreed_on(
    authority: Authority, version: ssl.TLSVersion, name: str
) -> None:
    """The server's only one."""
    context = authority.server_context()
    context.minimum_version = context.maximum_version = version
    async with RawServer(ssl_context=context) as server:
        exchange = await ask_for_tls(server.url(), cacert=str(authority.ca_file))
    assert exchange.tls is not None
    assert exchange.tls.version == name


async def test_the_fingerprint_is_that_of_the_certificate_as_sent(authority: Authority) -> None:
    """SHA-256 of the DER, as browsers and OpenSSL show it."""
    leaf = authority.ca.issue_cert(*NAMES)
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    async with serving(leaf) as server:
        exchange = await ask_for_tls(server.url(), cacert=str(authority.ca_file))
    assert seen(exchange).fingerprint == hashlib.sha256(der).hexdigest()


async def test_nothing_is_noted_where_nobody_asks(authority: Authority) -> None:
    """Nor over http, nor when there is no connection."""
    async with tls_server(authority) as secure, RawServer() as plain:
        async with transport(cacert=str(authority.ca_file)) as opened:
            unasked = await opened.send(request(secure.url()))
        clear = await ask_for_tls(plain.url())
    refused = await ask_for_tls(secure.url(), cacert=str(authority.ca_file))
    assert (unasked.tls, clear.tls, refused.tls) == (None, None, None)
    assert refused.failure is not None


async def test_facts_stay_when_the_answer_fails(authority: Authority) -> None:
    """The handshake was good, whatever came after it."""
    async with tls_server(authority, default=Script((b"no http",))) as server:
        exchange = await ask_for_tls(server.url(), cacert=str(authority.ca_file))
    failed(exchange, FailureKind.INVALID_RESPONSE, Phase.HEADERS)
    assert seen(exchange).names == NAMES


async def test_facts_through_a_proxy_are_the_servers(authority: Authority) -> None:
    """The proxy only passes bytes on, and sees no more than where they go."""
    async with tls_server(authority) as server, proxying() as proxy:
        exchange = await ask_for_tls(server.url(), cacert=str(authority.ca_file), proxy=proxy.url)
    assert (exchange.failure, seen(exchange).names) == (None, NAMES)


@pytest.mark.parametrize("fault", [TlsFault.EXPIRED, TlsFault.WRONG_HOST, TlsFault.UNKNOWN_ISSUER])
async def test_insecure_notes_whatever_it_accepts(authority: Authority, fault: TlsFault) -> None:
    """One connection, whose certificate nobody has checked."""
    async with tls_server(authority, fault) as server:
        exchange = await ask_for_tls(server.url(), insecure=True)
    assert (exchange.failure, exchange.status) == (None, 200)
    assert seen(exchange).fingerprint
    assert server.connections == 1


async def test_nothing_is_told_of_a_connection_that_is_denied(authority: Authority) -> None:
    """It was kept from a request that was free to make it."""
    async with (
        tls_server(authority, default=KEPT) as server,
        transport(1, cacert=str(authority.ca_file), resolve=("good.test:*:127.0.0.1",)) as opened,
    ):
        url = server.url("/", "good.test")
        free = await opened.send(request(url, tls=True))
        denied = await opened.send(request(url, tls=True, public_only=True))
    assert free.tls is not None
    failed(denied, FailureKind.ADDRESS_DENIED, Phase.CONNECT)
    assert denied.tls is None
