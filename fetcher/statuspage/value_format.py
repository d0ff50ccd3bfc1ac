"""How the status page words what only it shows: shares, schedules, names of incidents."""

import math
from collections.abc import Iterable
from itertools import groupby

from fetcher.monitor.incident import About, Incident
from fetcher.monitor.plan import Cron, Timing
from fetcher.monitor.target_state import Condition
from fetcher.units import format_date, format_duration, format_elapsed

MARKS = {
    Condition.NEW: "·",
    Condition.UP: "✓",
    Condition.DEGRADED: "!",
    Condition.DOWN: "✗",
}
"""Symbols that distinguish the conditions without colour."""


def percent(share: float | None) -> str:
    """Return a share in percent; only exactly 1 is 100 %, and only exactly 0 is 0 %."""
    if share is None:
        return "–"
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    digits = 2 if 0.01 <= share < 0.99 else 3
    # Rounded to six more digits than shown, or 99.952 would be cut as 99.9519999.
    cut = math.floor(round(share * 100 * 10**digits, 6)) / 10**digits
    return f"{min(max(cut, 0.001), 99.999):.{digits}f} %"


def took(seconds: float | None) -> str:
    """Return how long an answer took, `–` where nothing answered."""
    return "–" if seconds is None else format_elapsed(seconds)


def timing(when: Timing) -> str:
    """Return when a target is checked."""
    if isinstance(when, Cron):
        return f"{when.expression} ({when.zone})"
    return f"every {format_duration(when.seconds)}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 target`, `2,000 targets`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def title_of(incident: Incident) -> str:
    """Return the title of an incident: what it is about."""
    if incident.about is About.CONNECTIVITY:
        return "The monitor was offline"
    if incident.about is About.CHANNEL:
        return "A channel failed to deliver"
    members = incident.members
    if len(members) == 1:
        return members[0].shown
    return f"{counted(len(members), 'target')}: {incident.cause or incident.text}"


def by_day(incidents: Iterable[Incident]) -> list[tuple[str, list[Incident]]]:
    """Group incidents by the day (UTC) on which they were opened, in their order."""
    return [
        (name, list(some)) for name, some in groupby(incidents, lambda one: format_date(one.opened))
    ]
