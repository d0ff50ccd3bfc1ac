"""A webhook's receiver: an HTTP server on loopback that keeps what it gets."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from fetcher.notify.channel import Notice

DOWN = Notice(
    "i1-down-hook",
    "down",
    'DOWN: Café \u202e"shop"',
    "It fails.\nSince noon.\n",
    {"incident": "i1", "urls": ["https://example.org/"]},
)
UP = Notice("i1-up-hook", "up", "UP: shop", "All is well.\n", {"incident": "i1"}, good=True)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """Keeps requests; `answers` are given in turn, the last one again and again."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep a request, and answer it."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        self.received.append(Received(request.method, request.path_qs, headers, body))
        if not self.answers:
            return web.Response(status=204)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)


def status(code: int, text: str = "", **headers: str) -> Answer:
    """Answer with a status; header names are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text=text, headers=named)

    return answer


@asynccontextmanager
async def receiver(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Run one on a free port."""
    it = Receiver(answers=list(answers))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", it.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        it.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        yield it
    finally:
        await runner.cleanup()
