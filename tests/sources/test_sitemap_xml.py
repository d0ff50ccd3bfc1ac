"""What feeds list, and how relative references are resolved."""

import itertools

import pytest

from fetcher.model import Target
from fetcher.sources.base import Child
from fetcher.sources.sitemap import SitemapReader
from tests.sources.readers import fed


def read(text: str, base: str = "") -> list[Target | Child]:
    """Read a document that arrives in one block."""
    return fed(SitemapReader("s.xml", itertools.count(), base), [text.encode()])


def urls(text: str, base: str = "") -> list[str]:
    """Give what a document lists."""
    return [item.url for item in read(text, base)]


def test_an_rss_feed_lists_its_items() -> None:
    """An item's page is its link, else a guid that is a URL (RSS 2.0); the channel's is not one."""
    text = """<rss version="2.0"><channel><link>http://no/</link>
    <atom:link href="http://no/rss" rel="self"/>
    <image><link>http://no/i</link></image>
    <item><guid>http://g/1</guid><link>http://a/1</link></item>
    <item><guid>http://g/2</guid></item>
    <item><guid isPermaLink="false">http://g/3</guid><title>x</title></item>
    <item><link/><guid>urn:4</guid></item>
    <item><link> /5 </link></item>
    </channel></rss>"""
    assert read(text, "http://base/feed/rss.xml") == [
        Target(0, "http://a/1", "s.xml#1"),
        Target(1, "http://g/2", "s.xml#2"),
        Target(2, "", "s.xml#3", problem="the <item> has no link"),
        Target(3, "", "s.xml#4", problem="the <item> has no link"),
        Target(4, "http://base/5", "s.xml#5"),
    ]


def test_an_rss_1_feed_lists_its_items() -> None:
    """In RSS 1.0 the items stand beside the channel."""
    text = (
        '<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/"><channel><link>no</link></channel>'
        "<item><link>http://a/</link></item></rdf:RDF>"
    )
    assert urls(text) == ["http://a/"]


def test_an_atom_feed_lists_its_entries() -> None:
    """An entry's page is its alternate link, which no rel means, too (RFC 4287, 4.2.7.2)."""
    text = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://no/"/>
    <entry><link rel="edit" href="http://no/1"/><link href="http://a/1"/></entry>
    <entry><link rel="self" href="no"/><link rel="alternate" href="2?x=1"/></entry>
    <entry><link rel="self" href="http://a/3"/><source><link href="http://no/3"/></source></entry>
    <entry><title>none</title></entry>
    </feed>"""
    assert urls(text, "http://base/dir/feed") == [
        "http://a/1",
        "http://base/dir/2?x=1",
        "http://a/3",
        "",
    ]


@pytest.mark.parametrize(
    ("loc", "expected"),
    [
        ("/page", "http://base/page"),
        ("//other/page", "http://other/page"),
        ("../page", "http://base/page"),
        ("?x", "http://base/dir/s.xml?x"),
        ("example.com/page", "example.com/page"),
        ("http://[bad/", "http://[bad/"),
        ("//[bad/", "//[bad/"),
    ],
)
def test_relative_locs(loc: str, expected: str) -> None:
    """What can only be a path is resolved; a name without a scheme is left to be one."""
    text = f"<urlset><url><loc>{loc}</loc></url></urlset>"
    assert urls(text, "http://base/dir/s.xml") == [expected]
    assert urls(text) == [loc]
