"""The monitor's page about itself."""

from dataclasses import replace

from fetcher.monitor.plan import ChannelSettings, Plan
from tests.statuspage.making import NOW, MadeUp, view
from tests.statuspage.pages.reading import parse, texts
from tests.statuspage.served import Served


async def test_what_it_says_when_all_is_well() -> None:
    """Figures in words."""
    live = MadeUp([view("shop")])
    live.state = replace(
        live.state,
        checks=1234,
        running=5,
        late=2,
        lag=0.02,
        loop_lag=0.004,
        missed={"late": 3, "running": 0, "clock": 1},
        database_bytes=123_000_000,
        outbox=1,
        sent=7,
        reloaded=NOW - 60,
    )
    async with Served(live) as page:
        found = parse(await page.get("monitor"))
    facts = dict(zip(texts(found, "dt"), texts(found, "dd"), strict=True))
    assert facts == {
        "Up since": "2026-11-21 05:00, for 1 h",
        "Targets": "1",
        "Checks": "1,234 done, 5 running",
        "Late": "2 started more than a second late; delay 20 ms (99th percentile)",
        "Missed": "3 because the monitor was late, 1 because the clock was changed",
        "Event loop": "delay 4 ms (99th percentile)",
        "Connectivity": "✓ OK",
        "Database": "✓ OK, 123 MB of at most 1.0 GB",
        "Messages": "7 sent, 1 queued",
        "Configuration": "loaded 2026-11-21 05:59",
        "mail": "email ✓ OK",
    }


async def test_what_it_says_when_nothing_is() -> None:
    """Every trouble has its words."""
    live = MadeUp()
    live.state = replace(
        live.state,
        ready=False,
        offline_since=NOW - 60,
        offline_why="cut",
        database_error="full",
        reload_error="line 3",
        failing={"mail": "refused"},
    )
    live.plan = Plan(
        (),
        channels=(ChannelSettings("mail", "email"),),
        controls=("https://c.example/",),
        notices=("twice",),
    )
    async with Served(live) as page:
        found = parse(await page.get("monitor"))
    facts = dict(zip(texts(found, "dt"), texts(found, "dd"), strict=True))
    assert facts["Up since"].endswith("! still starting")
    assert facts["Connectivity"] == (
        "✗ offline since 2026-11-21 05:59: cut · control targets: https://c.example/"
    )
    assert facts["Database"].startswith("✗ not writable full, ")
    assert facts["Configuration"] == "✗ latest version rejected line 3"
    assert facts["mail"] == "email ✗ failing refused"
    assert texts(found, "main li") == ["twice"]


async def test_health_for_supervisors() -> None:
    """Ready once all parts run; healthy while the database can be written."""
    live = MadeUp()
    async with Served(live) as page:
        assert await page.get("healthz") == "ok\n"
        assert await page.get("readyz") == "ready\n"
        live.state = replace(live.state, ready=False, database_error="disk full")
        assert "disk full" in await page.get("healthz", 503)
        await page.get("readyz", 503)
