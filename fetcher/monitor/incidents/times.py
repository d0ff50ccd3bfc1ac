"""Moments and durations, as people read them in a message."""

import math
from datetime import UTC, datetime, tzinfo

NO_DATE = "a time that no calendar has"

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def shown(moment: float, zone: tzinfo = UTC) -> str:
    """A moment, in seconds since the epoch, to the second: `2026-11-03 14:05:09 UTC`."""
    made = _datetime(moment, zone)
    return NO_DATE if made is None else f"{made:%Y-%m-%d %H:%M:%S %Z}"


def stamp(moment: float | None) -> str | None:
    """The same for programs (RFC 3339): `2026-11-03T14:05:09Z`; None for none."""
    made = None if moment is None else _datetime(moment, UTC)
    return None if made is None else f"{made:%Y-%m-%dT%H:%M:%SZ}"


def lasting(seconds: float) -> str:
    """A duration in its two largest units: `45 s`, `3 min 5 s`, `2 d 4 h`; less than nothing is 0.

    The smaller one is left out where it is 0.
    """
    if not math.isfinite(seconds):
        return "an unknown time"
    rest = max(0, round(seconds))
    for place, (size, unit) in enumerate(_UNITS):
        if rest >= size:
            count, rest = divmod(rest, size)
            smaller, name = _UNITS[min(place + 1, len(_UNITS) - 1)]
            further = f" {rest // smaller} {name}" if rest // smaller else ""
            return f"{count} {unit}{further}"
    return "0 s"


def _datetime(moment: float, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment, zone)
    except (ValueError, OverflowError, OSError):
        return None
