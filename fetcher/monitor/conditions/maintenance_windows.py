"""When a maintenance window is on, as stretches of time.

Which announced work is under way, for as many targets as there are.

Whether a maintenance window says clearly when it is on.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol

from fetcher.monitor.plan import Cron, MaintenanceWindow
from fetcher.monitor.schedule.cron import CronTimes, cron_times, parse_cron

WindowStretch = tuple[float, float]
"""From when to when, in seconds since the epoch; the end is no part of it."""

_DAY = 86400.0
LONGEST_GAP = 400 * _DAY
"""So much of the time between two checks is counted at most, the latest part."""

_LOOK_AHEAD = 1_000  # beginnings, to find one after the end of the stretch before


class MaintenanceWindows(Protocol):
    """When one window is on."""

    def on(self, at: float) -> bool:
        """Whether it is on."""
        ...

    def within(self, start: float, end: float) -> Sequence[WindowStretch]:
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

    def within(self, start: float, end: float) -> Sequence[WindowStretch]:
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

    def within(self, start: float, end: float) -> Sequence[WindowStretch]:
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


def stretches_of(window: MaintenanceWindow) -> MaintenanceWindows:
    """Give when a window is on; it must be one that `check_window` accepts."""
    if window.cron:
        return Recurring(cron_times(Cron(window.cron, window.zone)), window.duration)
    assert window.start is not None
    assert window.end is not None
    return Once(window.start, window.end)


class Calendar:
    """All maintenance windows, worked out once for all targets that share them.

    Windows must be such that `check_window` accepts. What was worked out is kept for as long as the
    calendar: a configuration that is read anew deserves a new one. Times are seconds since the
    epoch.
    """

    def __init__(self) -> None:
        self._known: dict[MaintenanceWindow, MaintenanceWindows] = {}

    def window_at(
        self, windows: Sequence[MaintenanceWindow], at: float
    ) -> MaintenanceWindow | None:
        """Give the first of these windows that is on, None when none is."""
        for window in windows:
            if self._stretches(window).on(at):
                return window
        return None

    def announced(
        self, windows: Sequence[MaintenanceWindow], start: float, end: float
    ) -> tuple[WindowStretch, ...]:
        """Give when any of these windows is on between two times: cut off there, in order, apart.

        Windows that overlap or touch make one stretch. Of more than 400 days only the last 400 are
        looked at, as in `spans`.
        """
        if not windows or end <= start:
            return ()
        start = max(start, end - LONGEST_GAP)
        stretches = [
            each for window in windows for each in self._stretches(window).within(start, end)
        ]
        joined: list[WindowStretch] = []
        for first, last in sorted(stretches):
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return tuple(joined)

    def next_windows(
        self, windows: Sequence[MaintenanceWindow], after: float
    ) -> tuple[tuple[float, MaintenanceWindow], ...]:
        """Give when each of these windows next begins, the soonest first; past ones are left out.

        One that begins again before it has ended begins when a new stretch does.
        """
        begins = [(self._stretches(window).next_after(after), window) for window in windows]
        coming = [(start, window) for start, window in begins if start is not None]
        return tuple(sorted(coming, key=lambda each: each[0]))

    def _stretches(self, window: MaintenanceWindow) -> MaintenanceWindows:
        found = self._known.get(window)
        if found is None:
            found = self._known[window] = stretches_of(window)
        return found


_LONGEST = 366 * 86400.0


def check_window(window: MaintenanceWindow) -> None:
    """Raise ValueError, in plain words, for a window that does not say clearly when it is on.

    It is on again and again (cron, zone, duration) or once (start, end). It may begin again before
    it has ended, and then goes on.
    """
    if window.cron:
        _check_recurring(window)
    elif window.start is None or window.end is None:
        raise ValueError("it does not say when it is: give cron and duration, or start and end")
    elif window.duration:
        raise ValueError("it has start and end, and a duration too; that belongs to cron")
    elif not math.isfinite(window.start) or not math.isfinite(window.end):
        raise ValueError("its start or its end is not a time")
    elif window.end <= window.start:
        raise ValueError("it ends before it has begun")


def _check_recurring(window: MaintenanceWindow) -> None:
    if window.start is not None or window.end is not None:
        raise ValueError("it has cron, and start or end too; give one or the other")
    cron = parse_cron(window.cron, window.zone)
    if len(cron.expression.split()) > 5:
        # By the second, a year without this process would be 30 million beginnings to go through.
        raise ValueError(
            f"the cron expression {window.cron!r} has seconds; a window begins with a minute, "
            "so write five fields: minute, hour, day of month, month, day of week"
        )
    if not window.duration > 0:
        raise ValueError("it has no duration; say how long it lasts, such as 2h")
    if window.duration > _LONGEST:
        raise ValueError("it lasts longer than a year; give start and end instead")
