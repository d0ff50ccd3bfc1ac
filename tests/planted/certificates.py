"""Planted TLS: certificates that do not hold, and handshakes that come to nothing."""

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, unhealthy
from tests.planted.places import Expiring, Https
from tests.support.tls import TlsFault

CERTIFICATES: tuple[Case, ...] = (
    unhealthy("expired", Https(TlsFault.EXPIRED), Trouble.TLS, "1 day ago"),
    unhealthy(
        "not-yet-valid",
        Https(TlsFault.NOT_YET_VALID),
        Trouble.TLS,
        "not valid yet",
        "valid only from",
    ),
    unhealthy(
        "wrong-name",
        Https(TlsFault.WRONG_HOST),
        Trouble.TLS,
        "somebody-else.test",
        "wrong-name.good.test",
    ),
    unhealthy("self-signed", Https(TlsFault.SELF_SIGNED), Trouble.TLS, "self-signed"),
    unhealthy("untrusted", Https(TlsFault.UNKNOWN_ISSUER), Trouble.TLS, "issuer", "trustme"),
    unhealthy("old-tls", Https(TlsFault.OLD_PROTOCOL), Trouble.TLS, "handshake"),
    unhealthy("no-common-cipher", Https(TlsFault.NO_COMMON_CIPHER), Trouble.TLS, "handshake"),
    unhealthy("plain-on-a-tls-port", Https(TlsFault.PLAIN_HTTP), Trouble.TLS, "not speak TLS"),
    # Whether five days are too few is for the one who expects more to say.
    unhealthy("expires-soon", Expiring(5), Trouble.TLS, "14", "5", expect={"certificate_days": 14}),
    Case("expires-in-time", Expiring(5), expect={"certificate_days": 5}),
    unhealthy("closes-in-the-handshake", Https(TlsFault.CLOSES), Trouble.TLS, "handshake"),
)
