"""What the hosts of `check_peers.py` answer: whole HTTP replies, and broken ones."""

import sys

from check_faults import MOVED, Fault
from harness import ROOT

# A benchmark runs as a script, so the project's own folder is not on the path.
sys.path.insert(0, str(ROOT))

from tests.support.raw import response

PARAGRAPH = """<p class="lead">The lake was calm, the crew was early &amp; the band played
<em>twice</em>. The ticket was 3&nbsp;crowns, or 5 with a bicycle.</p>
"""

# A page without links: one of the clients would go on to check those.
PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Spring timetable: trains &amp; boats - The Valley Gazette</title>
<meta name="description" content="When the first boat of the year leaves, and who meets it.">
</head><body><main>
{PARAGRAPH * 50}</main></body></html>
""".encode()
HALF = response(PAGE[: len(PAGE) // 2], content_length=len(PAGE))

HTML = ("Content-Type", "text/html; charset=utf-8")

# The marks that its maker documents: `cf-mitigated: challenge` on every challenge page.
CHALLENGE = b"""<!doctype html><title>Just a moment...</title>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt = {cvId: '3', cType: 'managed'};
var a = document.createElement('script');
a.src = '/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1';</script>"""
CHALLENGE_HEADERS = (
    HTML,
    ("Server", "cloudflare"),
    ("CF-RAY", "8f0c0ffee0c0ffee-FRA"),
    ("cf-mitigated", "challenge"),
)


def titled(title: str, status: int, *headers: tuple[str, str]) -> bytes:
    """Return a reply whose page says no more than its title."""
    body = f"<!doctype html><title>{title}</title><h1>{title}</h1>".encode()
    return response(body, status, (HTML, *headers))


def moved(to: str, status: int = 302) -> bytes:
    """Return a redirect."""
    return response(b"", status, (("Location", to),))


WELL = response(PAGE, headers=(HTML,))
"""What everything answers that is not named below."""

REPLIES: dict[tuple[Fault | None, str], bytes] = {
    (None, MOVED): moved("/new", 301),
    (Fault.NOT_FOUND, "/"): titled("Not Found", 404),
    (Fault.GONE, "/"): titled("Gone", 410),
    (Fault.SERVER_ERROR, "/"): titled("Internal Server Error", 500),
    (Fault.UNAVAILABLE, "/"): titled("Service Unavailable", 503),
    (Fault.TOO_MANY, "/"): titled("Too Many Requests", 429, ("Retry-After", "120")),
    (Fault.FORBIDDEN, "/"): titled("Forbidden", 403),
    (Fault.BOT_PAGE, "/"): response(CHALLENGE, 403, CHALLENGE_HEADERS),
    (Fault.LOOP, "/"): moved("/round"),
    (Fault.LOOP, "/round"): moved("/"),
    (Fault.TO_HOME, "/products/42"): moved("/"),
    (Fault.SOFT_404, "/item/7"): titled("Page not found - The Valley Gazette", 200),
}

BROKEN = {Fault.RESET: HALF, Fault.SHORT: HALF, Fault.NOT_HTTP: b"SSH-2.0-OpenSSH_9.6\r\n"}
"""What no web server can be made to send, and what is the last on its connection."""

# A DNS message without a question, whose code is NXDOMAIN (RFC 1035, section 4.1.1), as the answer
# to any query over HTTPS (RFC 8484): curl cannot be told of a name server in another way.
NO_SUCH_NAME = response(
    b"\0\0\x81\x83" + bytes(8), headers=(("Content-Type", "application/dns-message"),)
)


def to_head(reply: bytes) -> bytes:
    """Return what HEAD gets where GET gets the reply."""
    return reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
