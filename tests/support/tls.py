"""A test certificate authority, and TLS servers that are wrong in one way each."""

import datetime
import ssl
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import trustme

from tests.support.raw import OK, End, RawServer, Script, Scripts, response

NAMES = ("localhost", "127.0.0.1", "::1", "good.test", "*.good.test")


class TlsFault(StrEnum):
    """What is wrong with a TLS server; NONE: nothing."""

    NONE = "none"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_HOST = "wrong_host"
    SELF_SIGNED = "self_signed"
    UNKNOWN_ISSUER = "unknown_issuer"
    OLD_PROTOCOL = "old_protocol"
    """TLS 1.1 at most, which clients have refused since 2021 (RFC 8996)."""
    NO_COMMON_CIPHER = "no_common_cipher"
    """None of the client's cipher suites."""
    PLAIN_HTTP = "plain_http"
    """Answers in clear text on a port that was thought to speak TLS."""
    CLOSES = "closes"
    """Closes instead of answering the client's hello."""


def _alert(description: int) -> bytes:
    """Return a record with one fatal alert (RFC 5246, 6.2.1 and 7.2)."""
    return bytes([21, 3, 1, 0, 2, 2, description])


# asyncio's server side drops the connection before OpenSSL's alert is out, which other servers
# do not; so these replies are written by hand. They read on until the client leaves: closing
# with the client's hello unread would be an RST that can overtake them.
HANDSHAKE_REPLIES = {
    TlsFault.OLD_PROTOCOL: _alert(70),
    TlsFault.NO_COMMON_CIPHER: _alert(40),
    TlsFault.PLAIN_HTTP: response(b"<title>400 The plain HTTP request</title>", 400),
    TlsFault.CLOSES: b"",
}


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority for one test session.

    ca_file: its certificate as PEM, for `--cacert`.
    """

    ca: trustme.CA
    ca_file: Path

    @classmethod
    def create(cls, directory: Path) -> "Authority":
        """Make an authority whose PEM file lies in the directory."""
        ca = trustme.CA()
        path = directory / "ca.pem"
        ca.cert_pem.write_to_path(path)
        return cls(ca, path)

    def client_context(self) -> ssl.SSLContext:
        """Return a client context that trusts this authority and nothing else."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def server_context(self, fault: TlsFault = TlsFault.NONE) -> ssl.SSLContext:
        """Return a server context whose certificate has the fault.

        Raises ValueError for a fault that is not the certificate's.
        """
        if fault in HANDSHAKE_REPLIES:
            raise ValueError(f"{fault} is not a matter of certificates")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if fault is TlsFault.SELF_SIGNED:
            _use_own_certificate(context)
        else:
            self._certificate(fault).configure_cert(context)
        return context

    def _certificate(self, fault: TlsFault) -> trustme.LeafCert:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        if fault is TlsFault.EXPIRED:
            return self.ca.issue_cert(*NAMES, not_before=now - 9 * day, not_after=now - day)
        if fault is TlsFault.NOT_YET_VALID:
            return self.ca.issue_cert(*NAMES, not_before=now + day, not_after=now + 9 * day)
        if fault is TlsFault.WRONG_HOST:
            return self.ca.issue_cert("somebody-else.test")
        if fault is TlsFault.UNKNOWN_ISSUER:
            return trustme.CA().issue_cert(*NAMES)
        return self.ca.issue_cert(*NAMES)


def tls_server(
    authority: Authority,
    fault: TlsFault = TlsFault.NONE,
    scripts: dict[str, Scripts] | None = None,
    default: Scripts = OK,
    host: str = "127.0.0.1",
) -> RawServer:
    """Return a server with the fault, to be entered with `async with`; its `url` is https.

    Use the name `localhost` or the address: the certificates hold for both.
    """
    if fault in HANDSHAKE_REPLIES:
        reply = Script((HANDSHAKE_REPLIES[fault],), End.HALF_CLOSE, read_request=False)
        return RawServer(default=reply, host=host, pretends_tls=True)
    return RawServer(scripts or {}, default, host, authority.server_context(fault))


def _use_own_certificate(context: ssl.SSLContext) -> None:
    """Serve the certificate of an authority itself, which is signed by nobody else."""
    ca = trustme.CA()
    with ca.private_key_pem.tempfile() as key, ca.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
