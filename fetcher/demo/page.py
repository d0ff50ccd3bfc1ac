"""`DemoPage`: what a page of the demo site sends, and what a client should make of it.

And what pages are made of: an HTML document, a picture and a PDF.
"""

import struct
import zlib
from dataclasses import dataclass
from enum import Enum, auto
from html import escape

from fetcher.failures import FailureKind

HTML = "text/html; charset=utf-8"


class Behaviour(Enum):
    """How a page responds."""

    PLAIN = auto()
    """As declared, at once."""
    SLOW = auto()
    """As declared, after two seconds."""
    DRIP = auto()
    """As declared, but the body comes a few bytes at a time."""
    CUT = auto()
    """Content-Length announces the whole body, but only half of it is sent."""
    RESET = auto()
    """The connection is reset instead of a response."""
    DOWN = auto()
    """503, always."""
    THIRD_TRY = auto()
    """503 twice, then as declared, and so on in turn."""
    SECOND_TRY = auto()
    """429 with `Retry-After: 1`, then as declared, and so on in turn."""


@dataclass(frozen=True, slots=True)
class DemoPage:
    """One page, and what a client that fetches it should report.

    Attributes:
        path: begins with `/`.
        about: what it shows, for the index.
        body: as sent, except that `{BASE}` becomes the site's own address.
        title: the title; None if there is none.
        encoding: its name in the Encoding standard; "" if there is nothing to decode.
        content_type: the Content-Type header.
        status: of a complete response.
        headers: besides Content-Type and Content-Length.
        behaviour: how it responds.
        failure: what a client must report instead.
        leads_to: the path where its redirects end.
    """

    path: str
    about: str
    body: bytes
    title: str | None = None
    encoding: str = ""
    content_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    behaviour: Behaviour = Behaviour.PLAIN
    failure: FailureKind | None = None
    leads_to: str = ""


_STYLE = """
:root { color-scheme: light dark; --sea: #0b6e8a; }
@media (prefers-color-scheme: dark) { :root { --sea: #6cc5dd; } }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
header, footer { font: .9rem/1.5 system-ui, sans-serif; }
nav a { margin-right: 1em; } a { color: var(--sea); } h1 { line-height: 1.2; }
footer { margin-top: 3rem; border-top: 1px solid; opacity: .7; } li { margin: .2em 0; }
code { font-size: .9em; } table { border-collapse: collapse; } td { padding: .1em 1em .1em 0; }
"""

_NAV = (("/", "Port Merle"), ("/about", "About"), ("/news", "News"), ("/ferry", "Ferry"))


def document(main: str, *, title: str | None, declared: str = "", lang: str = "en") -> str:
    """Return a whole HTML document.

    Args:
        main: the markup of its main part.
        title: the text of its title; None for no title.
        declared: markup at the beginning of the head, where an encoding is declared.
        lang: its language.
    """
    nav = "".join(f'<a href="{href}">{escape(text)}</a>' for href, text in _NAV)
    heading = "" if title is None else f"<title>{escape(title)}</title>\n"
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n{declared}{heading}'
        '<meta name="viewport" content="width=device-width">\n'
        f'<link rel="icon" href="data:,">\n<style>{_STYLE}</style>\n</head>\n<body>\n'
        f"<header><nav>{nav}</nav></header>\n<main>\n{main}\n</main>\n"
        "<footer><p>Port Merle is on no map. This site was made to be fetched.</p></footer>\n"
        "</body>\n</html>\n"
    )


def text_page(path: str, title: str, about: str, *paragraphs: str) -> DemoPage:
    """Return an ordinary page of plain-text paragraphs, in UTF-8."""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    main = f"<h1>{escape(title)}</h1>\n{text}"
    return DemoPage(path, about, document(main, title=title).encode(), title, "utf-8")


_LIGHTHOUSE = """
....yyyy....
...yrrrry...
..y.rrrr.y..
....wwww....
....rrrr....
....wwww....
....rrrr....
....wwww....
...rrrrrr...
...wwwwww...
gggggggggggg
bbbbbbbbbbbb
"""
_COLOURS = {
    ".": (168, 208, 230),
    "y": (255, 214, 90),
    "r": (200, 60, 50),
    "w": (250, 250, 245),
    "g": (90, 120, 80),
    "b": (30, 90, 130),
}
_SCALE = 16


def png() -> bytes:
    """Return a picture of the lighthouse, as an eight-bit RGB PNG (RFC 2083)."""
    rows = _LIGHTHOUSE.split()
    lines = b""
    for row in rows:
        line = b"".join(bytes(_COLOURS[cell]) * _SCALE for cell in row)
        lines += (b"\0" + line) * _SCALE  # 0: no filter
    size = struct.pack(">II", len(rows[0]) * _SCALE, len(rows) * _SCALE)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", size + bytes((8, 2, 0, 0, 0)))
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def pdf(line: str) -> bytes:
    """Return a PDF (ISO 32000) of one page with one line of ASCII text."""
    shown = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    content = f"BT /F1 24 Tf 72 700 Td ({shown}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return data + (
        b"xref\n0 %d\n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(data))
    )
