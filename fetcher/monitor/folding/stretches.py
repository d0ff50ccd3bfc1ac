"""When a maintenance window is on, as stretches of time."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol

from fetcher.monitor.schedule.crontimes import CronTimes, cron_times
from fetcher.monitor.watched import Cron, Window

Stretch = tuple[float, float]
"""From when to when, in seconds since the epoch; the end is no part of it."""

_DAY = 86400.0
LONGEST_GAP = 400 * _DAY
"""So much of the time between two checks is counted at most, the latest part."""

_LOOK_AHEAD = 1_000  # beginnings, to find one after the end of the stretch before


class Stretches(Protocol):
    """When one window is on."""

    def on(self, at: float) -> bool:
        """Whether it is on."""
        ...

    def within(self, start: float, end: float) -> Sequence[Stretch]:
        """Give the stretches between two times, cut off there: in order, and apart."""
        ...

    def next_after(self, at: float) -> float | None:
        """Give when it next begins; None when it does not."""
        ...


class Once:
    """A window that is on once."""

    def __init__(self, start: float, end: float) -> None:
        self._start = start
        self._end = end

    def on(self, at: float) -> bool:
        """Whether it is on."""
        return self._start <= at < self._end

    def within(self, start: float, end: float) -> Sequence[Stretch]:
        """Give the stretch between two times, cut off there."""
        first, last = max(start, self._start), min(end, self._end)
        return [(first, last)] if first < last else []

    def next_after(self, at: float) -> float | None:
        """Give when it begins, if that is still to come."""
        return self._start if self._start > at else None


class Recurring:
    """A window that begins by a cron expression, and lasts so many seconds each time.

    They pass alike when clocks are changed meanwhile. One that begins again before it has ended
    goes on. What was worked out is remembered: thousands of targets ask about the same few minutes.
    Known is what is on from `_from` to `_until`, the latest beginning that was worked out; the
    stretch around that may still grow.
    """

    def __init__(self, times: CronTimes, duration: float) -> None:
        self._times = times
        self._duration = duration
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._from = math.inf
        self._until = -math.inf

    def on(self, at: float) -> bool:
        """Whether it is on."""
        self._learn(at, at)
        found = bisect_right(self._starts, at) - 1
        return found >= 0 and at < self._ends[found]

    def within(self, start: float, end: float) -> Sequence[Stretch]:
        """Give the stretches between two times, cut off there: in order, and apart."""
        self._learn(start, end)
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return [
            (max(start, self._starts[which]), min(end, self._ends[which]))
            for which in range(first, last)
        ]

    def next_after(self, at: float) -> float | None:
        """Give when it next begins; None for one that goes on and on, or never comes again."""
        self._learn(at, at)
        found = bisect_right(self._starts, at)
        start = self._starts[found] if found < len(self._starts) else self._next_apart()
        return start if start < math.inf else None

    def _next_apart(self) -> float:
        """Give when it begins after the latest stretch that is known, which is still to grow."""
        start, end = self._until, self._ends[-1]
        for _ in range(_LOOK_AHEAD):
            start = self._times.first(start + 1)
            if start > end:
                return start
            end = start + self._duration
        return math.inf

    def _learn(self, start: float, end: float) -> None:
        # After a long silence it is cheaper to begin anew than to go through all that is between.
        if not self._from <= start <= self._until + _DAY:
            self._begin_at(start)
        while self._until <= end:
            self._extend()
        if self._from < start - 2 * LONGEST_GAP:
            self._forget_before(start - LONGEST_GAP)

    def _begin_at(self, start: float) -> None:
        """Begin anew, with the latest beginning before: what began earlier has ended earlier."""
        latest = self._times.last(math.floor(start) + 1)
        first = latest if latest > -math.inf else self._times.first(start)
        self._starts, self._ends = [first], [first + self._duration]
        self._from, self._until = start, first

    def _extend(self) -> None:
        """Work out one more beginning; an infinite one when there is none."""
        self._until = self._times.first(self._until + 1)
        if self._until <= self._ends[-1]:
            self._ends[-1] = self._until + self._duration
            return
        self._starts.append(self._until)
        self._ends.append(self._until + self._duration)

    def _forget_before(self, start: float) -> None:
        over = bisect_right(self._ends, start)
        del self._starts[:over], self._ends[:over]
        self._from = start


def stretches_of(window: Window) -> Stretches:
    """Give when a window is on; it must be one that `check_window` accepts."""
    if window.cron:
        return Recurring(cron_times(Cron(window.cron, window.zone)), window.duration)
    assert window.start is not None
    assert window.end is not None
    return Once(window.start, window.end)
