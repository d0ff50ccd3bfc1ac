"""A second look at a certificate that was refused, to say all that is wrong with it."""

import asyncio
import contextlib
import datetime
import re

import pytest
import trustme

from fetcher.failures import FailureKind, Phase
from fetcher.model import TlsFacts
from fetcher.settings import PrivateAddresses
from fetcher.transport import connections
from tests.support.proxy import _relay
from tests.support.raw import RawServer
from tests.support.tls import Authority, TlsFault, tls_server
from tests.transport.asking import ask_for_tls, failed, proxying, request, seen, serving, transport

DAY = datetime.timedelta(days=1)

SAID = {
    TlsFault.EXPIRED: (FailureKind.TLS_EXPIRED, r"expired since 20\d\d-\d\d-\d\d, 1 day ago"),
    TlsFault.NOT_YET_VALID: (
        FailureKind.TLS_NOT_YET_VALID,
        r"valid only from 20\d\d-\d\d-\d\d, in less than a day",
    ),
    TlsFault.WRONG_HOST: (
        FailureKind.TLS_HOSTNAME_MISMATCH,
        "for somebody-else.test and not for localhost",
    ),
    TlsFault.SELF_SIGNED: (FailureKind.TLS_SELF_SIGNED, ".*; self-signed"),
    TlsFault.UNKNOWN_ISSUER: (
        FailureKind.TLS_UNKNOWN_ISSUER,
        'issued by "trustme [^"]*", which is not trusted here',
    ),
}


@pytest.mark.parametrize("through_proxy", [False, True], ids=["direct", "proxy"])
@pytest.mark.parametrize("fault", SAID)
async def test_a_refused_certificate_is_explained(
    authority: Authority, fault: TlsFault, through_proxy: bool
) -> None:
    """By its own facts, from a second connection on which nothing was sent."""
    kind, words = SAID[fault]
    async with tls_server(authority, fault) as server, proxying() as proxy:
        exchange = await ask_for_tls(
            server.url("/", "localhost"),
            cacert=str(authority.ca_file),
            proxy=proxy.url if through_proxy else None,
        )
        assert server.requests == []
        assert [asked.method for asked in proxy.requests] == ["CONNECT"] * 2 * through_proxy
    assert re.fullmatch(words, failed(exchange, kind, Phase.TLS))
    assert exchange.tls == TlsFacts("", seen(exchange))
    assert exchange.status == 0


async def test_all_that_is_wrong_is_said_at_once() -> None:
    """OpenSSL stops at the issuer; the dates and the name are wrong as well."""
    now = datetime.datetime.now(datetime.UTC)
    leaf = trustme.CA().issue_cert(
        "*.b.test", "a.test", not_before=now - 60 * DAY, not_after=now - 51.5 * DAY
    )
    async with serving(leaf) as server:
        exchange = await ask_for_tls(server.url("/", "localhost"))
    detail = failed(exchange, FailureKind.TLS_UNKNOWN_ISSUER, Phase.TLS)
    first, second, third = detail.split("; ")
    assert first == f"expired since {now - 51.5 * DAY:%Y-%m-%d}, 51 days ago"
    assert second == "for *.b.test, a.test and not for localhost"
    assert third.startswith("issued by ")


async def test_without_the_question_there_is_no_second_connection(authority: Authority) -> None:
    """OpenSSL's words are all there is."""
    async with tls_server(authority, TlsFault.EXPIRED) as server:
        async with transport(cacert=str(authority.ca_file)) as opened:
            exchange = await opened.send(request(server.url()))
        assert server.connections == 0
    assert failed(exchange, FailureKind.TLS_EXPIRED, Phase.TLS) == "certificate has expired"
    assert exchange.tls is None


@pytest.mark.parametrize(
    "fault", [TlsFault.OLD_PROTOCOL, TlsFault.NO_COMMON_CIPHER, TlsFault.CLOSES]
)
async def test_a_handshake_that_failed_otherwise_is_not_tried_again(
    authority: Authority, fault: TlsFault
) -> None:
    """There is no certificate to see."""
    async with tls_server(authority, fault) as server:
        exchange = await ask_for_tls(server.url(), cacert=str(authority.ca_file))
        assert server.connections == 1
    failed(exchange, FailureKind.TLS_FAILED, Phase.TLS)
    assert exchange.tls is None


async def test_when_the_second_connection_fails_the_first_words_stay(authority: Authority) -> None:
    """The server has stopped listening meanwhile."""
    context = authority.server_context(TlsFault.EXPIRED)
    async with RawServer(ssl_context=context) as server:

        def stop_listening(*_: object) -> None:
            assert server._server is not None
            server._server.close()

        context.sni_callback = stop_listening
        exchange = await ask_for_tls(server.url("/", "localhost"), cacert=str(authority.ca_file))
    assert failed(exchange, FailureKind.TLS_EXPIRED, Phase.TLS) == "certificate has expired"
    assert exchange.tls is None


async def test_the_second_connection_takes_no_longer_than_it_may(authority: Authority) -> None:
    """Its handshake never begins; the connect timeout holds for it as for the first."""
    came = 0
    ended: asyncio.Queue[None] = asyncio.Queue()

    async def first_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1
        with contextlib.suppress(OSError):
            if came == 1:
                upstream = await asyncio.open_connection("127.0.0.1", real.port)
                await _relay((reader, writer), upstream)
            else:
                await reader.read()
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        ended.put_nowait(None)

    async with (
        tls_server(authority, TlsFault.EXPIRED) as real,
        await asyncio.start_server(first_only, "127.0.0.1") as front,
    ):
        port = front.sockets[0].getsockname()[1]
        exchange = await ask_for_tls(
            f"https://127.0.0.1:{port}/", cacert=str(authority.ca_file), connect_timeout=1.0
        )
        for _ in range(came):
            await ended.get()
    assert came == 2
    assert failed(exchange, FailureKind.TLS_EXPIRED, Phase.TLS) == "certificate has expired"


async def test_the_second_connection_keeps_to_public_addresses(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that turned private after the first connection is not connected to again."""
    public = True
    monkeypatch.setattr(connections, "is_public", lambda address: public)
    context = authority.server_context(TlsFault.EXPIRED)

    def turn_private(*_: object) -> None:
        nonlocal public
        public = False

    context.sni_callback = turn_private
    async with RawServer(ssl_context=context) as server:
        exchange = await ask_for_tls(
            server.url("/", "good.test"),
            cacert=str(authority.ca_file),
            resolve=("good.test:*:127.0.0.1",),
            private_addresses=PrivateAddresses.DENY,
        )
        assert server.connections == 0
    assert not public
    assert failed(exchange, FailureKind.TLS_EXPIRED, Phase.TLS) == "certificate has expired"


async def test_the_time_of_the_second_connection_is_not_the_requests(authority: Authority) -> None:
    """Phases and elapsed time are those of the request that failed."""
    async with tls_server(authority, TlsFault.EXPIRED) as server:
        exchange = await ask_for_tls(server.url(), cacert=str(authority.ca_file))
    timings = exchange.timings
    assert timings.first_byte is None
    assert (
        sum(part or 0 for part in (timings.dns, timings.connect, timings.tls)) <= exchange.elapsed
    )
