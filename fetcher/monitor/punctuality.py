"""How punctual the monitor is: counts since the start, and how late checks began of late.

The two clocks, passed in so that months can pass in a test.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fetcher.loop_lag import LoopLag
from fetcher.monitor.commit import Missed

_STRETCH = 300.0
"""Seconds that "of late" covers, and at most twice as much."""

LATE = 1.0
"""Seconds after which a check was not on time."""


class Lags:
    """A percentile of how late something was, of late; takes the same memory however long it runs.

    now: seconds on any clock.
    """

    def __init__(self, now: float) -> None:
        self._before, self._current = LoopLag(), LoopLag()
        self._began = now

    def note(self, lag: float, now: float) -> None:
        """Count one."""
        self._turn(now)
        self._current.note(max(lag, 0.0))

    def percentile(self, percent: float, now: float) -> float:
        """The lag, in seconds, that so many of a hundred kept below."""
        self._turn(now)
        return max(self._before.percentile(percent), self._current.percentile(percent))

    def _turn(self, now: float) -> None:
        if now - self._began < _STRETCH:
            return
        self._before = self._current if now - self._began < 2 * _STRETCH else LoopLag()
        self._current, self._began = LoopLag(), now


class Punctuality:
    """Counts checks, those that began late, and those that were missed.

    now: seconds since the epoch.
    """

    def __init__(self, now: float) -> None:
        self.started = now
        self.checks = 0
        self.late = 0
        self.missed: Counter[str] = Counter()
        self._lags = Lags(now)

    def checked(self, lag: float, now: float) -> None:
        """Count a check that began so many seconds after it was due."""
        self.checks += 1
        self.late += lag > LATE
        self._lags.note(lag, now)

    def skipped(self, missed: Iterable[Missed]) -> None:
        """Count checks that were not made."""
        for one in missed:
            self.missed[one.why.value] += one.count

    def lag(self, now: float) -> float:
        """How late checks began of late: the 99th percentile, in seconds."""
        return self._lags.percentile(99, now)


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is.

    wall: seconds since the epoch; may be set by people. monotonic: seconds since whenever; only
    ever goes on.
    """

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
