"""Whether the monitor itself is well, for what supervises it."""

from aiohttp import web

from fetcher.statuspage.site import SITE


async def healthz(request: web.Request) -> web.Response:
    """Answer 200 while the event loop runs, which this shows, and the database can be written."""
    error = request.app[SITE].live.vitals().database_error
    if error:
        return web.Response(status=503, text=f"the database cannot be written: {error}\n")
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """Answer 200 once all parts run."""
    if not request.app[SITE].live.vitals().ready:
        return web.Response(status=503, text="not all parts run yet\n")
    return web.Response(text="ready\n")
