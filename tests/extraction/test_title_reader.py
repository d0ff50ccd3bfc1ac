"""The reader: which encoding decides, when reading stops, what the page says."""

import pytest

from fetcher.extraction import TitleReader
from fetcher.model import Page
from tests.extraction.bodies import read, read_some

PAD = b"<!-- " + b"x" * 1100 + b" -->"


@pytest.mark.parametrize(
    ("content_type", "body", "page"),
    [
        # A byte order mark wins over everything.
        (
            "text/html; charset=koi8-r",
            "\ufeff<meta charset=koi8-r><title>é</title>".encode(),
            Page("é", "utf-8", "bom"),
        ),
        (
            "text/html; charset=koi8-r",
            "\ufeff<title>é</title>".encode("utf-16-le"),
            Page("é", "utf-16le", "bom"),
        ),
        ("text/html", "\ufeff<title>é</title>".encode("utf-16-be"), Page("é", "utf-16be", "bom")),
        # Then the header, when its label is one.
        (
            "text/html; charset=koi8-r",
            b"<meta charset=utf-8><title>\xf0</title>",
            Page("П", "koi8-r", "header"),
        ),
        (
            "text/html; charset=nonsense",
            b"<meta charset=koi8-r><title>\xf0</title>",
            Page("П", "koi8-r", "meta"),
        ),
        (
            "text/html; charset=utf-16",
            "<title>é</title>".encode("utf-16-le"),
            Page("é", "utf-16le", "header"),
        ),
        (
            "text/html; charset=x-user-defined",
            b"<title>\x80",
            Page("\uf780", "x-user-defined", "header"),
        ),
        ("text/html; charset=hz-gb-2312", b"<title>a", Page(None, "replacement", "header")),
        # Then a `meta`, before or after the title, early or late.
        ("text/html", b"<meta charset=koi8-r><title>\xf0</title>", Page("П", "koi8-r", "meta")),
        ("text/html", b"<title>\xf0</title><meta charset=koi8-r>", Page("П", "koi8-r", "meta")),
        (
            "text/html",
            b"<title>\xf0</title>" + PAD + b"<meta charset=koi8-r>",
            Page("П", "koi8-r", "late-meta"),
        ),
        (
            "text/html",
            PAD + b"<meta charset=koi8-r><title>\xf0</title>",
            Page("П", "koi8-r", "late-meta"),
        ),
        (
            "text/html",
            b"<title>a</title>" + PAD + b"<p><meta charset=koi8-r>",
            Page("a", "koi8-r", "late-meta"),
        ),
        # What only looks like a `meta` to the prescan gives way to a real one, and counts without.
        (
            "text/html",
            b"<script>'<meta charset=utf-8>'</script><title>\xf0</title>"
            + PAD
            + b"<meta charset=koi8-r>",
            Page("П", "koi8-r", "late-meta"),
        ),
        (
            "text/html",
            b"<script>'<meta charset=koi8-r>'</script><title>\xf0</title>",
            Page("П", "koi8-r", "meta"),
        ),
        (
            "text/html",
            b"<title>\xc3\xa9</title>" + PAD + b"<textarea><meta charset=koi8-r></textarea>",
            Page("é", "utf-8", "utf8"),
        ),
        # Then an XML declaration, then the bytes.
        (
            "text/html",
            b"<?xml version='1.0' encoding='koi8-r'?><title>\xf0</title>",
            Page("П", "koi8-r", "xml"),
        ),
        (
            "text/html",
            b"<?xml encoding='utf-8'?><title>\xf0</title>" + PAD + b"<meta charset=koi8-r>",
            Page("П", "koi8-r", "late-meta"),
        ),
        (
            "text/xml",
            "<?xml version='1.0'?><title>é</title>".encode("utf-16-le"),
            Page("é", "utf-16le", "xml"),
        ),
        ("text/html", b"<title>a", Page("a", "windows-1252", "ascii")),
        ("text/html", b"<title>\xc3\xa9</title>", Page("é", "utf-8", "utf8")),
        ("text/html", b"<title>a</title>\xc3", Page("a", "utf-8", "utf8")),
        (
            "text/html",
            "<title>Новости города: открыт новый мост</title>".encode("koi8-r"),
            Page("Новости города: открыт новый мост", "koi8-r", "detected"),
        ),
        # Encodings in which ASCII bytes are no ASCII characters.
        (
            "text/html",
            b"<meta charset=iso-2022-jp><title>\x1b$B4A;z\x1b(B</title>",
            Page("漢字", "iso-2022-jp", "meta"),
        ),
        (
            "text/html",
            b"<title>\x1b$B4A;z\x1b(B</title>" + PAD + b"<meta charset=iso-2022-jp>",
            Page("漢字", "iso-2022-jp", "late-meta"),
        ),
        (
            "text/html; charset=iso-2022-jp",
            b"<title>\x1b$B</title>\x1b(B</title>",
            Page("鹿\ufffd\ufffd緇", "iso-2022-jp", "header"),
        ),
        ("text/html", b"<meta charset=iso-2022-kr><title>a", Page(None, "replacement", "meta")),
        (
            "text/html",
            b"<?xml encoding='iso-2022-jp'?><title>\x1b$B4A;z\x1b(B",
            Page("漢字", "iso-2022-jp", "xml"),
        ),
        # Bytes that are markup in one encoding and text in another.
        (
            "text/html; charset=shift_jis",
            b"<svg><![CDATA[\x81]]><title>s</title>]]></svg><title>h</title>",
            Page("h", "shift_jis", "header"),
        ),
        (
            "text/html",
            b"<svg><![CDATA[\x81]]><desc><title>s\xff</title>]]></svg><title>h</title>"
            b"<meta charset=shift_jis>",
            Page("h", "shift_jis", "meta"),
        ),
        (
            "text/html",
            b"<svg><![CDATA[\x81]]><desc><title>s\xff</title>]]></svg><meta charset=shift_jis>"
            b"<title>h</title>",
            Page("h", "shift_jis", "meta"),
        ),
        ("text/html", b"", Page(None, "windows-1252", "ascii")),
    ],
)
@pytest.mark.parametrize("sizes", [(), (1,)])
def test_encoding_and_title(
    content_type: str, body: bytes, page: Page, sizes: tuple[int, ...]
) -> None:
    """The encoding is decided in the order of the standards, and the title read by it."""
    found = read(body, content_type, sizes)
    if sizes and found.title and found.title.isascii():
        # Reading stopped at the title, before what declares the encoding.
        assert found.title == page.title
    else:
        assert found == page


@pytest.mark.parametrize(
    ("content_type", "body", "page"),
    [
        ("text/plain", b"<title>a</title>", Page()),
        ("image/svg+xml", b"<title>a</title>", Page()),
        ("", b"  <title>a</title>", Page("a", "windows-1252", "ascii")),
        ("nonsense", b"<!-- x --><title>a</title>", Page("a", "windows-1252", "ascii")),
        ("*/*; charset=utf-8", b"<title>a</title>", Page("a", "utf-8", "header")),
        ("", b"%PDF-1.4 <title>a</title>", Page()),
        ("", b"", Page()),
        ("", b" ", Page()),
        ("application/xhtml+xml", b"<title>a</title>", Page("a", "windows-1252", "ascii")),
    ],
)
@pytest.mark.parametrize("sizes", [(), (1,)])
def test_only_markup_has_a_title(
    content_type: str, body: bytes, page: Page, sizes: tuple[int, ...]
) -> None:
    """Other types are not read; without a type the bytes say whether they are markup."""
    assert read(body, content_type, sizes) == page


REST = b"<p>" + b"x" * 500


@pytest.mark.parametrize(
    ("body", "enough"),
    [
        (b"<title>a</title>", b"<title>a</title>"),
        (b"<title>a</title lang=en>", b"<title>a</title "),
        (b"<head><title>&eacute;</title>", b"<head><title>&eacute;</title>"),
        (b"<title>\xe9</title><meta charset=koi8-r>", None),
        (b"<meta charset=koi8-r><title>\xe9</title>", None),
        (b"<!-- \xe9 --><title>a</title>", None),
        (b"\xef\xbb\xbf<title>\xc3\xa9</title>", None),
        (b"<body><p><title>a</title>", None),
        (b"<body><table><title>a</title>", None),
        (b"<svg><title>s</title></svg><title>a</title>", None),
        (b"<!-- </title> --><title>a</title>", None),
        (b"<table><tr><td><title>a</title></td><title>b</title>", None),
    ],
)
def test_reading_stops_as_soon_as_the_title_is_certain(body: bytes, enough: bytes | None) -> None:
    """A title that nothing can change ends the reading at its end tag, or its encoding's."""
    assert read_some(body + REST, sizes=[1])[1] == len(enough or body)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<table><tr><td><title>a</title>", "a"),
        (b"<p><title>a</title>", "a"),
        (b"<p><title>a</title><frameset>", None),
        (b"<p><title>a</title><!-- </title> --><frameset>", None),
        (b"<p><title>a</title><svg></title><p><frameset>", None),
        (b"<title>\xc3\xa9</title>", "é"),
        (b"<title>\x1b</title>", "\x1b"),
        (b"<svg><title>a</title>", None),
        (b"<title>a", "a"),
        (b"<title>a</title", "a</title"),
    ],
)
def test_reading_goes_on_while_the_title_may_change(body: bytes, title: str | None) -> None:
    """While a title may be overtaken, removed, or read differently, more bytes are wanted."""
    reader = TitleReader("text/html")
    assert not any(reader.feed(body[i : i + 1]) for i in range(len(body)))
    assert reader.finish().title == title


def test_header_settles_the_encoding_at_once() -> None:
    """With the encoding in the header a title need not be ASCII to end the reading."""
    body = b"<title>\xf0</title>"
    assert read_some(body + REST, "text/html;charset=koi8-r", [1])[1] == len(body)


def test_encoding_of_an_early_stop_is_that_of_the_bytes_in_hand() -> None:
    """After an ASCII title, a `meta` counts when its bytes were fed and otherwise not."""
    body = b"<title>a</title><meta charset=koi8-r>"
    assert read(body) == Page("a", "koi8-r", "meta")
    assert read(body, sizes=[16]) == Page("a", "windows-1252", "ascii")


def test_utf16_stops_early_too() -> None:
    """The bytes of UTF-16 are searched as text, as they arrive."""
    body = "\ufeff<title>é</title>".encode("utf-16-le")
    page, fed = read_some(body + b"x\0" * 500, sizes=[1])
    assert (page.title, fed) == ("é", len(body))


def test_feeding_on_is_harmless() -> None:
    """Bytes after the last needed one change nothing."""
    reader = TitleReader("text/html")
    assert reader.feed(b"<title>a</title>")
    assert reader.feed(b"<meta charset=koi8-r><title>b</title>")
    assert reader.finish() == Page("a", "windows-1252", "ascii")


def test_nothing_fed() -> None:
    """A body without a byte has no title."""
    assert TitleReader("text/html").finish() == Page(None, "windows-1252", "ascii")


def test_no_html_needs_no_byte() -> None:
    """The first bytes of a body that is not HTML are enough already."""
    assert TitleReader("image/png").feed(b"")


def test_control_characters_are_kept() -> None:
    """What a terminal or a spreadsheet would act on is left for the outputs to remove."""
    assert read(b"<title>\x1b[31m=1+1\x07&#27;</title>", "text/html;charset=utf-8").title == (
        "\x1b[31m=1+1\x07\x1b"
    )


@pytest.mark.parametrize(
    "unit",
    [
        *[b"<div>", b"<title", b"</title", b"</title>", b"<svg><title>", b"<!--</title>-->"],
        *[b"<p><title>x</title>", b"<table><td><title>x</title>", b"<meta charset=x>", b"<meta "],
        *[b"<title>\xe9</title><meta charset=x>", b"<a b='", b"\xff", b"&#0;", b"<i></b>", b"\0"],
    ],
)
def test_hostile_bodies_in_small_pieces(unit: bytes) -> None:
    """Bodies made to take long have the same title in small pieces as at once."""
    body = unit * (100_000 // len(unit))
    assert read(body, sizes=[64]).title == read(body).title
