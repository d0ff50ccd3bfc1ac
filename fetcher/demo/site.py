"""The demo site: the table of its pages, the server, and how each behaviour responds."""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from types import TracebackType
from urllib.parse import urlsplit

from aiohttp import web

from fetcher.demo import letters, town, trouble
from fetcher.demo.page import HTML, Behaviour, DemoPage, document

HOME_TITLE = "Port Merle, a town to try things on"

_LATE_SECONDS = 2.0
_DRIP_SECONDS = 0.1
_DRIP_BYTES = 128

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

    async def _answer(self, request: web.Request) -> web.StreamResponse:
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


class Responder:
    """Responds with pages, each by its behaviour.

    Args:
        pace: factor for every waiting time; 0 to not wait.
    """

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._tries: Counter[str] = Counter()

    async def answer(
        self, request: web.Request, page: DemoPage, behaviour: Behaviour
    ) -> web.StreamResponse:
        """Respond to a request for a page."""
        match behaviour:
            case Behaviour.DOWN:
                return _refusal(503, "Closed for repairs")
            case Behaviour.THIRD_TRY:
                if self._nth_try(page) % 3:
                    return _refusal(503, "The match went out")
            case Behaviour.SECOND_TRY:
                if self._nth_try(page) % 2:
                    return _refusal(429, "Please queue", ("Retry-After", "1"))
            case Behaviour.SLOW:
                await asyncio.sleep(_LATE_SECONDS * self._pace)
            case Behaviour.DRIP:
                return await self._drip(request, page)
            case Behaviour.CUT:
                return await _cut(request, page)
            case Behaviour.RESET:
                return _reset(request)
            case Behaviour.PLAIN:
                pass
        return _plain(request, page)

    def not_found(self) -> web.Response:
        """Return the response for an unknown path."""
        return _refusal(404, "No such place in Port Merle")

    def _nth_try(self, page: DemoPage) -> int:
        self._tries[page.path] += 1
        return self._tries[page.path]

    async def _drip(self, request: web.Request, page: DemoPage) -> web.StreamResponse:
        body = _body(request, page)
        response = web.StreamResponse(status=page.status, headers=_headers(request, page))
        response.content_length = len(body)
        # A client that has read enough may leave before the last drop.
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            for start in range(0, len(body), _DRIP_BYTES):
                await response.write(body[start : start + _DRIP_BYTES])
                await asyncio.sleep(_DRIP_SECONDS * self._pace)
            await response.write_eof()
        return response


def _plain(request: web.Request, page: DemoPage) -> web.Response:
    return web.Response(
        status=page.status, headers=_headers(request, page), body=_body(request, page)
    )


async def _cut(request: web.Request, page: DemoPage) -> web.StreamResponse:
    """Announce twice as much as is sent, and close the connection."""
    body = _body(request, page)
    response = web.StreamResponse(status=page.status, headers=_headers(request, page))
    response.content_length = 2 * len(body)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        await response.write(body)
    if request.transport is not None:
        request.transport.close()
    return response


def _reset(request: web.Request) -> web.Response:
    """Send RST instead of a response."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        # A linger time of zero turns the close into a reset (socket(7), SO_LINGER).
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


def _refusal(status: int, title: str, *headers: tuple[str, str]) -> web.Response:
    body = document(f"<h1>{title}</h1>", title=title).encode()
    return web.Response(status=status, headers={"Content-Type": HTML, **dict(headers)}, body=body)


def _headers(request: web.Request, page: DemoPage) -> dict[str, str]:
    other = f"http://{_other_name(request)}"
    headers = {name: value.replace("{OTHER}", other) for name, value in page.headers}
    return {"Content-Type": page.content_type, **headers}


def _body(request: web.Request, page: DemoPage) -> bytes:
    if b"{BASE}" not in page.body:
        return page.body
    return page.body.replace(b"{BASE}", f"http://{request.host}".encode())


def _other_name(request: web.Request) -> str:
    """Return another name of the same host, with the port."""
    asked = urlsplit(f"//{request.host}")
    name = "127.0.0.1" if asked.hostname == "localhost" else "localhost"
    return f"{name}:{asked.port}" if asked.port else name
