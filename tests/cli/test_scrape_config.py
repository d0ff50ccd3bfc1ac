"""The example files for `fetcher scrape` work as they stand."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fetcher.demo.site import DemoSite
from tests.cli.program import fetcher
from tests.cli.scraping import records

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
async def site() -> AsyncIterator[DemoSite]:
    """The demo site, without its waiting times."""
    async with DemoSite(pace=0.01) as site:
        yield site


async def test_the_example_takes_fields_of_the_demo_site(site: DemoSite, tmp_path: Path) -> None:
    """The command in its first lines fills every column, each field with a value or a default."""
    example = CONFIG / "scrape.toml"
    found = re.search(r"^# +(fetcher scrape .*)$", example.read_text(), re.MULTILINE)
    assert found is not None
    command = found[1].replace("http://127.0.0.1:8765", site.base_url)
    arguments = command.replace("config/scrape.toml", str(example)).split()[1:]
    done = await fetcher(*arguments, cwd=tmp_path)
    assert done.code == 0
    pages = {
        row["url"].removeprefix(site.base_url): row for row in records(tmp_path / "pages.jsonl")
    }
    assert len(pages) == 7
    assert list(pages["/ferry"]) == ["url", "title", "words", "ferry", "hour", "links", "error"]
    ferry = pages["/ferry"]
    assert (ferry["title"], ferry["ferry"], ferry["hour"]) == ("Ferry timetable", "Gull Island", 6)
    about = pages["/about"]
    assert (about["ferry"], about["hour"], about["links"]) == ("no ferry from here", -1, [])
    assert pages["/news"]["links"] == ["/news/lighthouse", "/news/seagulls"]
    assert all(row["words"] > 0 and row["error"] == "" for row in pages.values())


async def test_what_is_commented_out_can_be_used(site: DemoSite, tmp_path: Path) -> None:
    """The lines of [scrape] in the file of all settings that have no default."""
    text = (CONFIG / "fetcher.toml").read_text()
    section = text[text.index("[scrape]") : text.index("[check]")]
    (tmp_path / "shop.py").write_text("def products(page):\n    return {'name': page.title}\n")
    (tmp_path / "c.toml").write_text(re.sub(r"^# (?=\w+ = )", "", section, flags=re.MULTILINE))
    done = await fetcher("scrape", f"{site.base_url}/about", "--config", "c.toml", cwd=tmp_path)
    assert done.code == 0
    assert done.out == f'{{"url":"{site.base_url}/about","title":"About Port Merle"}}\n'
