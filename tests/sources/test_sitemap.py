"""Sitemaps and feeds: what they list, and where they break."""

import itertools
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Target
from fetcher.sources.base import BrokenInput, Child
from fetcher.sources.sitemap import MAX_SITEMAP, SitemapReader
from tests.sources.readers import CUTS, blocks, fed

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(text: str | bytes, base: str = "") -> list[Target | Child]:
    """Read a document that arrives in one block."""
    data = text if isinstance(text, bytes) else text.encode()
    return fed(SitemapReader("s.xml", itertools.count(), base), [data])


def urls(text: str | bytes, base: str = "") -> list[str]:
    """Give what a document lists."""
    return [item.url for item in read(text, base)]


def until_broken(text: str | bytes, base: str = "") -> tuple[list[str], str]:
    """Give the URLs before the error, and the error."""
    reader, found = SitemapReader("s.xml", itertools.count(), base), []
    data = text if isinstance(text, bytes) else text.encode()
    try:
        for item in reader.feed(data):
            found.append(item.url)
        for item in reader.finish():
            found.append(item.url)
    except BrokenInput as error:
        return found, str(error)
    return found, ""


def test_a_sitemap_lists_its_locs() -> None:
    """Each loc is a target, numbered in the order of the file, white space stripped."""
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset {NS}>
      <url><loc>http://a/?x=1&amp;y=2</loc><lastmod>2026-01-01</lastmod></url>
      <url><priority>0.5</priority><loc>
        <![CDATA[http://a/?x=1&y=2]]>
      </loc></url>
    </urlset>"""
    assert read(text) == [
        Target(0, "http://a/?x=1&y=2", "s.xml#1"),
        Target(1, "http://a/?x=1&y=2", "s.xml#2"),
    ]


def test_an_index_lists_other_sitemaps() -> None:
    """The locs of an index are children, and take no index of a target."""
    text = f"<sitemapindex {NS}><sitemap><loc>http://a/1.xml</loc></sitemap></sitemapindex>"
    assert read(text) == [Child("http://a/1.xml", "s.xml#1")]


@pytest.mark.parametrize(
    "document",
    [
        "<urlset><url><loc>http://a/</loc></url></urlset>",
        '<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">'
        "<url><loc>http://a/</loc></url></urlset>",
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<s:url><s:loc>http://a/</s:loc></s:url></s:urlset>",
        "<s:urlset><s:url><s:loc>http://a/</s:loc></s:url></s:urlset>",
        "<URLSET><URL><LOC>http://a/</LOC></URL></URLSET>",
        "<urlset><loc>http://a/</loc></urlset>",
        "\n\n \t<?xml version='1.0'?><urlset><url><loc>http://a/</loc></url></urlset>\n",
        "<!-- made -- by hand --><urlset><url><loc>http://<!-- x -->a/</loc></url></urlset>",
        '<?xml version="1.0" encoding="no-such"?><urlset><url><loc>http://a/</loc></url></urlset>',
        '<?xml version="1.0" encoding="utf-16"?><urlset><url><loc>http://a/</loc></url></urlset>',
        '<!DOCTYPE urlset SYSTEM "http://x/s.dtd"><urlset><url><loc>http://a/</loc></url></urlset>',
    ],
)
def test_forms_that_are_taken_kindly(document: str) -> None:
    """Namespaces, case, leading blanks and wrong declarations do not matter."""
    assert until_broken(document) == (["http://a/"], "")


def test_a_bare_ampersand_is_one() -> None:
    """The commonest mistake in sitemaps costs nothing."""
    text = "<urlset><url><loc>http://a/?x=1&y=2</loc></url><url><loc>http://b/</loc></url></urlset>"
    assert urls(text) == ["http://a/?x=1&y=2", "http://b/"]


def test_extensions_are_not_pages() -> None:
    """Locs of images, videos and news, alternates and their prefixes declared or not."""
    text = f"""<urlset {NS} xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">
    <url>
      <image:loc>http://no/1</image:loc>
      <loc>http://a/</loc>
      <i:image><i:loc>http://no/2</i:loc></i:image>
      <image:image><image:loc>http://no/3</image:loc></image:image>
      <video:video><video:content_loc>http://no/4</video:content_loc>
        <video:player_loc>http://no/5</video:player_loc></video:video>
      <xhtml:link rel="alternate" hreflang="de" href="http://no/?a&b"/>
    </url></urlset>"""
    assert urls(text) == ["http://a/"]


def test_entries_without_a_url_are_problems() -> None:
    """Nothing that stands for a page is passed over in silence."""
    text = "<urlset><url><lastmod/></url><url><loc> </loc></url><url><loc>http://a/</loc></url></urlset>"
    assert read(text) == [
        Target(0, "", "s.xml#1", problem="the <url> has no <loc>"),
        Target(1, "", "s.xml#2", problem="the <loc> is empty"),
        Target(2, "http://a/", "s.xml#3"),
    ]


def test_a_loc_that_is_too_long_is_a_problem() -> None:
    """Of a loc over 64 KiB the beginning is kept."""
    long = f"<urlset><url><loc>http://{'x' * 300_000}</loc></url><url><loc>b</loc></url></urlset>"
    first, second = read(long)
    assert isinstance(first, Target)
    assert (len(first.url), first.problem) == (1024, "the URL is longer than 64 KiB")
    assert second.url == "b"


def test_a_text_sitemap_is_one_url_a_line() -> None:
    """What does not begin with a tag is a list of lines; places are line numbers."""
    assert read("\nhttp://a/\nhttp://b/\n") == [
        Target(0, "http://a/", "s.xml:2"),
        Target(1, "http://b/", "s.xml:3"),
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso-8859-1", "ü"),
        ("windows-1251", "ж"),
        ("shift_jis", "日"),
        ("gb2312", "中"),
        ("utf-8", "ü"),
    ],
)
def test_declared_encodings(encoding: str, text: str) -> None:
    """Encodings that the parser does not know are decoded before it."""
    document = f'<?xml version="1.0" encoding="{encoding}"?><urlset><url><loc>http://{text}/</loc></url></urlset>'
    assert urls(document.encode(encoding)) == [f"http://{text}/"]


@pytest.mark.parametrize("encoding", ["rot13", "idna", "undefined", "base64", "unicode_escape"])
def test_what_is_no_character_set_is_ignored(encoding: str) -> None:
    """Codecs that only Python knows are not used on a document's word."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><urlset><url><loc>\\x41</loc></url></urlset>'
    )
    assert urls(text) == ["\\x41"]


@pytest.mark.parametrize(
    ("text", "found", "problem"),
    [
        (
            "<urlset>\n<url><loc>a</loc></url>\n<url><loc>b",
            ["a"],
            "invalid XML: unexpected end (line 3",
        ),
        ("<urlset><url><loc>a</loc>", ["a"], "invalid XML: unexpected end"),
        (
            "\n\n<urlset>\n<url><loc>a</loc></url></wrong><url><loc>b</loc></url></urlset>",
            ["a"],
            "invalid XML: mismatched tag (line 4, column 26)",
        ),
        ("<urlset><url><loc>a</loc></url></urlset>junk", ["a"], "invalid XML: junk after document"),
        ("<rss><channel><item><link>a</link><title>b", ["a"], "invalid XML: unexpected end"),
        ("<html><body>hi</body></html>", [], "this is an HTML page, not a sitemap or feed"),
        ("<urlset><url><loc>a&nbsp;b</loc></url></urlset>", [], "invalid XML: undefined entity"),
        ("<", [], "invalid XML"),
        ("<urlset>" + "<a>" * 200, [], "elements are nested more than 100 levels deep"),
    ],
)
def test_broken_documents(text: str, found: list[str], problem: str) -> None:
    """What was read before is kept; the message says where and why."""
    got, said = until_broken(text)
    assert got == found
    assert said.startswith(problem)


def test_entities_are_never_expanded() -> None:
    """A document that declares entities with a text is refused before any is used."""
    bomb = """<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>"""
    assert until_broken(bomb) == ([], "it declares an XML entity (a), which is not allowed")


def test_parameter_entities_are_refused() -> None:
    """They could build the others."""
    text = '<!DOCTYPE u [<!ENTITY % p "x">]><urlset/>'
    assert until_broken(text)[1] == "it declares an XML entity (p), which is not allowed"


def test_external_entities_are_never_loaded() -> None:
    """A reference to a file or URL is left out, as XML allows a parser that does not read them."""
    text = """<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]>
    <urlset><url><loc>http://a/&x;</loc></url></urlset>"""
    assert until_broken(text) == (["http://a/"], "")


def test_an_endless_tag_is_given_up() -> None:
    """A tag without an end is not collected for ever, nor parsed again and again."""
    reader = SitemapReader("s.xml", itertools.count())
    assert list(reader.feed(b"<urlset><url ")) == []
    for _ in range(17):
        assert list(reader.feed(b"x='1' " * 10_000)) == []
    with pytest.raises(BrokenInput, match="a tag is longer than 1024 KiB"):
        list(reader.feed(b"x='1' " * 10_000))


def test_a_long_text_is_no_endless_tag() -> None:
    """Megabytes of text or CDATA in an element that does not matter are passed over."""
    long = "x" * 3_000_000
    text = f"<rss><item><x>{long}<![CDATA[{long}]]></x><link>a</link></item></rss>"
    parts = blocks(text.encode(), range(0, len(text), 60_000))
    items = fed(SitemapReader("s.xml", itertools.count()), parts)
    assert [item.url for item in items] == ["a"]


def test_endless_blanks_are_not_held() -> None:
    """Leading blanks are counted as lines and forgotten."""
    reader = SitemapReader("s.xml", itertools.count())
    for _ in range(50):
        assert list(reader.feed(b" \n" * 1000)) == []
        assert reader._head == b""
    assert [row.url for row in reader.feed(b"http://a/\n")] == ["http://a/"]
    assert reader.place() == "s.xml:50002"


def test_a_fetched_sitemap_is_limited() -> None:
    """Of a sitemap from the web 50 MB are read, the limit of sitemaps.org; of a file all."""
    remote = SitemapReader("s.xml", itertools.count(), "http://a/s.xml")
    local = SitemapReader("s.xml", itertools.count())
    assert [item.url for item in remote.feed(b"<urlset><url><loc>a</loc></url>")] == ["a"]
    list(local.feed(b"<urlset>"))
    block = b" " * (MAX_SITEMAP // 4)
    for _ in range(3):
        assert list(remote.feed(block)) == []
    assert [list(local.feed(block)) for _ in range(5)] == [[]] * 5
    with pytest.raises(BrokenInput, match="larger than 50 MB; the rest was not read"):
        list(remote.feed(block))


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=9)
    ),
    CUTS,
)
def test_any_urls_read_back(wanted: list[str], cuts: list[int]) -> None:
    """What is written as a sitemap is read from it, wherever the bytes are cut."""
    wanted = [url.strip() or "x" for url in wanted]
    wanted = [url.replace("\ufffe", "x").replace("\uffff", "x") for url in wanted]
    text = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in wanted)
    data = f"<?xml version='1.0'?><urlset>{text}</urlset>".encode()
    items = fed(SitemapReader("s.xml", itertools.count()), blocks(data, cuts))
    assert [item.url for item in items] == wanted
