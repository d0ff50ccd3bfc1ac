"""The sitemaps that a robots.txt names."""

from fetcher.sources.base import Child
from fetcher.sources.sitemap import RobotsReader
from tests.sources.readers import fed


def test_only_sitemap_lines_count() -> None:
    """In any case, with their line numbers; groups, comments and empty ones are passed over."""
    data = b"Disallow: /Sitemap: x\n\nSITEMAP:http://a/1\n# Sitemap: http://a/2\nSitemap: \n"
    assert fed(RobotsReader("robots.txt"), [data]) == [Child("http://a/1", "robots.txt:3")]
