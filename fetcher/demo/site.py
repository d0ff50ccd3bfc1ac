"""The demo site: the table of its pages, and the server."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from types import TracebackType
from typing import TYPE_CHECKING

from fetcher.demo import letters, town, trouble
from fetcher.demo.page import Behaviour, DemoPage, document

if TYPE_CHECKING:
    from aiohttp import web

HOME_TITLE = "Port Merle, a town to try things on"

# Not listed, so that the list fits on a screen or two: inner links of chains, what only programs
# request, and further examples of what is already listed.
_UNLISTED = frozenset(
    (
        *("/news/lighthouse", "/news/seagulls"),
        *("/letters/northern", "/letters/diary", "/letters/lantern", "/letters/header"),
        *("/oddities/spaces", "/oddities/none", "/gone/staff"),
        *("/moved/chain/2", "/moved/chain/3", "/moved/circle/back"),
        *("/robots.txt", "/sitemap.xml", "/feed.xml", "/private/diary"),
    )
)


@cache
def sections() -> dict[str, tuple[DemoPage, ...]]:
    """Return the pages by section, in the order of the home page."""
    return {
        "The town": tuple(town.pages()),
        "Letters from the twin towns, each in its own encoding": tuple(letters.pages()),
        "Odd titles": tuple(trouble.pages()),
        "Moved": tuple(trouble.redirects()),
        "For programs": tuple(town.machine_pages()),
        "Files": tuple(trouble.files()),
        "Late, or at the third try": tuple(trouble.slow_pages()),
        "Not here": tuple(trouble.statuses()),
        "Broken": tuple(trouble.broken_pages()),
    }


@cache
def table() -> dict[str, DemoPage]:
    """Return every page by its path, the home page first."""
    listed = [page for pages in sections().values() for page in pages]
    return {page.path: page for page in [home(), *listed]}


@cache
def home() -> DemoPage:
    """Return the home page, which lists all others."""
    lists = "\n".join(
        f"<h2>{escape(name)}</h2>\n<ul>\n{_links(pages)}\n</ul>"
        for name, pages in sections().items()
    )
    main = (
        f"<h1>{escape(HOME_TITLE)}</h1>\n"
        "<p>Every page here shows one thing that happens on the web.</p>\n" + lists
    )
    body = document(main, title=HOME_TITLE).encode()
    return DemoPage("/", "the home page, which lists all others", body, HOME_TITLE, "utf-8")


def _links(pages: Iterable[DemoPage]) -> str:
    return "\n".join(
        f'<li><a href="{escape(page.path)}"><code>{escape(page.path)}</code></a> '
        f"{escape(page.about)}</li>"
        for page in pages
    )


class DemoSite:
    """A web site on loopback, served while the context is entered.

    Entering raises OSError if the address cannot be used. The same requests in the same order get
    the same responses, except for Date and the port.

    Args:
        host: the address to listen on.
        port: the port; 0 for a free one.
        pace: factor for the waiting times of slow pages.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, pace: float = 1.0) -> None:
        self._host = host
        self._port = port
        self._pace = pace
        self._changed: dict[str, Behaviour] = {}
        self._runner: web.AppRunner | None = None
        # Bound but not listening: nothing else can take this port, and it refuses connections.
        self._closed_port: socket.socket | None = None

    async def __aenter__(self) -> "DemoSite":
        """Start serving."""
        # Half a second of import, which only whoever serves the site should pay for.
        from aiohttp import web

        from fetcher.demo.responder import Responder

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
        """Stop serving; responses that are still being sent are cut off."""
        if self._closed_port is not None:
            self._closed_port.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """The site's address, without a trailing slash."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def refused_url(self) -> str:
        """A URL on loopback that refuses connections."""
        if self._closed_port is None:
            raise RuntimeError("the site is not being served")
        return f"http://127.0.0.1:{self._closed_port.getsockname()[1]}/"

    def urls(self) -> list[str]:
        """Return the URLs to fetch, in the order of the home page; some are wrong on purpose."""
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
        """Change a page's behaviour; None restores it. Raises KeyError if there is no such page."""
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
    """Serve until cancelled; `started` is called once the site accepts requests."""
    async with DemoSite(host, port) as site:
        started(site)
        await asyncio.Event().wait()
