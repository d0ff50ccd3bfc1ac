"""How punctual the monitor is: checks since the start, and how late recent ones began."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fetcher.loop_lag import LagHistogram
from fetcher.monitor.commit import Missed

_PERIOD = 300.0
"""Seconds that "recent" covers at least; at most twice as much."""

LATE = 1.0
"""Seconds after which a check counts as late."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks, passed in so that months can pass in a test.

    wall: seconds since the epoch; people may set it. monotonic: seconds since an arbitrary moment;
    never goes back.
    """

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


class RecentLag:
    """Percentiles of how late something was recently, in constant memory.

    now: seconds of any clock.
    """

    def __init__(self, now: float) -> None:
        self._previous, self._current = LagHistogram(), LagHistogram()
        self._began = now

    def record(self, lag: float, now: float) -> None:
        """Count one; lag: in seconds."""
        self._turn(now)
        self._current.note(max(lag, 0.0))

    def percentile(self, percent: float, now: float) -> float:
        """Return the lag, in seconds, that this percentage stayed below."""
        self._turn(now)
        return max(self._previous.percentile(percent), self._current.percentile(percent))

    def _turn(self, now: float) -> None:
        if now - self._began < _PERIOD:
            return
        self._previous = self._current if now - self._began < 2 * _PERIOD else LagHistogram()
        self._current, self._began = LagHistogram(), now


class Punctuality:
    """Counts checks, those that began late, and those that were missed.

    now: seconds since the epoch.
    """

    def __init__(self, now: float) -> None:
        self.started = now
        self.checks = 0
        self.late = 0
        self.missed: Counter[str] = Counter()
        self._lag = RecentLag(now)

    def record(self, lag: float, now: float) -> None:
        """Count a check that began this many seconds after it was due."""
        self.checks += 1
        self.late += lag > LATE
        self._lag.record(lag, now)

    def record_missed(self, missed: Iterable[Missed]) -> None:
        """Count checks that were not made."""
        for one in missed:
            self.missed[one.why.value] += one.count

    def lag(self, now: float) -> float:
        """Return how late recent checks began: the 99th percentile, in seconds."""
        return self._lag.percentile(99, now)
