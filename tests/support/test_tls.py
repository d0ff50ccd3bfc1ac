"""Each TLS server is wrong in the way it says, seen by OpenSSL itself."""

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.support.raw import RawServer
from tests.support.tls import Authority, TlsFault, tls_server


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One certificate authority for all tests here."""
    return Authority.create(tmp_path_factory.mktemp("authority"))


async def handshake(server: RawServer, authority: Authority) -> None:
    """Connect as a client that verifies, and leave."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", server.port, ssl=authority.client_context(), server_hostname="localhost"
    )
    writer.transport.abort()


async def test_the_good_server_is_trusted(authority: Authority) -> None:
    """A client with the authority's certificate connects."""
    async with tls_server(authority) as server:
        await handshake(server, authority)
        assert server.url("/x") == f"https://127.0.0.1:{server.port}/x"


# The verify codes are OpenSSL's (openssl-verification-options, "Diagnostics").
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (TlsFault.EXPIRED, 10),
        (TlsFault.NOT_YET_VALID, 9),
        (TlsFault.WRONG_HOST, 62),
        (TlsFault.SELF_SIGNED, 18),
        (TlsFault.UNKNOWN_ISSUER, 20),
    ],
)
async def test_a_bad_certificate_fails_with_its_code(
    authority: Authority, fault: TlsFault, code: int
) -> None:
    """Verification stops for exactly the reason that the fault names."""
    async with tls_server(authority, fault) as server:
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            await handshake(server, authority)
    assert caught.value.verify_code == code


@pytest.mark.parametrize(
    "fault", [TlsFault.OLD_PROTOCOL, TlsFault.NO_COMMON_CIPHER, TlsFault.PLAIN_HTTP]
)
async def test_a_handshake_that_cannot_be_agreed_on_fails(
    authority: Authority, fault: TlsFault
) -> None:
    """The client gets a TLS error that is not about the certificate."""
    async with tls_server(authority, fault) as server:
        with pytest.raises(ssl.SSLError) as caught:
            await handshake(server, authority)
    assert not isinstance(caught.value, ssl.SSLCertVerificationError)


async def test_a_server_that_closes_cuts_the_handshake(authority: Authority) -> None:
    """The connection ends before TLS stands."""
    async with tls_server(authority, TlsFault.CLOSES) as server:
        with pytest.raises((ConnectionError, ssl.SSLError)):
            await handshake(server, authority)


def test_the_authority_lies_on_disk(tmp_path: Path) -> None:
    """The PEM file can be loaded, as `--cacert` will."""
    authority = Authority.create(tmp_path)
    context = ssl.create_default_context(cafile=str(authority.ca_file))
    assert len(context.get_ca_certs()) == 1
