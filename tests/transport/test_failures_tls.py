"""Every way in which TLS goes wrong, by a real server that is wrong in that way."""

import pytest

from fetcher.failures import FailureKind, Phase
from tests.support.raw import End, RawServer, Script
from tests.support.tls import Authority, TlsFault, tls_server
from tests.transport.asking import ask, failed

KINDS = {
    TlsFault.EXPIRED: FailureKind.TLS_EXPIRED,
    TlsFault.NOT_YET_VALID: FailureKind.TLS_NOT_YET_VALID,
    TlsFault.WRONG_HOST: FailureKind.TLS_HOSTNAME_MISMATCH,
    TlsFault.SELF_SIGNED: FailureKind.TLS_SELF_SIGNED,
    TlsFault.UNKNOWN_ISSUER: FailureKind.TLS_UNKNOWN_ISSUER,
    TlsFault.OLD_PROTOCOL: FailureKind.TLS_FAILED,
    TlsFault.NO_COMMON_CIPHER: FailureKind.TLS_FAILED,
    TlsFault.PLAIN_HTTP: FailureKind.TLS_FAILED,
    TlsFault.CLOSES: FailureKind.TLS_FAILED,
}


def test_every_fault_has_its_kind() -> None:
    """No fault of the test servers is left untested."""
    assert set(KINDS) == set(TlsFault) - {TlsFault.NONE}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize(("fault", "kind"), KINDS.items())
async def test_each_fault_is_named(
    authority: Authority, fault: TlsFault, kind: FailureKind, host: str
) -> None:
    """By host name and by address, in the TLS phase, with a few plain words."""
    async with tls_server(authority, fault) as server:
        exchange = await ask(server.url("/", host), cacert=str(authority.ca_file))
    assert failed(exchange, kind, Phase.TLS)
    assert exchange.status == 0


async def test_clear_text_on_a_tls_port_is_called_that(authority: Authority) -> None:
    """OpenSSL says "wrong version number", which helps nobody."""
    async with tls_server(authority, TlsFault.PLAIN_HTTP) as server:
        exchange = await ask(server.url())
    detail = failed(exchange, FailureKind.TLS_FAILED, Phase.TLS)
    assert detail == "the server does not speak TLS on this port"


@pytest.mark.parametrize(
    "fault", [TlsFault.EXPIRED, TlsFault.WRONG_HOST, TlsFault.SELF_SIGNED, TlsFault.UNKNOWN_ISSUER]
)
async def test_insecure_accepts_any_certificate(authority: Authority, fault: TlsFault) -> None:
    """With --insecure the page comes, whatever is wrong with the certificate."""
    async with tls_server(authority, fault) as server:
        exchange = await ask(server.url(), insecure=True)
    assert (exchange.failure, exchange.status) == (None, 200)


async def test_a_good_certificate_is_trusted_through_cacert_alone(authority: Authority) -> None:
    """With the authority's file it is, without it the issuer is unknown."""
    async with tls_server(authority) as server:
        trusting = await ask(server.url(), cacert=str(authority.ca_file))
        doubting = await ask(server.url())
    assert (trusting.failure, trusting.status) == (None, 200)
    failed(doubting, FailureKind.TLS_UNKNOWN_ISSUER, Phase.TLS)


async def test_a_body_until_the_close_may_end_without_a_word_of_tls(authority: Authority) -> None:
    """Many servers just close; what they sent is the whole page."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>whole</title>"
    async with tls_server(authority, default=Script((head,), End.CLOSE)) as server:
        exchange = await ask(server.url(), cacert=str(authority.ca_file))
    assert (exchange.failure, exchange.page.title) == (None, "<title>whole</title>")


async def test_a_reset_within_tls_is_not_the_end_of_a_body(authority: Authority) -> None:
    """A body until the close, broken off by a reset, is cut."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>cut"
    async with tls_server(authority, default=Script((head, 0.2), End.RESET)) as server:
        exchange = await ask(server.url(), cacert=str(authority.ca_file))
    failed(exchange, FailureKind.BODY_TRUNCATED, Phase.BODY)


async def test_an_unreadable_cacert_is_an_os_error() -> None:
    """Whoever opens the transport hears of it at once."""
    async with RawServer() as server:
        with pytest.raises(OSError, match="No such file"):
            await ask(server.url(), cacert="/nowhere/ca.pem")
