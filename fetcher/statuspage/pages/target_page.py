"""The page of one target with its history, and its badges."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day
from fetcher.monitor.incident import Incident
from fetcher.monitor.live_view import TargetView
from fetcher.monitor.plan import Interval
from fetcher.statuspage.badges import state_badge, uptime_badge
from fetcher.statuspage.history_access import HistoryAccess, HistoryUnavailable
from fetcher.statuspage.latency_chart import latency_chart
from fetcher.statuspage.query_params import number_param
from fetcher.statuspage.site_context import SITE
from fetcher.statuspage.templating import render
from fetcher.statuspage.uptime_bars import DAY, first_of
from fetcher.statuspage.value_format import percent

RANGES = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY}
"""The selectable ranges by name, in seconds."""

POINTS = 240
"""Buckets of a latency chart."""

_CHECKS = 30
_INCIDENTS = 10
_BADGE_CACHING = "max-age=60"
"""In seconds; popular pages need not fetch a badge every time."""


@dataclass(frozen=True, slots=True)
class TargetHistoryView:
    """The history of a target as its page shows it; `uptimes` by name of the range."""

    uptimes: dict[str, Uptime]
    days: Sequence[Day]
    series: Sequence[Bucket]
    checks: Sequence[CheckRow]
    incidents: Sequence[Incident]


def view_of(request: web.Request) -> TargetView:
    """Return the target that the path names. Raises HTTPNotFound."""
    view = request.app[SITE].live.get(request.match_info["key"])
    if view is None:
        raise web.HTTPNotFound(text="There is no such target.")
    return view


def range_of(request: web.Request) -> str:
    """Return the name of the requested range. Raises HTTPBadRequest."""
    name = request.query.get("range", "24h")
    if name not in RANGES:
        raise web.HTTPBadRequest(text=f"range is not one of {', '.join(RANGES)}")
    return name


async def target(request: web.Request) -> web.Response:
    """Show one target, without its history if that cannot be read."""
    site, view, selected = request.app[SITE], view_of(request), range_of(request)
    now = site.live.vitals().now
    since = now - RANGES[selected]
    past, chart, error = None, Markup(), ""
    try:
        past = await site.history.ask(lambda reader: read_past(reader, view, since, now))
        chart = latency_chart(past.series, since, now)
    except HistoryUnavailable as unavailable:
        error = f"{unavailable}"
    return render(
        request,
        "target.html",
        view=view,
        past=past,
        chart=chart,
        error=error,
        selected=selected,
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
    """Return when the next check is due; None if that does not follow from the latest one."""
    timing = view.target.timing
    if view.latest is None or not view.latest.due or not isinstance(timing, Interval):
        return None
    due = view.latest.due + timing.seconds
    return due if due > now else None


async def condition_badge(request: web.Request) -> web.Response:
    """Return the badge with a target's condition."""
    view = view_of(request)
    return _svg(state_badge(view.target.shown, view.state.condition))


async def days_badge(request: web.Request) -> web.Response:
    """Return the badge with a target's uptime over `?days=`, 30 by default."""
    site, view = request.app[SITE], view_of(request)
    days = number_param(request, "days", 30, 1, 3660)
    now, key = site.live.vitals().now, view.target.key
    found = await site.history.ask(lambda reader: reader.uptime(key, now - days * DAY, now))
    text = percent(found.share) if found.share is not None else "not monitored"
    return _svg(uptime_badge(view.target.shown, found.share, f"{text} in {days} d"))


def _svg(text: str) -> web.Response:
    headers = {"Cache-Control": _BADGE_CACHING}
    return web.Response(text=text, content_type="image/svg+xml", headers=headers)
