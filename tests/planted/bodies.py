"""Planted bodies that are cut, slow, broken, too large, or not what was expected."""

import gzip

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, unhealthy
from tests.planted.healthy import STUCK, WHOLE, packed
from tests.planted.places import serving
from tests.planted.writing import CHUNKED, page
from tests.support.raw import End, Script, response

START = response(b"<p>It begins well", content_length=5_000)
TITLED = response(b"<title>Well begun</title>", content_length=90_000)
PAUSE = 0.5
"""So that the client has read what came: a reset throws away what was not read."""
BYTE_BY_BYTE: list[bytes | float] = [0.25, b"<"] * 60
DRIP = (START, *BYTE_BY_BYTE)

BODIES: tuple[Case, ...] = (
    unhealthy(
        "reset-in-the-body",
        serving(Script((START, PAUSE), End.RESET)),
        Trouble.CONTENT,
        "before the body was complete",
    ),
    unhealthy(
        "reset-behind-the-title",
        serving(Script((TITLED, PAUSE), End.RESET)),
        Trouble.CONTENT,
        "before the body was complete",
    ),
    unhealthy(
        "stuck-where-all-is-wanted",
        serving(STUCK),
        Trouble.TIMEOUT,
        "status 200",
        "did not end",
        expect=WHOLE,
    ),
    unhealthy("wrong-length-short", serving(Script((START,))), Trouble.CONTENT, "of 5000 bytes"),
    unhealthy(
        "wrong-length-hides-the-end",
        serving(Script((response(b"<title>Cut</title>and more", content_length=18),))),
        Trouble.CONTENT,
        "and more",
        expect={"body_contains": ["and more"]},
    ),
    unhealthy(
        "last-chunk-missing",
        serving(Script((CHUNKED, b"4\r\n<p>a\r\n"))),
        Trouble.CONTENT,
        "complete",
    ),
    unhealthy(
        "bad-chunk",
        serving(Script((CHUNKED, b"zz\r\n<p>a\r\n"))),
        Trouble.PROTOCOL,
        "not valid HTTP",
    ),
    unhealthy("drip", serving(Script(DRIP)), Trouble.TIMEOUT, "status 200", "did not end"),
    unhealthy("no-gzip", serving(packed("gzip", b"this is no gzip")), Trouble.CONTENT, "gzip"),
    unhealthy(
        "cut-gzip",
        serving(packed("gzip", gzip.compress(b"<p>" * 99)[:-5])),
        Trouble.CONTENT,
        "gzip",
    ),
    unhealthy(
        "too-large",
        serving(packed("gzip", gzip.compress(b" " * 9_000_000))),
        Trouble.CONTENT,
        "larger than",
    ),
    unhealthy(
        "other-title",
        serving(page("Parked")),
        Trouble.CONTENT,
        "Parked",
        "Shop",
        expect={"title": "Shop"},
    ),
)
