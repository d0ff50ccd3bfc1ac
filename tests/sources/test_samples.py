"""The lists in sample_urls: each form is read, and the demo site has the pages."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fetcher.demo.site import table
from tests.sources.readers import collected, opened, web

SAMPLES = Path(__file__).parents[2] / "sample_urls"
BASE = "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("name", "rows", "header"),
    [
        ("demo.txt", 13, ()),
        ("demo.csv", 5, ("Place", "Visitors")),
        ("semicolons.csv", 3, ("place", "checked")),
        ("demo.tsv", 3, ("place",)),
        ("demo.jsonl", 3, ("place", "tags")),
        ("demo.json", 2, ("year",)),
        ("sitemap.xml", 2, ()),
        ("demo.txt.gz", 2, ()),
    ],
)
async def test_demo_lists(name: str, rows: int, header: tuple[str, ...]) -> None:
    """Every row is read without a problem and names a page that the demo site has."""
    source = opened(SAMPLES / name, carry=True)
    assert source.header == header
    targets = await collected(source)
    assert len(targets) == rows
    for target in targets:
        assert not target.problem
        assert target.url.startswith(f"{BASE}/")
        assert urlsplit(target.url).path in table()


async def test_a_nested_field_is_named_by_its_path() -> None:
    """The sample for --url-field."""
    targets = await collected(opened(SAMPLES / "nested.jsonl", url_field="page.address"))
    assert [target.url for target in targets] == [f"{BASE}/about", f"{BASE}/news"]


async def test_the_index_leads_to_the_demo_sites_own_lists() -> None:
    """Its first and last child are pages of the demo site, the one between is missing."""
    pages = {BASE + path: table()[path].body for path in ("/sitemap.xml", "/feed.xml")}
    targets = await collected(opened(SAMPLES / "sitemap_index.xml", web(pages)))
    assert [target.url for target in targets if target.problem] == [f"{BASE}/sitemap-2.xml"]
    assert len(targets) > 3


async def test_the_public_list_is_polite() -> None:
    """One request a host, and no line that could not be fetched."""
    targets = await collected(opened(SAMPLES / "public.txt"))
    hosts = [urlsplit(target.url).hostname or target.url for target in targets]
    assert len(targets) == 40
    assert len(set(hosts)) == len(hosts)
    assert not any(target.problem for target in targets)


async def test_the_problems_are_rows() -> None:
    """Lines that are wrong as URLs are passed on; judging them is not the source's work."""
    targets = await collected(opened(SAMPLES / "problems.txt"))
    assert len(targets) == 9
    assert not any(target.problem for target in targets)
