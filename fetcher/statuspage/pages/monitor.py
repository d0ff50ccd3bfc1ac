"""The page on which the monitor speaks of itself."""

from aiohttp import web

from fetcher.monitor.commit import Why
from fetcher.statuspage.rendering import render
from fetcher.statuspage.site import SITE
from fetcher.units import format_size

_WHY = {
    Why.RUNNING.value: "the check before still ran",
    Why.LATE.value: "this program was late",
    Why.STOPPED.value: "this program did not run",
    Why.CLOCK.value: "the clock was set",
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
