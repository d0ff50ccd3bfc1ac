"""The page of silences: what nobody is told of, until when."""

from aiohttp import web

from fetcher.statuspage.protection.access import posted
from fetcher.statuspage.rendering import render
from fetcher.statuspage.silencing import silence_asked
from fetcher.statuspage.site import SITE, root_of

SPANS = ("30m", "1h", "2h", "8h", "1d", "7d")


async def silences(request: web.Request) -> web.Response:
    """Show the silences that last, and the form to make one."""
    pattern = request.query.get("pattern", "")
    lasting = sorted(request.app[SITE].live.silences(), key=lambda silence: silence.until)
    return render(request, "silences.html", silences=lasting, spans=SPANS, pattern=pattern)


async def make(request: web.Request) -> web.Response:
    """Take the form that makes a silence."""
    form, visitor = await posted(request)
    live = request.app[SITE].live
    try:
        asked = silence_asked({"by": visitor.user, **form}, live.vitals().now)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{error}") from None
    await live.silence(asked.pattern, asked.until, asked.by, asked.why)
    return _back(request)


async def end(request: web.Request) -> web.Response:
    """Take the form that ends a silence."""
    await posted(request)
    if not await request.app[SITE].live.unsilence(request.match_info["id"]):
        raise web.HTTPNotFound(text="There is no such silence; it may have ended.")
    return _back(request)


def _back(request: web.Request) -> web.Response:
    return web.Response(status=303, headers={"Location": f"{root_of(request)}silences"})
