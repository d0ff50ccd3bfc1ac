"""Pages that move, wait, fail or lie, or have titles that are easy to get wrong."""

import struct
import zlib
from dataclasses import replace
from html import escape

from fetcher.demo.page import Behaviour, DemoPage, document, pdf, png, text_page
from fetcher.failures import FailureKind

_MEGABYTE = 1024 * 1024
_BOMB_MEGABYTES = 48
_SVG = '<svg width="16" height="16"><title>Anchor</title><circle cx="8" cy="8" r="7"/></svg>'


def redirects() -> list[DemoPage]:
    """Return the redirects."""
    return [
        _moved("/moved/once", "/about", 301, "a redirect"),
        _moved("/moved/chain", "/moved/chain/2", 301, "a chain of three", leads_to="/ferry"),
        _moved("/moved/chain/2", "/moved/chain/3", 302, "its second link", leads_to="/ferry"),
        _moved("/moved/chain/3", "/ferry", 307, "its third link"),
        _moved("/moved/relative", "../news/./seagulls", 308, "a relative redirect",
               leads_to="/news/seagulls"),
        _moved("/moved/host", "{OTHER}/harbour", 302, "a redirect to another host name",
               leads_to="/harbour"),
        _moved("/moved/circle", "/moved/circle/back", 302, "a redirect in a circle",
               failure=FailureKind.REDIRECT_LOOP),
        _moved("/moved/circle/back", "/moved/circle", 302, "the other half of the circle",
               failure=FailureKind.REDIRECT_LOOP),
    ]  # fmt: skip


def files() -> list[DemoPage]:
    """Return the files that are not pages and have no title."""
    return [
        DemoPage("/files/map.png", "a picture", png(), content_type="image/png"),
        DemoPage(
            "/files/tides.pdf",
            "a PDF",
            pdf("Tides of Port Merle: high at six, low at noon."),
            content_type="application/pdf",
        ),
    ]


def statuses() -> list[DemoPage]:
    """Return the pages with an error status, which have titles of their own."""
    sorry = "You asked, and this is the whole answer."
    pages = [
        (404, "/gone/fishing", "Not found: gone fishing"),
        (410, "/gone/forever", "Gone for good: the old pier"),
        (403, "/gone/staff", "Forbidden: harbour staff only"),
        (500, "/gone/wrong", "Something broke in the engine room"),
    ]
    return [
        replace(text_page(path, title, f"status {status}", sorry), status=status)
        for status, path, title in pages
    ]


def slow_pages() -> list[DemoPage]:
    """Return the pages that take time or several tries, and the huge one."""
    fog = text_page("/slow/fog", "Fog: please wait", "two seconds late", "It clears, eventually.")
    tap = text_page("/slow/tap", "The dripping tap", "a body that drips", "Drip. Drip. Drip.")
    lamp = text_page("/tries/lamp", "The lamp is lit", "503 twice, then fine", "Third match.")
    queue = text_page("/tries/queue", "Your turn", "429 with Retry-After, then fine", "Next!")
    return [
        replace(fog, behaviour=Behaviour.SLOW),
        replace(tap, behaviour=Behaviour.DRIP),
        replace(lamp, behaviour=Behaviour.THIRD_TRY),
        replace(queue, behaviour=Behaviour.SECOND_TRY),
        _archive(),
    ]


def broken_pages() -> list[DemoPage]:
    """Return the pages with unusable responses."""
    return [
        # The cut comes before the title ends: a client that stops at the title must notice too.
        DemoPage(
            "/broken/cut",
            "a body that ends in the middle of its title",
            b"<!doctype html>\n<title>The longest pier in the world goes on and on and on",
            behaviour=Behaviour.CUT,
            failure=FailureKind.BODY_TRUNCATED,
        ),
        DemoPage(
            "/broken/reset",
            "a connection that is reset",
            b"",
            behaviour=Behaviour.RESET,
            failure=FailureKind.CONNECTION_RESET,
        ),
        DemoPage(
            "/broken/gzip",
            "a body labelled gzip that is not gzip",
            document("<p>Plain.</p>", title="Not compressed at all").encode(),
            headers=(("Content-Encoding", "gzip"),),
            failure=FailureKind.BODY_UNDECODABLE,
        ),
        DemoPage(
            "/broken/bomb",
            f"{_BOMB_MEGABYTES} MB of spaces before the title, compressed to a few kilobytes",
            _bomb(),
            headers=(("Content-Encoding", "gzip"),),
            failure=FailureKind.BODY_TOO_LARGE,
        ),
    ]


def _moved(
    path: str,
    location: str,
    status: int,
    about: str,
    *,
    leads_to: str = "",
    failure: FailureKind | None = None,
) -> DemoPage:
    body = document("<h1>Moved</h1>\n<p>The new address is in the header.</p>", title="Moved")
    return DemoPage(
        path,
        about,
        body.encode(),
        "Moved",
        "utf-8",
        status=status,
        headers=(("Location", location),),
        failure=failure,
        leads_to="" if failure else leads_to or location,
    )


def _archive() -> DemoPage:
    """Return a page of 5 MB with its title at the beginning."""
    title = "The complete log of the harbour, volume 1"
    line = "<p>Day {:06}: wind from the west, nothing to report, one seagull on the mast.</p>\n"
    days = "".join(line.format(day) for day in range(65_000))
    body = document(f"<h1>{title}</h1>\n{days}", title=title)
    return DemoPage("/slow/archive", "5 MB, the title first", body.encode(), title, "utf-8")


def _bomb() -> bytes:
    """Return a gzip file (RFC 1952) of many megabytes of spaces and a page.

    After a full flush the same input compresses to the same bytes, so one compressed megabyte is
    repeated instead of compressing each.
    """
    spaces = b" " * _MEGABYTE
    page = document("<p>Boom.</p>", title="You should not have come this far").encode()
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = compressor.compress(spaces) + compressor.flush(zlib.Z_FULL_FLUSH)
    data = block * _BOMB_MEGABYTES + compressor.compress(page) + compressor.flush()
    checksum = 0
    for _ in range(_BOMB_MEGABYTES):
        checksum = zlib.crc32(spaces, checksum)
    size = _BOMB_MEGABYTES * _MEGABYTE + len(page)
    header = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    return header + data + struct.pack("<II", zlib.crc32(page, checksum), size)


def pages() -> list[DemoPage]:
    """Return the pages with odd titles."""
    return [
        # The parser enters the body at the svg; the title after it still counts, because it is the
        # first one in the HTML namespace (HTML standard, "the title element").
        _raw(
            "svg",
            "The museum of anchors",
            "a title inside an SVG comes first",
            f"<!doctype html>\n{_SVG}\n<title>The museum of anchors</title>\n"
            "<p>The round thing is an anchor, seen from above.</p>\n",
        ),
        _marked(
            "comment",
            "The museum of boots",
            "a title inside a comment and a script comes first",
            "<!-- <title>Under construction</title> -->\n"
            '<script>const old = "<title>Not this one</title>";</script>\n'
            "<title>The museum of boots</title>\n",
        ),
        _marked(
            "entities",
            "Fish & Chips — 5\xa0€ <today only> 🐟",
            "a title of character references",
            "<title>Fish &amp; Chips &mdash; 5&nbsp;&euro; &lt;today only&gt; &#x1F41F;</title>\n",
        ),
        _marked(
            "spaces",
            "Low tide at noon",
            "a title over several lines",
            "<title>\n    Low tide\n\t at   noon\n</title>\n",
        ),
        _titled("emoji", "🌊 Storm warning 👩\u200d✈️ lifted ❤️", "a title with emoji"),
        _titled("commas", 'Bread, "real" butter, and jam; from 1 €', "a title that CSV must quote"),
        _titled(
            "markup", "[bold red]Sale[/bold red] <b>today</b>", "a title that looks like markup"
        ),
        _titled("empty", "", "an empty title"),
        _raw(
            "none",
            None,
            "no title at all",
            "<!doctype html>\n<h1>A page without a name</h1>\n<p>It likes it that way.</p>\n",
        ),
        _titled(
            "formula",
            '=HYPERLINK("http://127.0.0.1/","Click me")',
            "a title that a spreadsheet would run",
        ),
        _titled(
            "control",
            "Harbour \x1b[31mnotice\x07 \u202efdp.exe",
            "a title with escape sequences and reversed text",
        ),
    ]


def _titled(name: str, title: str, about: str) -> DemoPage:
    return _marked(name, title, about, f"<title>{escape(title, quote=False)}</title>\n")


def _marked(name: str, title: str, about: str, head: str) -> DemoPage:
    """Return a page whose head begins with this markup, and which shows the markup."""
    main = f"<h1>Oddities: {escape(about)}</h1>\n<pre>{escape(_visible(head))}</pre>"
    return _raw(name, title, about, document(main, title=None, declared=head))


def _raw(name: str, title: str | None, about: str, html: str) -> DemoPage:
    return DemoPage(f"/oddities/{name}", about, html.encode(), title, "utf-8")


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else "·" for char in text)
