"""Silences are shown, made and ended."""

from fetcher.monitor.incident import Silence
from tests.statuspage.making import EVIL, NOW, MadeUp
from tests.statuspage.pages.reading import csrf_of, parse, texts, value
from tests.statuspage.served import TOKEN, Served, page_settings


async def test_reading() -> None:
    """Those that end first come first; who has not logged in has nothing to press."""
    live = MadeUp(
        silenced=[Silence("s1", "b*", NOW + 7200, "Ada", EVIL), Silence("s0", "a", NOW + 60)]
    )
    async with Served(live) as page:
        found = parse(await page.get("silences"))
        assert texts(found, ".cards code") == ["a", "b*"]
        assert texts(found, ".cards .soft")[1] == ("until 2026-11-21 08:00, 2 h left · by Ada")
        assert texts(found, ".cards .reason") == [EVIL]
        assert found.css("main form") == []


async def test_there_are_none() -> None:
    """It is said."""
    async with Served(MadeUp()) as page:
        assert "No silences." in await page.get("silences")


async def test_making_and_ending() -> None:
    """The form makes one, the button ends it."""
    live = MadeUp()
    async with Served(live) as page:
        await page.log_in()
        form = await page.get("silences?pattern=https%3A%2F%2Fa.example")
        assert value(parse(form), "[name=pattern]") == "https://a.example"
        fields = {"csrf": csrf_of(form), "pattern": "shop-*", "for": "8h", "why": "w", "by": "Ada"}
        made = parse(await page.post("silences", data=fields))
        assert texts(made, ".cards code") == ["shop-*"]
        ended = await page.post("silences/s0/end", data={"csrf": fields["csrf"]})
        assert "No silences." in ended
        await page.post("silences/s0/end", 404, data={"csrf": fields["csrf"]})
        assert "not a duration" in await page.post("silences", 400, data=fields | {"for": "x"})
    assert live.asked == [
        ("silence", "shop-*", NOW + 8 * 3600, "Ada", "w"),
        ("unsilence", "s0"),
        ("unsilence", "s0"),
    ]


async def test_who_made_it() -> None:
    """Who gives no name is named by their login, or not at all."""
    live = MadeUp()
    settings = page_settings(user="ada", password="secret")
    async with Served(live, settings=settings) as page:
        await page.post("login", data={"user": "ada", "secret": "secret"})
        fields = {"csrf": csrf_of(await page.get("silences")), "pattern": "x", "for": "1h"}
        await page.post("silences", data=fields)
        await page.post("login", data={"secret": TOKEN})
        fields["csrf"] = csrf_of(await page.get("silences"))
        await page.post("silences", data=fields | {"by": ""})
    assert [by for _, _, _, by, _ in live.asked] == ["ada", "someone"]
