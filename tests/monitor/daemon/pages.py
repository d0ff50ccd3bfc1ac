"""Pages that a test breaks and mends, or lets wait; they count who asks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Pages:
    """All paths of a server on loopback.

    broken: paths that are answered with 500. held: those whose answers wait until they are let go.
    hits: how often each was asked for. now: how many of those wait for their answer.
    """

    url: str = ""
    broken: set[str] = field(default_factory=set)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)

    def hold(self, path: str) -> None:
        """Let a path's answers wait."""
        self.held[path] = asyncio.Event()

    def let_go(self, path: str) -> None:
        """Let those that wait go, and all further ones."""
        self.held.pop(path).set()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        path = request.path
        self.hits[path] += 1
        self.now[path] += 1
        try:
            if path in self.held:
                await self.held[path].wait()
        finally:
            self.now[path] -= 1
        return web.Response(status=500 if path in self.broken else 200, text="here")


@asynccontextmanager
async def serving() -> AsyncIterator[Pages]:
    """Serve them on a free port."""
    pages = Pages()
    app = web.Application()
    app.router.add_get("/{path:.*}", pages.answer)
    # A client that has disconnected no longer asks for the page.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pages.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield pages
    finally:
        await runner.cleanup()
