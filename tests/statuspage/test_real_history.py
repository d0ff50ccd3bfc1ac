"""The page over a database that a monitor has written."""

from pathlib import Path

import pytest

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import CheckRecord, Commit
from fetcher.monitor.history import HistoryReader, open_store
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import Condition, Observation, Span, TimeClass
from fetcher.statuspage import HistoryAccess
from tests.statuspage.making import DAY, NOW, MadeUp, incident, message, view
from tests.statuspage.pages.reading import parse, texts
from tests.statuspage.served import Served

PATHS = ("", "targets/shop", "targets/shop?range=90d", "incidents", "incidents/i1", "feed.atom")


async def written(path: Path) -> HistoryAccess:
    """A database with three days of a target, an incident and its message."""
    store = open_store(str(path), MonitorSettings(database=str(path)), NOW)
    records = []
    for hour in range(72, 0, -1):
        at = NOW - hour * 3600
        bad = hour <= 2
        health = Health.UNHEALTHY if bad else Health.HEALTHY
        spell = TimeClass.DOWN if bad else TimeClass.UP
        found = Observation(at, health, text="status 503" if bad else "", status=200, elapsed=0.1)
        records.append(CheckRecord("shop", found, (Span(at - 3600, at, spell),)))
    await store.write(
        Commit(tuple(records), incidents=(incident("i1"),), messages=(message("i1"),))
    )
    await store.maintain(NOW)
    await store.close()
    return HistoryReader(str(path))


async def test_a_real_history(tmp_path: Path) -> None:
    """Bars, uptimes, chart, checks, incident and message come from the file."""
    reader = await written(tmp_path / "monitor.db")
    live = MadeUp([view("shop", Condition.DOWN, name="Shop")])
    async with Served(live, reader) as page:
        for path in PATHS:
            await page.get(path)
        found = parse(await page.get("targets/shop?range=7d"))
        assert len(found.css(".checks tbody tr")) == 30
        assert len(found.css("svg.chart path.line")) == 1
        assert "down 2 h" in texts(found, ".tiles li")[0]
        assert texts(parse(await page.get("")), ".list .uptime") == ["97.22 %"]
        assert texts(parse(await page.get("incidents/i1")), ".messages tbody td")[0] == "mail"


async def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    """What is known now is shown; what is not says why."""
    live = MadeUp([view("shop", name="Shop")])
    async with Served(live, HistoryReader(str(tmp_path / "none.db"))) as page:
        assert "the history cannot be read" in await page.get("")
        await page.get("incidents", 503)


@pytest.mark.parametrize("day", [0, 1])
async def test_a_day_is_where_it_belongs(tmp_path: Path, day: int) -> None:
    """Today and yesterday stand at the end of the bars."""
    reader = await written(tmp_path / "monitor.db")
    first = NOW // DAY * DAY - day * DAY
    (found,) = reader.days(["shop"], first, first)["shop"]
    assert found.start == first
