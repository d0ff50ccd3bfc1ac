"""A small, fast web site on loopback that counts what is asked of it."""

import ssl
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.support.site_pages import SEEN, Seen, routes


@dataclass(slots=True)
class Load:
    """How many requests are being answered now, and the most there ever were at once."""

    now: int = 0
    peak: int = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count one request while it is being answered."""
        self.now += 1
        self.peak = max(self.peak, self.now)
        try:
            yield
        finally:
            self.now -= 1


@dataclass(slots=True)
class Site:
    """The pages of `site_pages.py` on a free port.

    robots: the text of /robots.txt; None: it is a 404. hits: requests by path with query.
    load: concurrent requests by Host header, port included. total: the same for all together.
    seen: cookies that arrived at /cookie-show. peers: the client's end of each connection.
    """

    host: str = "127.0.0.1"
    ssl_context: ssl.SSLContext | None = None
    robots: str | None = None
    port: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    load: defaultdict[str, Load] = field(default_factory=lambda: defaultdict(Load))
    total: Load = field(default_factory=Load)
    seen: Seen = field(default_factory=Seen)
    peers: set[object] = field(default_factory=set)
    _runner: web.AppRunner | None = None

    def url(self, path: str = "/ok/1", host: str = "") -> str:
        """Return the URL of a path; host replaces the address the site listens at."""
        scheme = "https" if self.ssl_context else "http"
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{scheme}://{name}:{self.port}{path}"

    @property
    def connections(self) -> int:
        """The number of connections on which a request came in."""
        return len(self.peers)

    async def __aenter__(self) -> Self:
        """Start to listen."""
        self.seen.hits, self.seen.robots = self.hits, self.robots
        application = web.Application(middlewares=[_counting(self)])
        application[SEEN] = self.seen
        application.add_routes(routes())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        listener = web.TCPSite(
            self._runner, self.host, self.port, ssl_context=self.ssl_context, backlog=2048
        )
        await listener.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, without waiting for slow pages."""
        assert self._runner is not None
        await self._runner.cleanup()


def _counting(site: Site) -> Middleware:
    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        site.hits[request.path_qs] += 1
        if request.transport is not None:
            site.peers.add(request.transport.get_extra_info("peername"))
        with site.total.one_more(), site.load[request.host].one_more():
            return await handler(request)

    return count
