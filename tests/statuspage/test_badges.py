"""Badges over HTTP."""

import pytest

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.target_state import Condition
from tests.statuspage.making import MadeUp, Past, view
from tests.statuspage.served import Served


async def test_badges() -> None:
    """The condition, and the uptime of so many days; others may keep them for a minute."""
    async with Served(MadeUp([view("shop", Condition.DOWN, name="Shop")])) as page:
        async with page.client.get(page.url + "badge/shop.svg") as response:
            assert response.content_type == "image/svg+xml"
            assert response.headers["Cache-Control"] == "max-age=60"
            assert "Shop: down" in await response.text()
        assert "99.984 % in 30 d" in await page.get("badge/shop/uptime.svg")
        assert "99.933 % in 7 d" in await page.get("badge/shop/uptime.svg?days=7")


@pytest.mark.parametrize(
    ("path", "status"),
    [("none.svg", 404), ("none/uptime.svg", 404), ("shop/uptime.svg?days=0", 400)],
)
async def test_what_is_not_there(path: str, status: int) -> None:
    """It is said."""
    async with Served(MadeUp([view("shop")])) as page:
        await page.get(f"badge/{path}", status)


async def test_a_target_that_nobody_watched() -> None:
    """Its badge says so, instead of a share of nothing."""

    class Empty(Past):
        def uptime(self, key: str, since: float, until: float) -> Uptime:
            return Uptime()

    async with Served(MadeUp([view("shop")]), Empty()) as page:
        assert "not monitored in 30 d" in await page.get("badge/shop/uptime.svg")
