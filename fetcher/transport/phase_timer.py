"""How far a request has come, and when it came there."""

from contextvars import ContextVar

from fetcher.failures import Phase
from fetcher.model import Timings
from fetcher.urls import Url


class PhaseTimer:
    """How far one request has come, and when: monotonic seconds, 0 for what did not happen.

    public_only: it must not reach a private address. watches_tls: whether to note what is known of
    the connection's TLS. glance: the connection is made for its certificate alone. peer: the
    address at the connection's other end, "" while unknown. tls_version, certificate: as the
    connection has them, the certificate in DER.
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
        # Over http there may still be TLS: that of the proxy, about which nobody asked.
        self.watches_tls = watches_tls and url.scheme == "https"
        self.glance = glance
        self.peer = self.tls_version = ""
        self.certificate: bytes | None = None
        self.connecting = self.dns = self.tls = self.connected = 0.0
        self.sent = self.first_byte = 0.0

    def phase(self) -> Phase:
        """The phase the request is in."""
        if self.first_byte:
            return Phase.BODY
        if self.sent or self.connected:
            return Phase.HEADERS
        if self.tls:
            return Phase.TLS
        return Phase.CONNECT if self.dns or not self.connecting else Phase.DNS

    def timings(self, ended: float) -> Timings:
        """Seconds that each phase took, the body until `ended`."""
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
"""The request under way in this context; aiohttp has no cheaper way to hand it down."""
