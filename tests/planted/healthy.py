"""The healthy neighbours: everything that looks odd and is quite all right."""

import gzip

import brotli

from tests.planted.case import Case
from tests.planted.places import Expiring, Http, Https, serving
from tests.planted.writing import CHUNKED, HTML, HTTP_1_0, moved, page
from tests.support.raw import End, Script, response

IMAGE = (("Content-Type", "image/png"),)

WHOLE = {"complete": True}

MEGABYTE = 1_000_000
LARGE = b"<title>Large</title>".ljust(MEGABYTE, b".")
"""A page of exactly so many bytes."""
STUCK = Script((response(LARGE[:500_000], content_length=MEGABYTE),), End.SILENT)
"""The first half of it, and the other half never comes."""


def packed(coding: str, body: bytes) -> Script:
    """A page in a content coding."""
    return Script((response(body, headers=(*HTML, ("Content-Encoding", coding))),))


def in_chunks(body: bytes, size: int) -> Script:
    """A page in chunks of one size (RFC 9112, section 7.1)."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    return Script((CHUNKED, chunks, b"0\r\n\r\n"))


HEALTHY = (
    Case("plain", serving(page("Plain"))),
    Case("over-tls", Https()),
    Case("five-days-left", Expiring(5)),
    Case("large", serving(Script((response(LARGE),))), expect=WHOLE),
    Case("large-gzip", serving(packed("gzip", gzip.compress(LARGE))), expect=WHOLE),
    Case("large-chunked", serving(in_chunks(LARGE, 40_000)), expect=WHOLE),
    Case("brotli", serving(packed("br", brotli.compress(b"<title>Packed</title>")))),
    Case("tiny-chunks", serving(in_chunks(b"<title>Tiny</title>", 1)), expect=WHOLE),
    Case("empty", serving(Script((response(b""),)))),
    Case("no-content", serving(Script((b"HTTP/1.1 204 No Content\r\n\r\n",)))),
    Case("image", serving(Script((response(b"\x89PNG", headers=IMAGE),)))),
    Case("http-1.0", serving(HTTP_1_0)),
    Case("until-close", serving(Script((b"HTTP/1.1 200 OK\r\n\r\n<title>Open</title>",)))),
    Case("keeps-the-connection", serving(Script((response(b"<title>Kept</title>"),), End.KEEP))),
    Case("takes-its-time", serving(Script((0.3, response(b"<title>Slow</title>"))))),
    Case("moved-page", Http({"/old": moved("/new/page"), "/new/page": page("New")}), path="/old"),
    Case("home-to-language", Http({"/": moved("/en/", 302), "/en/": page("Welcome")})),
    Case(
        "about-404",
        Http({"/blog/our-404-page": page("How we made our 404 page", b"<p>and so on" * 500)}),
        path="/blog/our-404-page",
    ),
    Case(
        "wrong-length-long",
        serving(Script((response(b"<title>Cut</title>and more", content_length=18),))),
    ),
    # A check looks some way behind the title for an end, and then has seen enough.
    Case("stuck-far-behind", serving(STUCK)),
)
