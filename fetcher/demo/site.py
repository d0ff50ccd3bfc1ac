"""The demo site: start it, ask for its list of URLs, break a page and mend it."""

import asyncio
import socket
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from fetcher.demo.page import Behaviour
from fetcher.demo.pages import table

if TYPE_CHECKING:
    from aiohttp import web

# Not on the list, which should fit on a screen or two: inner links of chains, what only programs
# ask for, and further examples of what the list has already.
_UNLISTED = frozenset(
    (
        *("/news/lighthouse", "/news/seagulls"),
        *("/letters/northern", "/letters/diary", "/letters/lantern", "/letters/header"),
        *("/oddities/spaces", "/oddities/none", "/gone/staff"),
        *("/moved/chain/2", "/moved/chain/3", "/moved/circle/back"),
        *("/robots.txt", "/sitemap.xml", "/feed.xml", "/private/diary"),
    )
)


class DemoSite:
    """A web site on loopback, served while the context is entered.

    port: 0 takes a free one. pace: factor for the waiting times of slow pages. Entering raises
    OSError when the address cannot be used. The same requests in the same order get the same
    answers, except for Date and the port.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, pace: float = 1.0) -> None:
        self._host = host
        self._port = port
        self._pace = pace
        self._changed: dict[str, Behaviour] = {}
        self._runner: web.AppRunner | None = None
        # Bound and never listening: nothing else can take this port, and nobody answers on it.
        self._closed_port: socket.socket | None = None

    async def __aenter__(self) -> "DemoSite":
        """Start to serve."""
        # Half a second of import, which only who runs the site should pay.
        from aiohttp import web

        from fetcher.demo.behaviours import Responder

        self._responder = Responder(self._pace)
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        self._closed_port = socket.socket()
        self._closed_port.bind(("127.0.0.1", 0))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving; pages that are still being sent are cut off."""
        if self._closed_port is not None:
            self._closed_port.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """The site's address, without a slash at its end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def refused_url(self) -> str:
        """An address on loopback where no connection is accepted."""
        if self._closed_port is None:
            raise RuntimeError("the site is not being served")
        return f"http://127.0.0.1:{self._closed_port.getsockname()[1]}/"

    def urls(self) -> list[str]:
        """List what to fetch, in an order that tells a story; some lines are wrong on purpose."""
        served = [self.base_url + path for path in table() if path not in _UNLISTED]
        duplicate = f"{self.base_url}/about"
        return [
            *served,
            duplicate,
            self.refused_url,
            "http://no-such-host.invalid/",
            "htp:/broken",
        ]

    def set(self, path: str, behaviour: Behaviour | None) -> None:
        """Let a page behave otherwise from now on; None mends it. KeyError: no such page."""
        page = table()[path]
        if behaviour is None:
            self._changed.pop(page.path, None)
        else:
            self._changed[page.path] = behaviour

    async def _answer(self, request: "web.Request") -> "web.StreamResponse":
        page = table().get(request.path)
        if page is None:
            return self._responder.not_found()
        behaviour = self._changed.get(page.path, page.behaviour)
        return await self._responder.answer(request, page, behaviour)


async def serve_forever(
    host: str = "127.0.0.1",
    port: int = 8765,
    *,
    started: Callable[[DemoSite], None] = lambda site: None,
) -> None:
    """Serve until cancelled; `started` is called once the site can be asked."""
    async with DemoSite(host, port) as site:
        started(site)
        await asyncio.Event().wait()
