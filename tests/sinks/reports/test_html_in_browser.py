"""The page in a real browser: nothing complains, nothing is asked for, and it works."""

import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fetcher.sinks.reports.html_report import render_html
from tests.sinks.reports.making import ALL, EVIL, SLOW, entry, many, report
from tests.support import browser
from tests.support.browser import Browser, Tab

pytestmark = pytest.mark.skipif(browser.executable() is None, reason=browser.SKIP_REASON)

LONG = "https://long.example/" + "x" * 300
ENTRIES = [
    *ALL,
    entry("https://evil.example/", title=EVIL, elapsed_ms=900.0),
    entry(LONG, "unhealthy", trouble="dns", reason="y" * 300, status=None, elapsed_ms=None),
    entry("https://z.example/", title="Zebra", status=204, elapsed_ms=3.0),
]
URLS = (
    "[...document.querySelectorAll('tr[data-url]')]"
    ".filter(row => row.getClientRects().length).map(row => row.dataset.url)"
)
"""What is shown, in its order."""


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Tab]:
    """A page in a browser; afterwards: it had no problem, and asked for nothing but itself."""
    path = tmp_path / "report.html"
    path.write_text(report(render_html, ENTRIES), "utf-8")
    async with Browser() as chromium:
        tab = await chromium.tab()
        await tab.show(1280)
        await tab.open(path.as_uri())
        yield tab
        assert tab.problems == []
        assert set(tab.requests) == {path.as_uri()}


async def change(tab: Tab, name: str, value: str) -> None:
    """Set a control as a user does, with the events that follow."""
    await tab.evaluate(
        f"(() => {{ const c = document.getElementById('controls').elements['{name}'];"
        f"c.value = '{value}'; for (const e of ['input', 'change'])"
        "c.dispatchEvent(new Event(e, {bubbles: true})); })()"
    )


async def test_markup_stays_text(opened: Tab) -> None:
    """A title with markup is on the page as text, and has made no element."""
    assert await opened.evaluate("document.images.length") == 0
    titles = await opened.evaluate(
        "[...document.querySelectorAll('tr[data-url] .title')].map(t => t.textContent)"
    )
    assert EVIL in titles


async def test_filtering(opened: Tab) -> None:
    """Words, health and trouble each leave the rows that have them all, and say how many."""
    every = [one.url for one in ENTRIES]
    assert await opened.evaluate(URLS) == every
    await change(opened, "text", "ZEBRA z.example")
    assert await opened.evaluate(URLS) == ["https://z.example/"]
    assert await opened.evaluate("document.getElementById('found').value") == "Showing 1 of 7"
    await change(opened, "text", "")
    await change(opened, "trouble", "dns")
    assert await opened.evaluate(URLS) == [LONG]
    await change(opened, "trouble", "")
    await opened.evaluate("document.querySelector('[name=health][value=healthy]').click()")
    assert await opened.evaluate(URLS) == [one.url for one in ENTRIES if one.health != "healthy"]
    await opened.evaluate("document.querySelector('[name=health][value=healthy]').click()")
    assert await opened.evaluate(URLS) == every


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("url", sorted(one.url for one in ENTRIES)),
        ("health", ["a.example/gone", LONG, "b.", "c.", "d.", "evil.", "z."]),
        ("ms", ["z.", "d.", "a.", "b.", "c.", "evil.", LONG]),
        ("status", ["d.", "a.", "b.", "c.", "evil.", "z.", LONG]),
    ],
)
async def test_sorting_by_a_heading(opened: Tab, column: str, expected: list[str]) -> None:
    """A click sorts, the worst health first and what has no value last; a second one turns it."""
    press = f"document.querySelector('th[data-sort={column}] button').click()"
    state = f"document.querySelector('th[data-sort={column}]').ariaSort"
    await opened.evaluate(press)
    found = await opened.evaluate(URLS)
    assert len(found) == len(expected)
    assert all(part in url for part, url in zip(expected, found, strict=True))
    assert await opened.evaluate(state) == "ascending"
    await opened.evaluate(press)
    turned = await opened.evaluate(URLS)
    assert turned != found
    assert sorted(turned) == sorted(found)
    assert await opened.evaluate(state) == "descending"
    if column in ("ms", "status"):
        assert turned[-1] == LONG


async def test_sorting_by_the_list_and_back(opened: Tab) -> None:
    """The control sorts the slowest first, and brings back the order of the input."""
    await change(opened, "sort", "ms")
    assert (await opened.evaluate(URLS))[0] == "https://evil.example/"
    await change(opened, "sort", "")
    assert await opened.evaluate(URLS) == [one.url for one in ENTRIES]
    assert await opened.evaluate("document.querySelectorAll('[aria-sort]').length") == 0


async def test_filter_and_order_go_together(opened: Tab) -> None:
    """What is sorted stays filtered."""
    await change(opened, "text", "a title")
    before = await opened.evaluate(URLS)
    await opened.evaluate("document.querySelector('th[data-sort=url] button').click()")
    assert await opened.evaluate(URLS) == sorted(before)
    assert 1 < len(before) < len(ENTRIES)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_at_any_width(opened: Tab, tmp_path: Path, width: int, dark: bool) -> None:
    """Nothing lies beyond the screen's edge, in light and in dark; a picture shows it."""
    await opened.show(width, dark=dark)
    page: Any = await opened.evaluate(
        "({wide: document.documentElement.scrollWidth, screen: innerWidth,"
        " over: [...document.querySelectorAll('main *:not(.unseen, .unseen *)')].filter("
        "   e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML),"
        " paper: getComputedStyle(document.body).backgroundColor})"
    )
    assert page["wide"] <= page["screen"] == width
    assert page["over"] == []
    assert (sum(map(int, page["paper"][4:-1].split(", "))) < 3 * 128) == dark
    await opened.screenshot(tmp_path / "page.png")
    data = (tmp_path / "page.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24])[0] == width


async def test_without_scripts(tmp_path: Path) -> None:
    """Every URL and every group can be read, and no control is there that would do nothing."""
    path = tmp_path / "report.html"
    path.write_text(report(render_html, [*many(30), SLOW]), "utf-8")
    async with Browser() as chromium:
        tab = await chromium.tab(scripts=False)
        await tab.open(path.as_uri())
        assert len(await tab.evaluate(URLS)) == 31
        assert (
            await tab.evaluate("getComputedStyle(document.getElementById('controls')).display")
            == "none"
        )
        assert await tab.evaluate("document.querySelectorAll('th button').length") == 0
        assert await tab.evaluate("document.querySelector('.group li').offsetHeight > 0") is True
        assert tab.problems == []


async def test_what_the_browser_reports_is_seen(tmp_path: Path) -> None:
    """The watch itself works: errors, a blocked script and requests are noted."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
        "<script>1</script><img src=missing.png>",
        "utf-8",
    )
    async with Browser() as chromium:
        tab = await chromium.tab()
        await tab.open(path.as_uri())
        assert any("Content Security Policy" in problem for problem in tab.problems)
        assert (tmp_path / "missing.png").as_uri() in tab.requests


async def test_a_long_list(tmp_path: Path) -> None:
    """Where rows off the screen are not laid out, all are there, and found and sorted as ever."""
    path = tmp_path / "report.html"
    path.write_text(report(render_html, many(1_200)), "utf-8")
    async with Browser() as chromium:
        tab = await chromium.tab()
        await tab.open(path.as_uri())
        assert await tab.evaluate("document.querySelectorAll('.long').length") == 1
        assert len(await tab.evaluate(URLS)) == 1_200
        await change(tab, "text", "h119")
        expected = [f"https://h{number}.example/" for number in (119, *range(1190, 1200))]
        assert await tab.evaluate(URLS) == expected
        await change(tab, "sort", "url")
        assert await tab.evaluate(URLS) == sorted(expected)
        assert tab.problems == []
