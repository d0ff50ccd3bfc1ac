"""Uptime bars: one bar per day for the last 90 days."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import fsum

from markupsafe import Markup

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Day
from fetcher.monitor.target_state import TimeClass
from fetcher.statuspage.value_format import counted, percent
from fetcher.units import format_date, format_span

DAYS = 90
DAY = 86400.0

_HEIGHT = 24
_STEP, _WIDTH = 4, 3
# A few seconds of downtime must be visible too.
_MIN_SHARE = 0.4


def first_of(now: float, days: int = DAYS) -> float:
    """Return the start of the first of the last `days` days, today included."""
    return now // DAY * DAY - (days - 1) * DAY


def day_bars(days: Sequence[Day], now: float) -> Markup:
    """Return the bars of the last 90 days.

    One path per colour, because a page has fifty of these images. A day without data is grey;
    otherwise downtime is drawn at the foot of the bar, at least so high that it is visible.
    """
    return _svg(_paths(_by_place(days, now)), _summary(days))


def labelled_bars(days: Sequence[Day], now: float) -> Markup:
    """Return the same bars, each with a tooltip about its day."""
    first, placed = first_of(now), _by_place(days, now)
    labels = [
        f'<rect class="hit" x="{place * _STEP}" width="{_STEP}" height="{_HEIGHT}">'
        f"<title>{format_date(first + place * DAY)}: {_label(placed.get(place))}</title></rect>"
        for place in range(DAYS)
    ]
    return _svg(_paths(placed) + "".join(labels), _summary(days))


def total_uptime(days: Iterable[Day]) -> Uptime:
    """Return how the time of all these days together counts."""
    each = [
        (one.up, one.degraded, one.down, one.unwatched, one.maintenance)
        for one in (day.uptime for day in days)
    ]
    return Uptime(*map(fsum, zip(*each, strict=True)))


def _svg(content: str, summary: str) -> Markup:
    label = escape(summary)
    return Markup(
        f'<svg class="days" viewBox="0 0 {DAYS * _STEP - 1} {_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{label}">{content}</svg>'
    )


def _by_place(days: Iterable[Day], now: float) -> dict[int, Uptime]:
    first = first_of(now)
    placed = {int((day.start - first) // DAY): day.uptime for day in days}
    return {place: uptime for place, uptime in placed.items() if 0 <= place < DAYS}


def _paths(placed: Mapping[int, Uptime]) -> str:
    paths: dict[str, list[str]] = {}
    for place in range(DAYS):
        top = 0
        for name, height in _layers(placed.get(place)):
            paths.setdefault(name, []).append(
                f"M{place * _STEP} {top}h{_WIDTH}v{height}h-{_WIDTH}z"
            )
            top += height
    return "".join(f'<path class="{name}" d="{"".join(d)}"/>' for name, d in paths.items())


def _layers(uptime: Uptime | None) -> list[tuple[str, int]]:
    """Return the colours of one bar from top to bottom, with their heights."""
    if uptime is None or uptime.watched + uptime.maintenance <= 0:
        return [(TimeClass.UNWATCHED.value, _HEIGHT)]
    seen = uptime.watched
    if not uptime.down and not uptime.degraded:
        if uptime.maintenance > seen:
            return [(TimeClass.MAINTENANCE.value, _HEIGHT)]
        # A new target has no data for most of its first day, which is not held against it.
        return [(TimeClass.UP.value, _HEIGHT)]
    down, degraded = _part(uptime.down, seen), _part(uptime.degraded, seen)
    degraded = min(degraded, _HEIGHT - down)
    layers = [
        (TimeClass.UP.value, _HEIGHT - down - degraded),
        (TimeClass.DEGRADED.value, degraded),
        (TimeClass.DOWN.value, down),
    ]
    return [(name, height) for name, height in layers if height]


def _part(seconds: float, seen: float) -> int:
    return round(_HEIGHT * max(seconds / seen, _MIN_SHARE)) if seconds else 0


def _summary(days: Sequence[Day]) -> str:
    if not days:
        return "no data yet"
    bad = sum(day.uptime.down > 0 for day in days)
    return f"{DAYS} days: {percent(total_uptime(days).share)} up, down on {counted(bad, 'day')}"


def _label(uptime: Uptime | None) -> str:
    if uptime is None:
        return "not monitored"
    classes = [
        (uptime.down, "down"),
        (uptime.degraded, "degraded"),
        (uptime.maintenance, "maintenance"),
        (uptime.unwatched, "not monitored"),
    ]
    return ", ".join(
        [f"{percent(uptime.share)} up"]
        + [f"{name} {format_span(seconds)}" for seconds, name in classes if seconds >= 1]
    )
