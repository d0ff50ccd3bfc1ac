"""The overview: what is wrong is said first, and every target is found."""

from dataclasses import replace

import pytest

from fetcher.monitor.target_state import Condition
from fetcher.statuspage.pages.overview_page import headline
from tests.statuspage.making import DAY, EVIL, NOW, MadeUp, Past, incident, view
from tests.statuspage.pages.reading import links, parse, texts, value
from tests.statuspage.served import Served

MANY = [view(f"t{n:03}", name=f"Target {n:03}", group=f"g{n % 3}") for n in range(120)]
MIXED = [
    view("shop", Condition.DOWN, text="status 503", name="Shop", group="front"),
    view("mail", Condition.DEGRADED, text="took 2 s", name="Mail", group="back"),
    view("wiki", name="Wiki", group="back"),
]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "No targets"),
        ({Condition.UP: 1}, "The target is up"),
        ({Condition.UP: 2000}, "All 2,000 targets are up"),
        ({Condition.UP: 3, Condition.NEW: 1}, "3 of 4 targets up so far"),
        ({Condition.DOWN: 1}, "1 down of 1 target"),
        (
            {Condition.DOWN: 1, Condition.DEGRADED: 2, Condition.UP: 1000},
            "1 down, 2 degraded of 1,003 targets",
        ),
    ],
)
def test_headlines(counts: dict[Condition, int], said: str) -> None:
    """One sentence, the worst first."""
    assert headline(counts) == said


async def test_rows() -> None:
    """Worst first, each with its condition, reason, latest time, bars and uptime."""
    async with Served(MadeUp(MIXED)) as page:
        found = parse(await page.get(""))
    assert texts(found, "h1") == ["1 down, 1 degraded of 3 targets"]
    assert texts(found, ".list .what > a") == ["Shop", "Mail", "Wiki"]
    assert links(found, ".list .what > a") == ["./targets/shop", "./targets/mail", "./targets/wiki"]
    assert texts(found, ".list .what .reason") == ["status 503", "took 2 s"]
    assert texts(found, ".list .condition")[0] == "✗ down for 7 d 1 h"
    assert texts(found, ".list .latest")[0] == "123 ms 20 s ago"
    assert texts(found, ".list .uptime")[0] == "99.952 %"
    assert len(found.css(".list svg.days")) == 3


async def test_marks_of_a_row() -> None:
    """Maintenance, silence and flapping are said; who was not checked yet has no time."""
    views = [
        replace(view("a"), maintenance="weekly"),
        replace(view("b"), silenced=True),
        replace(view("c"), latest=None),
    ]
    views[2] = replace(views[2], state=replace(views[2].state, flapping=True))
    async with Served(MadeUp(views)) as page:
        found = parse(await page.get(""))
    assert texts(found, ".list .tag") == ["maintenance: weekly", "silenced", "flapping"]
    assert texts(found, ".list .latest")[2] == "not checked yet"


async def test_pages_of_fifty() -> None:
    """Following the links shows every target once, and leads back."""
    async with Served(MadeUp(MANY)) as page:
        seen, path, pages = [], "", []
        while True:
            found = parse(await page.get(path))
            pages.append(path)
            seen += texts(found, ".list .what > a")
            further = links(found, "a[rel=next]")
            if not further:
                break
            path = further[0]
        assert seen == [one.target.name for one in MANY]
        assert texts(found, ".paging span") == ["101–120 of 120"]
        assert links(found, "a[rel=prev]") == ["?offset=50"]
        assert len(pages) == 3
        assert links(parse(await page.get("")), "a[rel=prev]") == []


async def test_filters() -> None:
    """Text, condition and group go together, stay in the form, and go along to the next page."""
    async with Served(MadeUp([*MANY, *MIXED])) as page:
        found = parse(await page.get("?text=mail&condition=degraded&group=back"))
        assert texts(found, ".list .what > a") == ["Mail"]
        chosen = found.css("option[selected]")
        assert [node.text() for node in chosen] == ["degraded", "back"]
        assert value(found, "[name=text]") == "mail"
        assert texts(parse(await page.get("?condition=down")), ".list .what > a") == ["Shop"]
        found = parse(await page.get("?text=target&offset=50&condition="))
        assert links(found, "a[rel=next]") == ["?text=target&offset=100"]
        assert links(found, "a[rel=prev]") == ["?text=target&offset=0"]
        none = parse(await page.get("?text=nowhere"))
        assert "No matching targets." in texts(none, "main p")
        assert links(none, ".clear") == ["./"]


@pytest.mark.parametrize(
    "query", ["?condition=bad", "?offset=-1", "?offset=x", "?limit=0", "?limit=9999", "?offset=²"]
)
async def test_what_cannot_be_asked(query: str) -> None:
    """It is refused with what was expected."""
    async with Served(MadeUp(MIXED)) as page:
        assert "is not" in await page.get(query, 400)


async def test_groups() -> None:
    """The worst group comes first, and leads to its targets."""
    async with Served(MadeUp(MIXED)) as page:
        found = parse(await page.get(""))
        assert texts(found, ".groups .name") == ["front", "back"]
        assert texts(found, ".groups a")[1] == "back ! 1 ✓ 1"
        path = links(found, ".groups a")[1]
        assert path == "?group=back"
        assert texts(parse(await page.get(path)), ".list .what > a") == ["Mail", "Wiki"]


async def test_open_incidents() -> None:
    """The latest ten are shown, and how many more there are."""
    lasting = [incident(f"i{n}") for n in range(12)]
    async with Served(MadeUp(MIXED, lasting=lasting)) as page:
        found = parse(await page.get(""))
    assert len(found.css(".cards .incident")) == 10
    assert texts(found, ".more") == ["And 2 more."]
    assert links(found, ".cards a")[0] == "./incidents/i0"


async def test_trouble_of_its_own_stands_at_the_top() -> None:
    """Blindness, a database that cannot be written, a channel, a configuration."""
    live = MadeUp(MIXED)
    live.state = replace(
        live.state,
        offline_since=NOW - 60,
        offline_why="no control target answers",
        database_error="disk full",
        failing={"mail": "connection refused"},
        reload_error="monitor.toml:3: what?",
    )
    async with Served(live) as page:
        found = parse(await page.get(""))
    alarms = texts(found, ".alarm, .warning")
    assert alarms[0].startswith("The monitor is offline since 2026-11-21 05:59")
    assert alarms[0].endswith("no control target answers")
    assert alarms[1:] == [
        "The database cannot be written: disk full",
        "Channel mail is failing: connection refused",
        "The latest configuration was rejected: monitor.toml:3: what?",
    ]


async def test_without_a_history() -> None:
    """When the database cannot be read, the targets are shown still, and why there are no bars."""
    async with Served(MadeUp(MIXED), Past(error=OSError("disk gone"))) as page:
        found = parse(await page.get(""))
    assert texts(found, ".list .what > a") == ["Shop", "Mail", "Wiki"]
    assert texts(found, ".warning") == ["the history cannot be read: disk gone"]


async def test_nothing_is_watched() -> None:
    """An empty configuration is no error."""
    async with Served(MadeUp()) as page:
        assert "No targets configured." in await page.get("")


async def test_markup_stays_text() -> None:
    """Whatever a target, a group or a reason is called, it makes no element."""
    bad = view(EVIL, Condition.DOWN, text=EVIL, name=EVIL, group=EVIL, url="https://e.example/")
    bad = replace(bad, maintenance=EVIL)
    live = MadeUp([bad], lasting=[incident(EVIL, text=EVIL, cause=EVIL)])
    live.state = replace(
        live.state, failing={EVIL: EVIL}, offline_since=NOW - DAY, offline_why=EVIL
    )
    async with Served(live) as page:
        found = parse(await page.get(""))
        assert found.css("img") == []
        assert len(found.css("script")) == 1
        assert texts(found, ".list .what > a") == [EVIL]
        there = links(found, ".list .what > a")[0]
        assert texts(parse(await page.get(there)), "h1") == [EVIL]
        assert texts(parse(await page.get(links(found, ".groups a")[0])), ".list .what > a") == [
            EVIL
        ]


async def test_it_is_loaded_anew() -> None:
    """By a script of our own, and without scripts by the browser itself."""
    async with Served(MadeUp(MIXED)) as page:
        found = parse(await page.get(""))
        (script,) = found.css("script")
        assert "location.reload" in await page.get((script.attributes["src"] or "")[2:])
        assert 'http-equiv="refresh"' in await page.get("")
