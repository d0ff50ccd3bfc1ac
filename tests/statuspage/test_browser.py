"""The pages in a real browser: they look right, nothing complains, and forms are protected."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.history.history_rows import CheckRow
from fetcher.monitor.incident import DeliveryStatus, MessageKind, Silence
from fetcher.monitor.target_state import Condition
from fetcher.statuspage.pages import target_page
from tests.statuspage.making import DAY, EVIL, NOW, MadeUp, Past, message, view
from tests.statuspage.making import incident as made
from tests.statuspage.served import TOKEN, Served
from tests.support import browser
from tests.support.browser import Browser, Tab

pytestmark = pytest.mark.skipif(browser.executable() is None, reason=browser.SKIP_REASON)

LONG = "https://a-very-long-name.example/" + "path/" * 60
PAGES = (
    "",
    "?text=nothing",
    "targets/shop",
    "targets/evil",
    "targets/fresh",
    "incidents",
    "incidents/i1",
    "incidents/i0",
    "silences",
    "monitor",
    "login",
    "nothing",
)
OVER = (
    "[...document.querySelectorAll('body *')].filter("
    "e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML)"
)
"""What lies beyond the right edge of the screen."""


def monitor() -> tuple[MadeUp, Past]:
    """A monitor with everything that a page can show, some of it strange or long."""
    evil = view("evil", Condition.DOWN, text=EVIL, name=EVIL, group=EVIL)
    views = [
        view("shop", Condition.DOWN, text="status 503, expected 200..299", name="Shop", group="eu"),
        replace(evil, maintenance=EVIL),
        view("long", Condition.DEGRADED, text="x" * 300, name="y" * 200, group="z" * 100, url=LONG),
        replace(view("fresh", Condition.NEW, group="eu"), latest=None),
        *[view(f"host{n}", name=f"Service {n}", group="us") for n in range(60)],
    ]
    lasting = [made("i1", text=EVIL, cause=LONG), made("i2", acknowledged=NOW, acknowledged_by="A")]
    live = MadeUp(views, lasting=lasting, silenced=[Silence("s0", LONG, NOW + 60, EVIL, EVIL)])
    live.state = replace(
        live.state, offline_since=NOW - 60, offline_why=EVIL, failing={"mail": "x" * 200}
    )
    over = made("i0", opened=NOW - DAY, began=NOW - DAY, closed=NOW - DAY + 60)
    told = [
        message("i1"),
        message(
            "i1",
            MessageKind.REMINDER,
            status=DeliveryStatus.GIVEN_UP,
            sent=None,
            attempts=9,
            error="x" * 200,
        ),
    ]
    checks = [
        CheckRow(NOW - n * 60, NOW, Health.UNHEALTHY, Trouble.CONTENT, EVIL + "x" * 200, 200, 0.1)
        for n in range(3)
    ]
    return live, Past(happened=[*lasting, over], told=told, made=checks)


@asynccontextmanager
async def opened(*, scripts: bool = True) -> AsyncIterator[tuple[Served, Tab]]:
    """The pages, and a browser; afterwards: nothing complained, and only we were asked."""
    live, past = monitor()
    async with Served(live, past) as page, Browser() as chromium:
        tab = await chromium.tab(scripts=scripts)
        yield page, tab
        # That a page is missing is what a browser calls an error too.
        assert [one for one in tab.problems if "404" not in one] == []
        assert [url for url in tab.requests if not url.startswith(page.url)] == []


async def send(tab: Tab, form: str, **values: str) -> None:
    """Fill in a form and press its button, and wait for the page that follows."""
    fields = "".join(f"form.elements['{name}'].value = '{text}';" for name, text in values.items())
    await tab.evaluate(
        f"(() => {{ window.before = true; const form = document.querySelector('{form}');"
        f"{fields} form.querySelector('button').click(); }})()"
    )
    # Between two pages there is an empty one for a moment, which is complete as well.
    ready = (
        "!window.before && document.readyState === 'complete' && !!document.querySelector('footer')"
    )
    for _ in range(1_000):
        if await tab.evaluate(ready):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("no page has followed")


async def log_in(page: Served, tab: Tab) -> None:
    """Log in as people do."""
    await tab.open(page.url + "login")
    await send(tab, "main form", secret=TOKEN)
    assert "Log out" in await tab.evaluate("document.querySelector('.top').textContent")


async def test_every_page_at_every_width(tmp_path: Path) -> None:
    """Nothing lies beyond the edge, in light and dark; no markup of others; pictures show it."""
    async with opened() as (page, tab):
        for width, dark in ((360, False), (360, True), (1280, False), (1280, True)):
            await tab.show(width, dark=dark)
            for path in PAGES:
                await tab.open(page.url + path)
                assert await tab.evaluate("document.documentElement.scrollWidth") == width, path
                assert await tab.evaluate(OVER) == [], path
                assert await tab.evaluate("document.querySelectorAll('img[src=x]').length") == 0
                paper = await tab.evaluate("getComputedStyle(document.body).backgroundColor")
                assert (sum(map(int, paper[4:-1].split(", "))) < 3 * 128) == dark
            picture = tmp_path / f"{width}-{dark}.png"
            await tab.screenshot(picture)
            assert picture.stat().st_size > 1000


async def test_people_change_things() -> None:
    """Logging in, acknowledging, silencing, ending, logging out, all by hand."""
    async with opened() as (page, tab):
        await log_in(page, tab)
        await tab.open(page.url + "incidents/i1")
        await send(tab, "main form", by="Ada")
        assert "by Ada" in await tab.evaluate("document.querySelector('.facts').textContent")
        await tab.open(page.url + "silences")
        await send(tab, "section form", pattern="shop-*", why="work")
        assert await tab.evaluate("document.querySelectorAll('.cards > li').length") == 2
        await send(tab, ".cards form")
        assert await tab.evaluate("document.querySelectorAll('.cards > li').length") == 1
        await send(tab, ".top form")
        assert "Log in" in await tab.evaluate("document.querySelector('.top').textContent")
    assert [name for name, *_ in page.live.asked] == ["acknowledge", "silence", "unsilence"]


async def test_without_scripts() -> None:
    """Everything works the same, and the overview is loaded anew by the browser itself."""
    async with opened(scripts=False) as (page, tab):
        await log_in(page, tab)
        await tab.open(page.url + "incidents/i1")
        await send(tab, "main form", by="Ada")
        await tab.open(page.url)
        await send(tab, ".controls", text="host7.")
        rows = "[...document.querySelectorAll('.list .what > a')].map(a => a.textContent)"
        assert await tab.evaluate(rows) == ["Service 7"]
        assert await tab.evaluate("document.querySelectorAll('meta[http-equiv=refresh]').length")
    assert page.live.asked == [("acknowledge", "i1", "Ada")]


async def test_a_form_on_another_page_is_refused() -> None:
    """A page of the same host on another port, to which the session's cookie comes along."""

    async def trap(request: web.Request) -> web.Response:
        form = f'<form method=post action="{page.url}incidents/i1/acknowledge"><button>'
        return web.Response(text=form, content_type="text/html")

    live, past = monitor()
    other = web.Application()
    other.router.add_get("/", trap)
    runner = web.AppRunner(other)
    await runner.setup()
    async with Served(live, past) as page, Browser() as chromium:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        tab = await chromium.tab()
        await log_in(page, tab)
        await tab.open(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await send(tab, "form")
        assert "comes from another site" in await tab.evaluate("document.body.textContent")
        # Our own page was open to it, and still is.
        await tab.open(page.url)
        assert "Log out" in await tab.evaluate("document.querySelector('.top').textContent")
    await runner.cleanup()
    assert live.asked == []


async def test_the_chart_is_drawn() -> None:
    """Lines and bars have the size that they should, so the style sheet fits the drawings."""
    async with opened() as (page, tab):
        await tab.show(1280)
        await tab.open(page.url + "targets/shop")
        box = "(s => { const b = document.querySelector(s).getBoundingClientRect();"
        size = box + "return [Math.round(b.width), Math.round(b.height)]; })"
        assert await tab.evaluate(f"{size}('svg.chart')") == [1054, 216]
        assert await tab.evaluate(f"{size}('section > svg.days')") == [1088, 40]
        assert await tab.evaluate("document.querySelectorAll('.days .hit').length") == 90
        lines = "document.querySelectorAll('path.line').length"
        for span in target_page.RANGES:
            await tab.open(f"{page.url}targets/shop?range={span}")
            assert await tab.evaluate(lines) == 2
