"""The page of silences: what nobody is told of, until when.

The page on which the monitor speaks of itself.
"""

from aiohttp import web

from fetcher.monitor.commit import MissedReason
from fetcher.statuspage.auth.access_control import posted
from fetcher.statuspage.query_params import silence_asked
from fetcher.statuspage.site_context import SITE, root_of
from fetcher.statuspage.templating import render
from fetcher.units import format_size

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


_WHY = {
    MissedReason.RUNNING.value: "the check before still ran",
    MissedReason.LATE.value: "this program was late",
    MissedReason.STOPPED.value: "this program did not run",
    MissedReason.CLOCK.value: "the clock was set",
}


async def monitor(request: web.Request) -> web.Response:
    """Show how the monitor itself is."""
    live = request.app[SITE].live
    vitals, plan = live.vitals(), live.plan
    return render(
        request,
        "monitor.html",
        missed=[(_WHY.get(why, why), count) for why, count in vitals.missed.items() if count],
        channels=[(one.name, one.kind, vitals.failing.get(one.name)) for one in plan.channels],
        controls=plan.controls,
        notices=plan.notices,
        total=sum(live.counts().values()),
        size=format_size(vitals.database_bytes),
        bound=format_size(plan.monitor.max_size),
    )
