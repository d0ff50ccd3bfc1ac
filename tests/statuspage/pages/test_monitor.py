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
        "Runs since": "2026-11-21 05:00, for 1 h",
        "Targets": "1",
        "Checks": "1,234 done, 5 under way",
        "Late": "2 began more than a second late; 99 of 100 begin within 20 ms",
        "Missed": "3 because this program was late, 1 because the clock was set",
        "Event loop": "99 of 100 times no later than 4 ms",
        "Sight": "✓ can see",
        "Database": "✓ can be written, 123 MB of at most 1.0 GB",
        "Messages": "7 delivered, 1 wait",
        "Configuration": "taken 2026-11-21 05:59",
        "mail": "email ✓ no trouble",
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
    assert facts["Runs since"].endswith("! not all parts run yet")
    assert facts["Sight"] == "✗ cannot see since 2026-11-21 05:59: cut · asks https://c.example/"
    assert facts["Database"].startswith("✗ cannot be written full, ")
    assert facts["Configuration"] == "✗ the latest was not taken line 3"
    assert facts["mail"] == "email ✗ does not deliver refused"
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
