"""The overview: open problems and all targets, worst first; and the page of the monitor itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from fetcher.monitor.commit import MissedReason
from fetcher.monitor.history.history_rows import Day
from fetcher.monitor.live_view import Query, SearchResult, TargetView
from fetcher.monitor.target_index import WORST_FIRST
from fetcher.monitor.target_state import Condition
from fetcher.statuspage.history_access import HistoryUnavailable
from fetcher.statuspage.query_params import targets_query
from fetcher.statuspage.site_context import SITE
from fetcher.statuspage.templating import render
from fetcher.statuspage.uptime_bars import DAY, first_of
from fetcher.statuspage.value_format import counted
from fetcher.units import format_size

PAGE = 50
_INCIDENTS = 10
_GROUPS = 24
_CHOICES = 500

_MISSED_BECAUSE = {
    MissedReason.RUNNING.value: "the previous check was still running",
    MissedReason.LATE.value: "the monitor was late",
    MissedReason.STOPPED.value: "the monitor was not running",
    MissedReason.CLOCK.value: "the clock was changed",
}


@dataclass(frozen=True, slots=True)
class PageSlice:
    """The part of the targets that is shown; previous, next: links to the others, or ""."""

    first: int
    last: int
    total: int
    previous: str
    next: str


async def overview(request: web.Request) -> web.Response:
    """Show the overview."""
    site = request.app[SITE]
    live = site.live
    query = targets_query(request, PAGE)
    found = live.find(query)
    days, error = await _days(request, found.views)
    groups = live.groups()
    incidents = live.incidents()
    return render(
        request,
        "overview.html",
        headline=headline(live.counts()),
        worst=_worst(live.counts()),
        counts=live.counts(),
        conditions=WORST_FIRST,
        incidents=incidents[:_INCIDENTS],
        more_incidents=max(len(incidents) - _INCIDENTS, 0),
        groups=_worst_groups(groups),
        more_groups=max(len(groups) - _GROUPS, 0),
        choices=sorted(filter(None, groups))[:_CHOICES],
        query=query,
        filtered=bool(query.text.strip() or query.group or query.condition),
        views=found.views,
        days=days,
        error=error,
        part=_slice(request, query, found),
    )


def headline(counts: Mapping[Condition, int]) -> str:
    """Summarize the targets in one sentence."""
    bad = [
        f"{counts[condition]:,} {condition.value}"
        for condition in (Condition.DOWN, Condition.DEGRADED)
        if counts.get(condition)
    ]
    total, up = sum(counts.values()), counts.get(Condition.UP, 0)
    if not total:
        return "No targets"
    if bad:
        return f"{', '.join(bad)} of {counted(total, 'target')}"
    if up < total:
        return f"{up:,} of {counted(total, 'target')} up so far"
    return f"All {total:,} targets are up" if total > 1 else "The target is up"


async def _days(
    request: web.Request, views: Sequence[TargetView]
) -> tuple[Mapping[str, Sequence[Day]], str]:
    """Return the days of some targets, and an error message if they cannot be read."""
    site = request.app[SITE]
    now = site.live.vitals().now
    keys = [view.target.key for view in views]
    try:
        read = await site.history.ask(
            lambda reader: reader.days(keys, first_of(now), now // DAY * DAY)
        )
    except HistoryUnavailable as unavailable:
        return {}, f"{unavailable}"
    return read, ""


def _worst(counts: Mapping[Condition, int]) -> Condition:
    return next((one for one in WORST_FIRST if counts.get(one)), Condition.NEW)


def _worst_groups(
    groups: Mapping[str, Mapping[Condition, int]],
) -> list[tuple[str, Mapping[Condition, int], Condition]]:
    """Return the named groups, those with most targets down first, then by name."""
    named = [(name, counts) for name, counts in groups.items() if name]
    named.sort(
        key=lambda one: (-one[1][Condition.DOWN], -one[1][Condition.DEGRADED], one[0].casefold())
    )
    return [(name, counts, _worst(counts)) for name, counts in named[:_GROUPS]]


def _slice(request: web.Request, query: Query, found: SearchResult) -> PageSlice:
    shown = len(found.views)

    def link(offset: int) -> str:
        # Only parameters that are set, to keep the URL short.
        asked = {name: value for name, value in request.query.items() if name != "offset" and value}
        return f"?{request.rel_url.with_query(asked | {'offset': offset}).raw_query_string}"

    return PageSlice(
        query.offset + 1 if shown else 0,
        query.offset + shown,
        found.total,
        link(max(query.offset - query.limit, 0)) if query.offset else "",
        link(query.offset + query.limit) if query.offset + shown < found.total else "",
    )


async def monitor(request: web.Request) -> web.Response:
    """Show the state of the monitor itself."""
    live = request.app[SITE].live
    vitals, plan = live.vitals(), live.plan
    return render(
        request,
        "monitor.html",
        missed=[
            (_MISSED_BECAUSE.get(why, why), count) for why, count in vitals.missed.items() if count
        ],
        channels=[(one.name, one.kind, vitals.failing.get(one.name)) for one in plan.channels],
        controls=plan.controls,
        notices=plan.notices,
        total=sum(live.counts().values()),
        size=format_size(vitals.database_bytes),
        bound=format_size(plan.monitor.max_size),
    )
