"""Planted hosts that cannot be reached, and servers that hang up or talk something else."""

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, unhealthy
from tests.planted.places import Deserted, Mute, Nameless, serving
from tests.planted.writing import HTTP_1_0, page
from tests.support.dns import NODATA, NXDOMAIN, SERVFAIL, SILENT
from tests.support.raw import End, Script

SSH = Script((b"SSH-2.0-OpenSSH_9.6\r\n",), End.HALF_CLOSE, read_request=False)
# A record with the fatal alert "unexpected message" (RFC 8446, sections 5.1 and 6): what a TLS
# server says to a request in clear text. A FIN without it would be nothing but a hang-up.
TLS_ALERT = Script((b"\x15\x03\x03\x00\x02\x02\x0a",), End.HALF_CLOSE)

CONNECTING: tuple[Case, ...] = (
    unhealthy("no-such-name", Nameless(NXDOMAIN), Trouble.DNS, "no such host"),
    unhealthy("no-address", Nameless(NODATA), Trouble.DNS, "no address"),
    unhealthy("name-failed", Nameless(SERVFAIL), Trouble.DNS, "name server"),
    unhealthy("name-never-comes", Nameless(SILENT), Trouble.DNS, "name server"),
    unhealthy("refused", Deserted(), Trouble.CONNECT, "nothing listens"),
    unhealthy("mute", Mute(), Trouble.TIMEOUT, "connection"),
    unhealthy("hangs-up", serving(Script()), Trouble.CONNECT, "closed"),
    unhealthy("resets", serving(Script((0.05,), End.RESET)), Trouble.CONNECT, "reset"),
    unhealthy("never-answers", serving(Script(end=End.SILENT)), Trouble.TIMEOUT, "answer"),
    unhealthy("ssh", serving(SSH), Trouble.PROTOCOL, "not valid HTTP"),
    unhealthy("tls-on-a-plain-port", serving(TLS_ALERT), Trouble.PROTOCOL, "not valid HTTP"),
    unhealthy(
        "too-old-http",
        serving(HTTP_1_0),
        Trouble.PROTOCOL,
        "1.0",
        "1.1",
        expect={"http_min": "1.1"},
    ),
    Case("new-enough-http", serving(page("New")), expect={"http_min": "1.1"}),
)
