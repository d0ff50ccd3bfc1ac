"""The page of one target: how it is, how it was, and what was found of late."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day
from fetcher.monitor.incident import Incident
from fetcher.monitor.live_view import TargetView
from fetcher.monitor.plan import Interval
from fetcher.statuspage.history_access import HistoryAccess, HistoryUnavailable
from fetcher.statuspage.latency_chart import latency_chart
from fetcher.statuspage.site_context import SITE
from fetcher.statuspage.templating import render
from fetcher.statuspage.uptime_bars import DAY, first_of

RANGES = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY}
"""Seconds by the names of the ranges that can be looked at."""

POINTS = 240
_CHECKS = 30
_INCIDENTS = 10


@dataclass(frozen=True, slots=True)
class TargetHistoryView:
    """What the history has of a target; `uptimes` by the names of the ranges."""

    uptimes: dict[str, Uptime]
    days: Sequence[Day]
    series: Sequence[Bucket]
    checks: Sequence[CheckRow]
    incidents: Sequence[Incident]


def view_of(request: web.Request) -> TargetView:
    """Give the target that an address names. Raises HTTPNotFound."""
    view = request.app[SITE].live.get(request.match_info["key"])
    if view is None:
        raise web.HTTPNotFound(text="No target of this name is watched.")
    return view


def range_of(request: web.Request) -> str:
    """Give the name of the range that is asked for. Raises HTTPBadRequest."""
    asked = request.query.get("range", "24h")
    if asked not in RANGES:
        raise web.HTTPBadRequest(text=f"range is not one of {', '.join(RANGES)}")
    return asked


async def target(request: web.Request) -> web.Response:
    """Show one target."""
    site, view, asked = request.app[SITE], view_of(request), range_of(request)
    now = site.live.vitals().now
    since = now - RANGES[asked]
    past, chart, trouble = None, Markup(), ""
    try:
        past = await site.history.ask(lambda reader: read_past(reader, view, since, now))
        chart = latency_chart(past.series, since, now)
    except HistoryUnavailable as error:
        trouble = f"{error}"
    return render(
        request,
        "target.html",
        view=view,
        past=past,
        chart=chart,
        trouble=trouble,
        asked=asked,
        ranges=tuple(RANGES),
        next_check=_next(view, now),
    )


def read_past(
    reader: HistoryAccess, view: TargetView, since: float, now: float
) -> TargetHistoryView:
    """Read everything that a target's page shows."""
    key = view.target.key
    return TargetHistoryView(
        {name: reader.uptime(key, now - span, now) for name, span in RANGES.items()},
        reader.days([key], first_of(now), now // DAY * DAY).get(key, ()),
        reader.series(key, since, now, POINTS),
        reader.checks(key, now - RANGES["90d"], now, _CHECKS),
        reader.incidents(None, _INCIDENTS, key),
    )


def _next(view: TargetView, now: float) -> float | None:
    """When the next check is due; None when that does not follow from the latest."""
    timing = view.target.timing
    if view.latest is None or not view.latest.due or not isinstance(timing, Interval):
        return None
    due = view.latest.due + timing.seconds
    return due if due > now else None
