"""How values read on the page.

What incidents are called.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

from fetcher.monitor.incident import About, Incident
from fetcher.monitor.plan import Cron, Timing
from fetcher.monitor.target_state import Condition
from fetcher.units import format_duration

MARKS = {
    Condition.NEW: "·",
    Condition.UP: "✓",
    Condition.DEGRADED: "!",
    Condition.DOWN: "✗",
}
"""What tells the conditions apart where there is no colour."""

_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()
"""What is later can be in a database, and must not keep a page from being shown."""

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def stamp(at: float) -> str:
    """Write a time as RFC 3339 has it, in UTC and to the second."""
    return _utc(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(at: float) -> str:
    """Write a time for people, in UTC and to the minute."""
    return _utc(at).strftime("%Y-%m-%d %H:%M")


def second(at: float) -> str:
    """Write a time for people, in UTC and to the second."""
    return _utc(at).strftime("%Y-%m-%d %H:%M:%S")


def day(at: float) -> str:
    """Write a day (UTC)."""
    return _utc(at).strftime("%Y-%m-%d")


def lasting(seconds: float) -> str:
    """Write how long something lasts by its two largest units: `2 h 5 min`, `less than 1 s`."""
    left = int(max(seconds, 0))
    parts = []
    for size, name in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
        elif parts:
            break
    return " ".join(parts[:2]) or "less than 1 s"


def percent(share: float | None) -> str:
    """Write a share; only all is 100 %, and nothing that is not none is 0 %."""
    if share is None:
        return "–"
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    digits = 2 if 0.01 <= share < 0.99 else 3
    # Six digits more than are shown, lest 99.952 be read as 99.9519999 and cut.
    cut = math.floor(round(share * 100 * 10**digits, 6)) / 10**digits
    return f"{min(max(cut, 0.001), 99.999):.{digits}f} %"


def took(seconds: float | None) -> str:
    """Write how long an answer took."""
    if seconds is None:
        return "–"
    return f"{seconds * 1000:,.0f} ms" if seconds < 10 else f"{seconds:,.1f} s"


def timing(when: Timing) -> str:
    """Write when a target is checked."""
    if isinstance(when, Cron):
        return f"{when.expression} ({when.zone})"
    return f"every {format_duration(when.seconds)}"


def counted(count: int, one: str, many: str = "") -> str:
    """Write a number of things: `1 target`, `2,000 targets`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(min(at, _LAST), UTC)


def title_of(incident: Incident) -> str:
    """Name an incident by what it is about."""
    if incident.about is About.CONNECTIVITY:
        return "The monitor could not see"
    if incident.about is About.CHANNEL:
        return "A channel does not deliver"
    members = incident.members
    if len(members) == 1:
        return members[0].shown
    return f"{counted(len(members), 'target')}: {incident.cause or incident.text}"


def by_day(incidents: Iterable[Incident]) -> list[tuple[str, list[Incident]]]:
    """Gather incidents by the day (UTC) on which they began, in their order."""
    return [(name, list(some)) for name, some in groupby(incidents, lambda one: day(one.opened))]
