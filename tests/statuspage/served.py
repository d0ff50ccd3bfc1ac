"""A page that is served to a test."""

from dataclasses import replace

import aiohttp

from fetcher.monitor.plan import PageSettings
from fetcher.statuspage import HistoryAccess, StatusPage
from tests.statuspage.making import MadeUp, Past

TOKEN = "open-sesame"


def page_settings(**changes: object) -> PageSettings:
    """Settings of a page on a free port that a token opens."""
    values: dict[str, object] = {"listen": "127.0.0.1:0", "token": TOKEN} | changes
    return replace(PageSettings(), **values)  # type: ignore[arg-type]


class Served:
    """A page that is served, and a client that asks it; use it as an async context manager."""

    def __init__(
        self, live: MadeUp, past: HistoryAccess | None = None, settings: PageSettings | None = None
    ) -> None:
        self.live = live
        self._page = StatusPage(live, past or Past(), settings or page_settings())

    async def __aenter__(self) -> "Served":
        await self._page.start()
        # Addresses have no names here, and cookies of addresses are usually not kept.
        jar = aiohttp.CookieJar(unsafe=True)
        self.client = aiohttp.ClientSession(cookie_jar=jar)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.client.close()
        await self._page.stop()

    @property
    def url(self) -> str:
        """Where it is, with a slash at its end."""
        return self._page.url

    async def get(self, path: str, status: int = 200, **how: object) -> str:
        """Ask for a page, see that it has this status, and give its text."""
        async with self.client.get(self.url + path, **how) as response:  # type: ignore[arg-type]
            text = await response.text()
            assert response.status == status, text
            return text

    async def post(
        self, path: str, status: int = 200, *, method: str = "POST", **how: object
    ) -> str:
        """Send something; the same for the answer to it."""
        call = self.client.request(method, self.url + path, **how)  # type: ignore[arg-type]
        async with call as response:
            text = await response.text()
            assert response.status == status, text
            return text

    async def log_in(self, **fields: str) -> str:
        """Log in with the usual token, and give the page to which that leads."""
        return await self.post("login", data={"secret": TOKEN} | fields)
