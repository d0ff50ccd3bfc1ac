"""The page of one target."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.history.history_rows import CheckRow
from fetcher.monitor.incidents.alert_plan import matches
from fetcher.monitor.plan import Cron, MaintenanceWindow
from fetcher.monitor.target_state import Condition
from tests.statuspage.making import DAY, EVIL, NOW, MadeUp, Past, incident, view
from tests.statuspage.pages.reading import links, parse, texts, value
from tests.statuspage.served import Served

CHECKS = [
    CheckRow(NOW - 60, NOW - 60, Health.UNHEALTHY, Trouble.SERVER_ERROR, EVIL, 503, 0.1),
    CheckRow(NOW - 120, NOW - 120, Health.UNKNOWN, None, "could not see"),
]


async def test_what_is_shown() -> None:
    """State, reason, facts, uptimes, chart, checks and incidents."""
    shop = view("shop", Condition.DOWN, text="status 503", name="Shop", group="front")
    past = Past(happened=[incident("i1")], made=CHECKS)
    async with Served(MadeUp([shop]), past) as page:
        found = parse(await page.get("targets/shop"))
    assert texts(found, "title")[0] == "Shop is down · Status"
    assert texts(found, ".state")[0] == "✗ down since 2026-11-14 05:00, for 7 d 1 h"
    assert texts(found, ".banner .reason") == ["status 503"]
    facts = dict(zip(texts(found, "dt"), texts(found, "dd"), strict=True))
    assert facts == {
        "URL": "https://shop.example/",
        "Group": "front",
        "Checked": "every 1m, next in 40 s",
        "Latest check": "2026-11-21 05:59:40, 123 ms, status 503",
        "Certificate": "valid for 40 d, until 2026-12-31 06:00",
        "Address": "192.0.2.7, HTTP/1.1, TLS 1.3",
    }
    assert texts(found, ".tiles li")[0] == (
        "24h 99.534 % down 6 min 40 s degraded 1 min 40 s maintenance 3 min 20 s "
        "not monitored 5 min"
    )
    assert len(found.css(".tiles li")) == 4
    assert len(found.css("svg.days title")) == 90
    assert len(found.css("svg.chart")) == 1
    assert texts(found, ".checks tbody tr") == [
        f"2026-11-21 05:59:00 ✗ unhealthy {EVIL} 503 100 ms",
        "2026-11-21 05:58:00 ? unknown could not see – –",
    ]
    assert links(found, ".cards a") == ["../incidents/i1"]
    assert found.css("main script, img[onerror]") == []


@pytest.mark.parametrize("span", ["24h", "7d", "30d", "90d"])
async def test_ranges(span: str) -> None:
    """Each range of the chart can be asked for, and says that it is the one shown."""
    async with Served(MadeUp([view("shop")])) as page:
        found = parse(await page.get(f"targets/shop?range={span}"))
        assert texts(found, ".ranges strong") == [span]
        assert len(found.css(".ranges a")) == 3
        assert len(found.css("svg.chart path.line")) == 2


async def test_what_is_not_there() -> None:
    """An unknown target and an unknown range are said."""
    async with Served(MadeUp([view("shop")])) as page:
        assert "There is no such target." in await page.get("targets/none", 404)
        assert "range is not one of 24h" in await page.get("targets/shop?range=1y", 400)


@pytest.mark.parametrize(
    "key",
    [
        "https://a.example/b?c=d&e=f#g",
        "a/b",
        "a b",
        "50%",
        "50%2F",
        "a?b",
        "ä€😀",
        "a+b",
        ";",
        "'\"<",
    ],
)
async def test_any_key_has_a_page(key: str) -> None:
    """Whatever a target is called, its links lead to it."""
    async with Served(MadeUp([view(key, name="Found", url="https://a.example/")])) as page:
        there = links(parse(await page.get("")), ".list .what > a")[0]
        found = parse(await page.get(there.removeprefix("./")))
        assert texts(found, "h1") == ["Found"]
        assert texts(found, ".brand") == ["Status"]
        for picture in found.css("img"):
            source = (picture.attributes["src"] or "").removeprefix("../")
            assert (await page.get(source)).startswith("<svg")
        json = links(found, ".links a")[1].removeprefix("../")
        assert '"name": "Found"' in await page.get(json)


async def test_silencing_it() -> None:
    """The link proposes a pattern that this target fits, whatever letters its name has."""
    views = [view(key, url="https://a.example/") for key in ("https://[::1]/?b=1", "[b]", "c*")]
    async with Served(MadeUp(views)) as page:
        await page.log_in()
        for one in views:
            found = parse(await page.get(f"targets/{quote(one.target.key, safe='')}"))
            form = parse(await page.get(links(found, ".links a")[0].removeprefix("../")))
            pattern = value(form, "[name=pattern]")
            assert [matches(pattern, other.target) for other in views] == [
                one is other for other in views
            ]


async def test_what_follows_from_the_configuration() -> None:
    """Cron times, windows, silence, an expired certificate; nothing where nothing is known."""
    shop = view("shop", expires=NOW - 3600, ip="")
    windows = (
        MaintenanceWindow("weekly", cron="0 3 * * 0", zone="Europe/Berlin", duration=7200.0),
        MaintenanceWindow("once", start=NOW, end=NOW + DAY),
    )
    watched = replace(shop.target, timing=Cron("*/5 * * * *"), windows=windows)
    fresh = replace(view("fresh", Condition.NEW), latest=None)
    live = MadeUp([replace(shop, target=watched, silenced=True, incident="i9"), fresh])
    async with Served(live) as page:
        found = parse(await page.get("targets/shop"))
        assert "*/5 * * * * (UTC)" in texts(found, "dd")
        assert "weekly: 0 3 * * 0 (Europe/Berlin), 2 h" in texts(found, "dd")
        assert "once: 2026-11-21 06:00 to 2026-11-22 06:00" in texts(found, "dd")
        assert "expired on 2026-11-21 05:00" in texts(found, "dd")
        assert texts(found, ".tag") == ["silenced"]
        assert "../incidents/i9" in links(found)
        new = parse(await page.get("targets/fresh"))
        assert texts(new, ".state") == ["· new not enough checks yet"]
        assert texts(new, "dt") == ["URL", "Checked"]


async def test_only_links_of_the_web() -> None:
    """A URL of another kind is shown and leads nowhere; links tell the other side nothing."""
    live = MadeUp([view("bad", url="javascript:alert(1)"), view("good")])
    async with Served(live) as page:
        bad = parse(await page.get("targets/bad"))
        assert "javascript:alert(1)" in texts(bad, "dd")
        assert not [link for link in links(bad) if "javascript" in link]
        (link,) = parse(await page.get("targets/good")).css("dd a")
        assert link.attributes["href"] == "https://good.example/"
        assert "noopener" in (link.attributes["rel"] or "")


async def test_without_a_history() -> None:
    """What is known now is shown still."""
    async with Served(MadeUp([view("shop")]), Past(error=OSError("disk gone"))) as page:
        found = parse(await page.get("targets/shop"))
    assert texts(found, ".warning") == ["the history cannot be read: disk gone"]
    assert texts(found, ".state")
    assert found.css(".chart") == []
