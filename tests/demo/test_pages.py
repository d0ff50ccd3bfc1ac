"""Every page says what its declaration says that it says."""

import re
import zlib
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from fetcher.demo.page import Behaviour, DemoPage, pdf, png
from fetcher.demo.site import HOME_TITLE, home, sections, table

PAGES = list(table().values())
DECODED = [page for page in PAGES if page.encoding]


def text(page: DemoPage) -> str:
    """Unpack and decode a page by its own declaration."""
    packed = dict(page.headers).get("Content-Encoding") == "gzip"
    body = zlib.decompress(page.body, wbits=31) if packed else page.body
    # The byte order mark is no part of the text.
    return body.decode(page.encoding).removeprefix("\ufeff")


class Links(HTMLParser):
    """Collects the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep each `href` of an `a`."""
        if tag == "a":
            self.found.append(dict(attrs)["href"] or "")


def test_no_two_pages_share_a_path() -> None:
    """The table holds every page of every section."""
    assert len(table()) == 1 + sum(map(len, sections().values()))
    assert all(path == page.path for path, page in table().items())


@pytest.mark.parametrize("page", DECODED, ids=lambda page: page.path)
def test_the_declared_title_is_in_the_bytes(page: DemoPage) -> None:
    """Decoded as declared and parsed as HTML, the page has the title of its declaration."""
    titles = [
        node.text()
        for node in LexborHTMLParser(text(page)).css("title")
        if node.parent is None or node.parent.tag != "svg"
    ]
    # ASCII white space only: a no-break space is kept.
    collapsed = [re.sub("[ \t\n\f\r]+", " ", title).strip(" ") for title in titles]
    assert collapsed[:1] == ([] if page.title is None else [page.title])


@pytest.mark.parametrize(
    "page", [page for page in DECODED if page.path.startswith("/letters/")], ids=lambda p: p.path
)
def test_a_letter_needs_its_encoding(page: DemoPage) -> None:
    """Read as another encoding, a letter's title is wrong or cannot be read at all."""
    assert page.title is not None
    for other in ("windows-1252", "utf-8", "shift_jis"):
        if other != page.encoding:
            assert page.title not in page.body.decode(other, errors="replace")


def test_declarations_stand_where_they_should() -> None:
    """An early declaration is within the first 1,024 bytes, a late one is not."""
    for page in sections()["Letters from the twin towns, each in its own encoding"]:
        place = page.body.find(b"charset=")
        if "after the first 1,024 bytes" in page.about:
            assert place > 1024, page.path
        elif "by a meta" in page.about:
            assert 0 < place < 900, page.path
        assert ("charset" in page.content_type) == ("header" in page.about), page.path


def test_all_is_linked_from_home() -> None:
    """The home page links to every other page, and escapes what it says of them."""
    links = Links()
    links.feed(home().body.decode())
    assert {page.path for page in PAGES} <= set(links.found)
    assert home().title == HOME_TITLE
    markup = table()["/oddities/markup"]
    assert "<b>" not in home().body.decode()
    assert "&lt;b&gt;today" in markup.body.decode()


@pytest.mark.parametrize("page", DECODED, ids=lambda page: page.path)
def test_no_link_leads_nowhere(page: DemoPage) -> None:
    """Every link of every page leads to a page of the table."""
    links = Links()
    links.feed(text(page))
    for link in links.found:
        assert urlsplit(urljoin(f"http://x{page.path}", link)).path in table(), link


def test_redirects_lead_to_pages() -> None:
    """What a redirect is declared to lead to is a page that is found."""
    for page in sections()["Moved"]:
        assert (page.failure is None) == bool(page.leads_to), page.path
        if page.leads_to and not page.leads_to.startswith("{OTHER}"):
            assert page.leads_to in table(), page.path


def test_the_bomb_is_small_on_the_wire() -> None:
    """Less than 100 kB unpack to more than 40 MB, as valid gzip, spaces before the title."""
    page = table()["/broken/bomb"]
    assert len(page.body) < 100_000
    unpacker = zlib.decompressobj(wbits=31)
    body = unpacker.decompress(page.body)
    assert unpacker.eof
    assert len(body) > 40_000_000
    assert body.lstrip(b" ").startswith(b"<!doctype html>")
    assert len(body) - len(body.lstrip(b" ")) > 40_000_000


def test_the_archive_is_huge_and_says_its_title_first() -> None:
    """Five megabytes, of which the first kilobyte is enough."""
    page = table()["/slow/archive"]
    assert len(page.body) > 5_000_000
    assert b"</title>" in page.body[:1024]


def test_the_cut_page_has_no_whole_title() -> None:
    """Nobody who is sent the first part of the page can take it for whole."""
    page = table()["/broken/cut"]
    assert page.behaviour is Behaviour.CUT
    assert b"<title>" in page.body
    assert b"</title>" not in page.body


def test_the_picture_is_a_png() -> None:
    """Its chunks have right checksums, and its pixels fill its size."""
    data = png()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place, chunks = 8, {}
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert int.from_bytes(data[place + 8 + length : place + 12 + length]) == zlib.crc32(
            kind + body
        )
        chunks[kind] = body
        place += 12 + length
    width, height = (int.from_bytes(chunks[b"IHDR"][i : i + 4]) for i in (0, 4))
    assert (width, height) == (192, 192)
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + 3 * width)
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]


def test_the_pdf_finds_its_objects() -> None:
    """Its cross-reference table points at each object, and itself is pointed at."""
    data = pdf(r"Tides (high \ low)")
    assert rb"(Tides \(high \\ low\))" in data
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    lines = data[start:].split(b"\n")
    assert lines[:2] == [b"xref", b"0 6"]
    for number, line in enumerate(lines[3:8], start=1):
        place = int(line.split()[0])
        assert data[place:].startswith(b"%d 0 obj\n" % number)


def test_xml_is_well_formed() -> None:
    """The sitemap and the feed are XML, and name pages of the site."""
    for path in ("/sitemap.xml", "/feed.xml"):
        root = ElementTree.fromstring(table()[path].body)
        found = [
            element.text
            for element in root.iter()
            if element.tag.endswith(("}loc", "link")) and element.text
        ]
        assert len(found) >= 3
        for url in found:
            assert url.startswith("{BASE}/")
            assert url.removeprefix("{BASE}") in table()
