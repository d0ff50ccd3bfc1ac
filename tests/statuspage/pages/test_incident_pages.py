"""The timeline, and the pages of incidents."""

from dataclasses import replace

import pytest

from fetcher.monitor.incident import About, DeliveryStatus, Incident, Member, MessageKind
from tests.statuspage.making import DAY, EVIL, NOW, MadeUp, Past, incident, message
from tests.statuspage.pages.reading import csrf_of, links, parse, texts
from tests.statuspage.served import Served


def happened(count: int) -> list[Incident]:
    """Incidents that are over, one each half day."""
    return [
        incident(f"o{n}", opened=NOW - n * DAY / 2, began=NOW - n * DAY / 2, closed=NOW - n)
        for n in range(1, count + 1)
    ]


async def test_the_timeline() -> None:
    """Latest first, by day, page after page, each once."""
    past = Past(happened=happened(70))
    async with Served(MadeUp(), past) as page:
        path, seen, days = "incidents", [], []
        while path:
            found = parse(await page.get(path))
            seen += links(found, ".cards a.name")
            days += texts(found, "h2")
            path = "".join([f"incidents{link}" for link in links(found, "a[rel=next]")])
    assert seen == [f"./incidents/o{n}" for n in range(1, 71)]
    assert days[:3] == ["2026-11-20", "2026-11-19", "2026-11-18"]


async def test_searching_the_timeline() -> None:
    """Only what fits, and the text goes along to older ones."""
    many = [replace(one, text="dns") for one in happened(40)]
    async with Served(MadeUp(), Past(happened=[*many, incident()])) as page:
        found = parse(await page.get("incidents?text=dns"))
        assert len(found.css(".cards .incident")) == 30
        assert links(found, "a[rel=next]")[0].startswith("?text=dns&before=")
        assert "No matching incidents." in await page.get("incidents?text=nothing")
        assert "before is not a time" in await page.get("incidents?before=x", 400)
        await page.get("incidents?before=nan")
        await page.get("incidents?before=inf")


async def test_an_incident_that_lasts() -> None:
    """Its members, its messages and what became of them; what is now counts, not what was."""
    members = (
        Member("shop", "https://shop.example/", "Shop", NOW - 600, text=EVIL),
        Member("mail", "https://mail.example/", "Mail", NOW - 600, NOW - 60),
    )
    now = incident("i1", *members, text="connection refused", cause="the address 192.0.2.7")
    told = [
        message("i1"),
        message(
            "i1",
            MessageKind.REMINDER,
            status=DeliveryStatus.WAITING,
            sent=None,
            attempts=2,
            error="refused",
        ),
        message(
            "i1",
            MessageKind.ESCALATION,
            status=DeliveryStatus.GIVEN_UP,
            sent=None,
            attempts=1,
            error="gone",
        ),
        message("other"),
    ]
    past = Past(happened=[incident("i1", text="as it was written")], told=told)
    async with Served(MadeUp(lasting=[now]), past) as page:
        found = parse(await page.get("incidents/i1"))
    assert texts(found, "h1") == ["2 targets: the address 192.0.2.7"]
    assert texts(found, ".state") == ["✗ down since 2026-11-21 05:50, for 10 min"]
    assert texts(found, ".cards .reason") == [EVIL]
    assert texts(found, ".cards .soft")[1] == "2026-11-21 05:50:00 to 2026-11-21 05:59:00"
    assert texts(found, ".messages tbody tr") == [
        "mail down ✓ sent 2026-11-21 05:50:20",
        "mail reminder … queued after 2 attempts refused",
        "mail escalation ✗ given up after 1 attempt gone",
    ]
    assert links(found, ".cards a") == ["../targets/shop", "../targets/mail"]


async def test_an_incident_that_is_over() -> None:
    """From, to, how long; and nothing to acknowledge."""
    over = incident("i1", closed=NOW, flapping=True, notified_at=None)
    async with Served(MadeUp(), Past(happened=[over])) as page:
        await page.log_in()
        found = parse(await page.get("incidents/i1"))
    assert texts(found, ".state") == [
        "✓ resolved · ✗ down from 2026-11-21 05:50 to 2026-11-21 06:00, lasted 10 min flapping"
    ]
    assert "no one" in texts(found, "dd")
    assert found.css("main form") == []


@pytest.mark.parametrize(
    ("about", "title"),
    [
        (About.CONNECTIVITY, "The monitor was offline"),
        (About.CHANNEL, "A channel failed to deliver"),
    ],
)
async def test_incidents_of_its_own(about: About, title: str) -> None:
    """They have no members, and are named by what they are about."""
    own = replace(incident("i1", about=about), members=())
    async with Served(MadeUp(lasting=[own])) as page:
        found = parse(await page.get("incidents/i1"))
    assert texts(found, "h1") == [title]
    assert found.css("#members") == []


async def test_acknowledging() -> None:
    """The form is there for who has logged in; who did it is shown, and it is asked for once."""
    live = MadeUp(lasting=[incident("i1")])
    async with Served(live) as page:
        assert "Log in</a> to acknowledge" in await page.get("incidents/i1")
        await page.log_in()
        csrf = csrf_of(await page.get("incidents/i1"))
        data = {"csrf": csrf, "by": " Ada "}
        found = parse(await page.post("incidents/i1/acknowledge", data=data))
        assert "2026-11-21 06:00 by Ada" in texts(found, "dd")
        assert found.css("main form") == []
        await page.post("incidents/none/acknowledge", 404, data=data)
    assert live.asked == [("acknowledge", "i1", "Ada"), ("acknowledge", "none", "Ada")]


async def test_what_is_not_there() -> None:
    """An unknown incident is said; so is a history that cannot be read."""
    async with Served(MadeUp()) as page:
        assert "There is no such incident." in await page.get("incidents/x", 404)
    async with Served(MadeUp(), Past(error=OSError("disk gone"))) as page:
        assert "disk gone" in await page.get("incidents", 503)
