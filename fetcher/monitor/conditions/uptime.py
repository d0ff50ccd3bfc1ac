"""How much of a time a target was up.

How the time between two checks of a target counts.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fetcher.monitor.conditions.maintenance_windows import LONGEST_GAP, WindowStretch
from fetcher.monitor.target_state import Condition, Span, TimeClass


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds by how they count: what was not watched, or was announced, is neither up nor down."""

    up: float = 0.0
    degraded: float = 0.0
    down: float = 0.0
    unwatched: float = 0.0
    maintenance: float = 0.0

    @property
    def watched(self) -> float:
        """The seconds of which it is known how the target was."""
        return self.up + self.degraded + self.down

    @property
    def share(self) -> float | None:
        """The part of the watched time, 0 to 1, in which it was up or degraded.

        None when nothing was watched.
        """
        watched = self.watched
        return (self.up + self.degraded) / watched if watched else None

    def add(self, spans: Iterable[Span]) -> Uptime:
        """Count more time."""
        seconds = dict.fromkeys(TimeClass, 0.0)
        for span in spans:
            seconds[span.spell] += span.end - span.start
        return self + Uptime(**{spell.value: count for spell, count in seconds.items()})

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(
            self.up + other.up,
            self.degraded + other.degraded,
            self.down + other.down,
            self.unwatched + other.unwatched,
            self.maintenance + other.maintenance,
        )


_HOUR = 3600.0

_SPELLS = {
    Condition.UP: TimeClass.UP,
    Condition.DEGRADED: TimeClass.DEGRADED,
    Condition.DOWN: TimeClass.DOWN,
}


def spans(
    last: float | None,
    now: float,
    condition: Condition,
    longest: float,
    announced: Sequence[WindowStretch] = (),
    *,
    seen: bool = True,
) -> tuple[Span, ...]:
    """Say how the time from the check before, at `last`, to the one at `now` counts.

    condition: that was held until now. It counts for at most `longest` seconds after `last`; what
    is beyond was unwatched, and so is all the time when this check could not see (not `seen`), or
    while nothing was known of the target. announced: stretches of maintenance, in order and apart
    (`Calendar.announced`); they count as nothing else. Times are seconds since the epoch.

    The spans follow upon each other from `last` to `now`, and are cut at every full hour (UTC). Of
    a gap of more than 400 days only the last 400 are given; without time in between, and for the
    first check (`last` is None), it is ().
    """
    if last is None or now <= last:
        return ()
    held = _SPELLS.get(condition) if seen else None
    watched_until = last + longest if held is not None else last
    joined: list[Span] = []
    for start, end in pairwise(_cuts(max(last, now - LONGEST_GAP), now, watched_until, announced)):
        if _is_announced(announced, start):
            spell = TimeClass.MAINTENANCE
        elif held is not None and start < watched_until:
            spell = held
        else:
            spell = TimeClass.UNWATCHED
        if joined and joined[-1].spell is spell and start % _HOUR:
            joined[-1] = Span(joined[-1].start, end, spell)
        else:
            joined.append(Span(start, end, spell))
    return tuple(joined)


def _cuts(
    start: float, end: float, watched_until: float, announced: Sequence[WindowStretch]
) -> Sequence[float]:
    """All times from start to end at which something may change, in order."""
    hours = range(math.floor(start / _HOUR) + 1, math.ceil(end / _HOUR))
    inner = [watched_until, *(edge for stretch in announced for edge in stretch)]
    return sorted(
        {start, end, *(hour * _HOUR for hour in hours), *(at for at in inner if start < at < end)}
    )


def _is_announced(announced: Sequence[WindowStretch], at: float) -> bool:
    found = bisect_right(announced, (at, math.inf)) - 1
    return found >= 0 and at < announced[found][1]
