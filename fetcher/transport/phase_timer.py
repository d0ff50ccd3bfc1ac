"""How far a request has come, and when it got there."""

from contextvars import ContextVar

from fetcher.failures import Phase
from fetcher.model import Timings
from fetcher.urls import Url


class PhaseTimer:
    """How far one request has come, and when: monotonic seconds, 0 for what did not happen.

    public_only: it must not reach a private address. watches_tls: record the TLS facts of the
    connection. glance: the connection is made only for its certificate. peer: the address of the
    other side, "" while unknown. tls_version, certificate: of the connection, in DER.
    """

    __slots__ = (
        "certificate",
        "connected",
        "connecting",
        "dns",
        "first_byte",
        "glance",
        "peer",
        "public_only",
        "sent",
        "tls",
        "tls_version",
        "url",
        "watches_tls",
    )

    def __init__(
        self, url: Url, public_only: bool = False, watches_tls: bool = False, glance: bool = False
    ) -> None:
        self.url = url
        self.public_only = public_only
        # With http there may still be TLS, to the proxy, but nobody asked about that.
        self.watches_tls = watches_tls and url.scheme == "https"
        self.glance = glance
        self.peer = self.tls_version = ""
        self.certificate: bytes | None = None
        self.connecting = self.dns = self.tls = self.connected = 0.0
        self.sent = self.first_byte = 0.0

    def phase(self) -> Phase:
        """Return the phase that the request is in."""
        if self.first_byte:
            return Phase.BODY
        if self.sent or self.connected:
            return Phase.HEADERS
        if self.tls:
            return Phase.TLS
        return Phase.CONNECT if self.dns or not self.connecting else Phase.DNS

    def timings(self, ended: float) -> Timings:
        """Return the seconds that each phase took; the body lasts until `ended`."""
        answered = self.first_byte
        first_byte = answered - self.sent if answered else None
        body = ended - answered if answered else None
        if not self.connecting:
            return Timings(None, None, None, first_byte, body)
        made, secured = self.tls or self.connected, self.connected
        return Timings(
            dns=(self.dns - self.connecting) or None if self.dns else None,
            connect=made - self.dns if made and self.dns else None,
            tls=secured - self.tls if secured and self.tls else None,
            first_byte=first_byte,
            body=body,
        )


progress: ContextVar[PhaseTimer] = ContextVar("progress")
"""The request in flight in this context; aiohttp has no cheaper way to pass it down."""
