"""A site's sitemaps: indexes and what they list."""

import gzip

from fetcher.sources.sitemap import MAX_NESTING
from tests.sources.readers import collected, in_memory, opened, web


def index(*children: str) -> str:
    """Write a sitemap index."""
    return (
        "<sitemapindex>"
        + "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
        + "</sitemapindex>"
    )


def urlset(*urls: str) -> str:
    """Write a sitemap."""
    return "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in urls) + "</urlset>"


async def test_an_index_is_followed_depth_first() -> None:
    """Children are read where they stand, whatever their form: XML, gzip, text, feed, index."""
    pages: dict[str, bytes | str] = {
        "http://a/s.xml": index("http://a/1.xml", "/2.xml.gz", "http://a/3.txt", "http://a/4"),
        "http://a/1.xml": urlset("http://a/p1", "http://a/p2"),
        "http://a/2.xml.gz": gzip.compress(index("http://a/5.xml").encode()),
        "http://a/3.txt": "http://a/p4\nhttp://a/p5\n",
        "http://a/4": "<rss><channel><item><link>http://a/p6</link></item></channel></rss>",
        "http://a/5.xml": urlset("http://a/p3"),
    }
    rows = await collected(opened("http://a/s.xml", web(pages)))
    assert [row.url for row in rows] == [f"http://a/p{n}" for n in range(1, 7)]
    assert [row.index for row in rows] == list(range(6))
    assert [row.source for row in rows][:4] == [
        "http://a/1.xml#1",
        "http://a/1.xml#2",
        "http://a/5.xml#1",
        "http://a/3.txt:1",
    ]


async def test_a_failed_child_is_one_problem() -> None:
    """A child that cannot be fetched or read says so; its neighbours are read."""
    pages: dict[str, bytes | str] = {
        "http://a/s.xml": index("http://a/gone", "http://a/cut.gz", "http://a/html", "http://a/ok"),
        "http://a/cut.gz": gzip.compress(urlset("http://a/p1").encode())[:30],
        "http://a/html": "<!DOCTYPE html><html><body>Not found</body></html>",
        "http://a/ok": urlset("http://a/p2"),
    }
    rows = await collected(opened("http://a/s.xml", web(pages)))
    assert [(row.url, row.problem) for row in rows] == [
        ("http://a/gone", "child sitemap: http://a/gone: status 404"),
        ("", "the gzip data is truncated"),
        ("", "this is an HTML page, not a sitemap or feed"),
        ("http://a/p2", ""),
    ]
    assert rows[0].source == "http://a/s.xml#1 (http://a/gone)"
    assert rows[1].source.startswith("http://a/cut.gz")


async def test_circles_end() -> None:
    """A sitemap is read once, however often and from where it is listed."""
    pages = {
        "http://a/s.xml": index("http://a/s.xml", "http://a/1.xml", "http://a/1.xml"),
        "http://a/1.xml": index("http://a/s.xml", "http://a/1.xml", "http://a/2.xml"),
        "http://a/2.xml": urlset("http://a/p"),
    }
    rows = await collected(opened("http://a/s.xml", web(pages)))
    assert [row.url for row in rows if not row.problem] == ["http://a/p"]
    assert [row.url for row in rows if row.problem] == [
        "http://a/s.xml",
        "http://a/s.xml",
        "http://a/1.xml",
        "http://a/1.xml",
    ]
    assert {row.problem for row in rows if row.problem} == {
        "the child sitemap was listed before; it is not read again"
    }


async def test_nesting_is_limited() -> None:
    """An endless chain of indexes ends with a problem."""
    pages = {f"http://a/{n}": index(f"http://a/{n + 1}") for n in range(MAX_NESTING + 5)}
    (row,) = await collected(opened("http://a/0", web(pages)))
    assert row.problem == f"sitemap indexes are nested more than {MAX_NESTING} levels deep"


async def test_a_local_index_fetches_its_children() -> None:
    """Children with a URL are fetched; others, and all without a way to fetch, are problems."""
    document = index("http://a/1.xml", "2.xml").encode()
    pages = {"http://a/1.xml": urlset("http://a/p1")}
    rows = await collected(in_memory([document], "s.xml", web(pages)))
    assert [(row.url, row.problem) for row in rows] == [
        ("http://a/p1", ""),
        ("2.xml", "the child sitemap's URL is not http or https"),
    ]
    rows = await collected(in_memory([document], "s.xml"))
    assert rows[0].problem == "child sitemaps cannot be fetched here"


async def test_robots_txt_names_sitemaps() -> None:
    """A site's robots.txt serves as the list of its sitemaps (sitemaps.org)."""
    pages = {
        "http://a/robots.txt": "User-agent: *\nDisallow: /x\nsitemap : http://a/1.xml\n"
        "Sitemap: http://a/2.xml # second\nSitemap:\n",
        "http://a/1.xml": urlset("http://a/p1"),
        "http://a/2.xml": urlset("http://a/p2"),
    }
    rows = await collected(opened("http://a/robots.txt", web(pages)))
    assert [(row.index, row.url) for row in rows] == [(0, "http://a/p1"), (1, "http://a/p2")]


async def test_a_child_that_is_cut_keeps_its_rows() -> None:
    """What a child listed before it broke is given, then its problem, then the next child."""
    pages = {
        "http://a/s.xml": index("http://a/1.xml", "http://a/2.xml"),
        "http://a/1.xml": "<urlset><url><loc>http://a/p1</loc></url><url>",
        "http://a/2.xml": urlset("http://a/p2"),
    }
    rows = await collected(opened("http://a/s.xml", web(pages)))
    assert [row.url for row in rows] == ["http://a/p1", "", "http://a/p2"]
    assert rows[1].source == "http://a/1.xml#2"
    assert rows[1].problem.startswith("invalid XML: unexpected end")
