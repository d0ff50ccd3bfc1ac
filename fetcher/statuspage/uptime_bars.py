"""A bar for each day: how much of it a target was there."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import fsum

from markupsafe import Markup

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Day
from fetcher.monitor.target_state import TimeClass
from fetcher.statuspage.value_format import percent
from fetcher.units import format_date, format_span

DAYS = 90
DAY = 86400.0

_HEIGHT = 24
_STEP, _WIDTH = 4, 3
# A few bad seconds must be seen too.
_LEAST = 0.4


def first_of(now: float, days: int = DAYS) -> float:
    """When the first of the latest so many days began, today included."""
    return now // DAY * DAY - (days - 1) * DAY


def day_bars(days: Sequence[Day], now: float) -> Markup:
    """Draw the latest 90 days.

    One path for each colour, because fifty such pictures are on a page. A day is grey where it was
    mostly not watched; otherwise what went wrong stands at its foot, never lower than can be seen.
    """
    return _svg(_paths(_by_place(days, now)), _said(days))


def told_bars(days: Sequence[Day], now: float) -> Markup:
    """Draw the same, larger and with what each day was like when it is pointed at."""
    first, placed = first_of(now), _by_place(days, now)
    told = [
        f'<rect class="hit" x="{place * _STEP}" width="{_STEP}" height="{_HEIGHT}">'
        f"<title>{format_date(first + place * DAY)}: {_told(placed.get(place))}</title></rect>"
        for place in range(DAYS)
    ]
    return _svg(_paths(placed) + "".join(told), _said(days))


def whole(days: Iterable[Day]) -> Uptime:
    """Give how the time of all these days counts."""
    each = [
        (one.up, one.degraded, one.down, one.unwatched, one.maintenance)
        for one in (day.uptime for day in days)
    ]
    return Uptime(*map(fsum, zip(*each, strict=True)))


def _svg(drawn: str, said: str) -> Markup:
    said = escape(said)
    return Markup(
        f'<svg class="days" viewBox="0 0 {DAYS * _STEP - 1} {_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{said}">{drawn}</svg>'
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
    """The colours of one bar from top to bottom, with their heights."""
    if uptime is None or uptime.watched + uptime.maintenance <= 0:
        return [(TimeClass.UNWATCHED.value, _HEIGHT)]
    seen = uptime.watched
    if not uptime.down and not uptime.degraded:
        if uptime.maintenance > seen:
            return [(TimeClass.MAINTENANCE.value, _HEIGHT)]
        # A target that is new has not been watched for most of its first day, and was well.
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
    return round(_HEIGHT * max(seconds / seen, _LEAST)) if seconds else 0


def _said(days: Sequence[Day]) -> str:
    if not days:
        return "not watched yet"
    bad = sum(day.uptime.down > 0 for day in days)
    return f"{DAYS} days: {percent(whole(days).share)} up, down on {bad}"


def _told(uptime: Uptime | None) -> str:
    if uptime is None:
        return "not watched"
    spells = [
        (uptime.down, "down"),
        (uptime.degraded, "degraded"),
        (uptime.maintenance, "maintenance"),
        (uptime.unwatched, "not watched"),
    ]
    return ", ".join(
        [f"{percent(uptime.share)} up"]
        + [f"{name} {format_span(seconds)}" for seconds, name in spells if seconds >= 1]
    )
