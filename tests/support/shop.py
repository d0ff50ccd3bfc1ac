"""A shop with pages to scrape, in the tests' own process or, slow, in another one."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

ROOT = Path(__file__).parents[2]

PAGE = """<!doctype html>
<html lang="en">
<head>
<title>Item {n}</title>
<meta name="description" content="All about item {n}.">
<meta property="og:image" content="/{n}.jpg">
<link rel="canonical" href="/item/{n}">
</head>
<body>
<h1>Item {n}</h1>
{price}
<p class="stock">{n}</p>
<p class="new">{new}</p>
<div class="data">{{"n": {n}, "tags": ["a", "b"]}}</div>
<div id="more"><em>More</em> of {n}</div>
<ul><li class="tag">a</li><li class="tag">b{n}</li></ul>
<a href="/item/{next}">next</a> <a name="here">no link</a> <a href="/cart">cart</a>
</body>
</html>
"""


def page(n: int) -> str:
    """Write the page of an item; every fifth has no price."""
    price = "" if n % 5 == 0 else f'<p class="price">{n}.25</p>'
    return PAGE.format(n=n, next=n + 1, price=price, new="yes" if n % 2 else "no")


@dataclass(slots=True)
class Shop:
    """Items at /item/7, each the same at each time, whatever the query says.

    /moved/7 leads to /item/7, /sold/7 is a 404 with a page of its own, /cut/7 breaks off. pace:
    seconds until an answer. slow: other such seconds, by path with query. hits: requests by that.
    """

    pace: float = 0.0
    port: int = 0
    slow: dict[str, float] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    _runner: web.AppRunner | None = None

    def url(self, path: str) -> str:
        """Return the URL of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def urls(self, *numbers: int) -> list[str]:
        """Return the URLs of some items."""
        return [self.url(f"/item/{n}") for n in numbers]

    async def __aenter__(self) -> Self:
        """Start to listen."""
        application = web.Application()
        application.router.add_get("/{kind}/{n}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
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

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.hits[request.path_qs] += 1
        await asyncio.sleep(self.slow.get(request.path_qs, self.pace))
        kind, n = request.match_info["kind"], int(request.match_info["n"])
        if kind == "moved":
            raise web.HTTPFound(f"/item/{n}")
        if kind == "cut":
            response = web.StreamResponse(headers={"Content-Length": "10000"})
            await response.prepare(request)
            await response.write(b"<title>Half a")
            if request.transport is not None:
                request.transport.abort()
            return response
        status = 404 if kind == "sold" else 200
        return web.Response(text=page(n), status=status, content_type="text/html")


@contextmanager
def shop_outside(pace: float) -> Iterator[str]:
    """Run a shop in a process of its own, and give its address without a slash at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.shop", str(pace)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate("stop\n", timeout=30)


async def serve(pace: float) -> None:
    """Serve until a line comes in on standard input."""
    async with Shop(pace) as shop:
        print(shop.url(""), flush=True)
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
