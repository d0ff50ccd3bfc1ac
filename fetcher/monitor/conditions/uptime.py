"""How the time between two checks of a target counts, and what share of a time it was up."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fetcher.monitor.conditions.maintenance_windows import LONGEST_GAP, Period
from fetcher.monitor.target_state import Condition, Span, TimeClass

_HOUR = 3600.0

_TIME_CLASSES = {
    Condition.UP: TimeClass.UP,
    Condition.DEGRADED: TimeClass.DEGRADED,
    Condition.DOWN: TimeClass.DOWN,
}


def spans(
    last: float | None,
    now: float,
    condition: Condition,
    longest: float,
    announced: Sequence[Period] = (),
    *,
    known: bool = True,
) -> tuple[Span, ...]:
    """Return how the time from the previous check to this one counts.

    The spans follow each other from `last` to `now`, and are cut at every full hour (UTC). Of a gap
    of more than 400 days only the last 400 are returned; without time in between, and for the first
    check (`last` is None), the result is ().

    Args:
        last: When the previous check began, in seconds since the epoch like all times here.
        now: When this one began.
        condition: The condition up to now. It counts for at most `longest` seconds after `last`;
            everything beyond is unwatched, and so is all the time while nothing was known of the
            target.
        longest: See there.
        announced: Periods of maintenance, in order and apart (`MaintenanceCalendar.announced`);
            they count as nothing else.
        known: False if this check remained undecided: then all the time is unwatched.
    """
    if last is None or now <= last:
        return ()
    held = _TIME_CLASSES.get(condition) if known else None
    watched_until = last + longest if held is not None else last
    joined: list[Span] = []
    for start, end in pairwise(_cuts(max(last, now - LONGEST_GAP), now, watched_until, announced)):
        if _is_announced(announced, start):
            time_class = TimeClass.MAINTENANCE
        elif held is not None and start < watched_until:
            time_class = held
        else:
            time_class = TimeClass.UNWATCHED
        if joined and joined[-1].time_class is time_class and start % _HOUR:
            joined[-1] = Span(joined[-1].start, end, time_class)
        else:
            joined.append(Span(start, end, time_class))
    return tuple(joined)


def _cuts(
    start: float, end: float, watched_until: float, announced: Sequence[Period]
) -> Sequence[float]:
    """Return all times from start to end at which something may change, in order."""
    hours = range(math.floor(start / _HOUR) + 1, math.ceil(end / _HOUR))
    inner = [watched_until, *(edge for period in announced for edge in period)]
    return sorted(
        {start, end, *(hour * _HOUR for hour in hours), *(at for at in inner if start < at < end)}
    )


def _is_announced(announced: Sequence[Period], at: float) -> bool:
    found = bisect_right(announced, (at, math.inf)) - 1
    return found >= 0 and at < announced[found][1]


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds by how they count; unwatched time and maintenance are neither up nor down."""

    up: float = 0.0
    degraded: float = 0.0
    down: float = 0.0
    unwatched: float = 0.0
    maintenance: float = 0.0

    @property
    def watched(self) -> float:
        """The seconds for which the target's condition is known."""
        return self.up + self.degraded + self.down

    @property
    def share(self) -> float | None:
        """The part of the watched time, 0 to 1, in which it was up or degraded.

        None if nothing was watched.
        """
        watched = self.watched
        return (self.up + self.degraded) / watched if watched else None

    def add(self, spans: Iterable[Span]) -> Uptime:
        """Return the sum with more time."""
        seconds = dict.fromkeys(TimeClass, 0.0)
        for span in spans:
            seconds[span.time_class] += span.end - span.start
        return self + Uptime(**{time_class.value: total for time_class, total in seconds.items()})

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(
            self.up + other.up,
            self.degraded + other.degraded,
            self.down + other.down,
            self.unwatched + other.unwatched,
            self.maintenance + other.maintenance,
        )
