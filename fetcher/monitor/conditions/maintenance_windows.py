"""When maintenance windows are active, and whether a window is defined unambiguously."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol

from fetcher.monitor.plan import Cron, MaintenanceWindow
from fetcher.monitor.schedule.cron import CronTimes, cron_times, parse_cron

Period = tuple[float, float]
"""From when to when, in seconds since the epoch; the end is exclusive."""

_DAY = 86400.0
LONGEST_GAP = 400 * _DAY
"""At most this much of the time between two checks is counted, the latest part."""

_LONGEST_WINDOW = 366 * _DAY

_LOOK_AHEAD = 1_000  # starts, to find one after the end of the previous period


class ActivePeriods(Protocol):
    """When one window is active: once, or again and again."""

    def active(self, at: float) -> bool:
        """True if it is active."""
        ...

    def within(self, start: float, end: float) -> Sequence[Period]:
        """Return the periods between two times, clipped to these: in order, and apart."""
        ...

    def next_start(self, after: float) -> float | None:
        """Return when it next begins; None if it does not."""
        ...


class MaintenanceCalendar:
    """All maintenance windows, computed once for all targets that share them.

    Windows must be such that `check_window` accepts. What was computed is kept until `clear`. Times
    are seconds since the epoch.
    """

    def __init__(self) -> None:
        self._known: dict[MaintenanceWindow, ActivePeriods] = {}

    def clear(self) -> None:
        """Forget what was computed: the configuration has changed."""
        self._known.clear()

    def window_at(
        self, windows: Sequence[MaintenanceWindow], at: float
    ) -> MaintenanceWindow | None:
        """Return the first of these windows that is active, None if none is."""
        for window in windows:
            if self._windows(window).active(at):
                return window
        return None

    def announced(
        self, windows: Sequence[MaintenanceWindow], start: float, end: float
    ) -> tuple[Period, ...]:
        """Return when any of these windows is active between two times: clipped, in order, apart.

        Windows that overlap or touch make one period. Of more than 400 days only the last 400 are
        considered, as in `spans`.
        """
        if not windows or end <= start:
            return ()
        start = max(start, end - LONGEST_GAP)
        periods = [each for window in windows for each in self._windows(window).within(start, end)]
        joined: list[Period] = []
        for first, last in sorted(periods):
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
            else:
                joined.append((first, last))
        return tuple(joined)

    def next_windows(
        self, windows: Sequence[MaintenanceWindow], after: float
    ) -> tuple[tuple[float, MaintenanceWindow], ...]:
        """Return when each of these windows next begins, the soonest first; past ones are omitted.

        One that begins again before it has ended begins when a new period does.
        """
        starts = [(self._windows(window).next_start(after), window) for window in windows]
        coming = [(start, window) for start, window in starts if start is not None]
        return tuple(sorted(coming, key=lambda each: each[0]))

    def _windows(self, window: MaintenanceWindow) -> ActivePeriods:
        found = self._known.get(window)
        if found is None:
            found = self._known[window] = windows_of(window)
        return found


def windows_of(window: MaintenanceWindow) -> ActivePeriods:
    """Return when a window is active; it must be one that `check_window` accepts."""
    if window.cron:
        return RecurringWindow(cron_times(Cron(window.cron, window.zone)), window.duration)
    assert window.start is not None
    assert window.end is not None
    return SingleWindow(window.start, window.end)


class SingleWindow:
    """A window that is active once."""

    def __init__(self, start: float, end: float) -> None:
        self._start = start
        self._end = end

    def active(self, at: float) -> bool:
        """True if it is active."""
        return self._start <= at < self._end

    def within(self, start: float, end: float) -> Sequence[Period]:
        """Return the period between two times, clipped to these."""
        first, last = max(start, self._start), min(end, self._end)
        return [(first, last)] if first < last else []

    def next_start(self, after: float) -> float | None:
        """Return when it begins, if that is still to come."""
        return self._start if self._start > after else None


class RecurringWindow:
    """A window that begins by a cron expression, and takes the same number of seconds each time.

    The seconds elapse alike when clocks change in between. One that begins again before it has
    ended continues. What was computed is remembered: thousands of targets ask about the same few
    minutes. Known are the periods from `_from` to `_until`, the latest start that was computed; the
    period around that may still grow.
    """

    def __init__(self, times: CronTimes, duration: float) -> None:
        self._times = times
        self._duration = duration
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._from = math.inf
        self._until = -math.inf

    def active(self, at: float) -> bool:
        """True if it is active."""
        self._compute(at, at)
        found = bisect_right(self._starts, at) - 1
        return found >= 0 and at < self._ends[found]

    def within(self, start: float, end: float) -> Sequence[Period]:
        """Return the periods between two times, clipped to these: in order, and apart."""
        self._compute(start, end)
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        return [
            (max(start, self._starts[which]), min(end, self._ends[which]))
            for which in range(first, last)
        ]

    def next_start(self, after: float) -> float | None:
        """Return when it next begins; None for one that never ends, or never comes again."""
        self._compute(after, after)
        found = bisect_right(self._starts, after)
        start = self._starts[found] if found < len(self._starts) else self._next_apart()
        return start if start < math.inf else None

    def _next_apart(self) -> float:
        """Return when it begins after the latest known period, which is still to grow."""
        start, end = self._until, self._ends[-1]
        for _ in range(_LOOK_AHEAD):
            start = self._times.first(start + 1)
            if start > end:
                return start
            end = start + self._duration
        return math.inf

    def _compute(self, start: float, end: float) -> None:
        # After a long gap it is cheaper to start afresh than to go through everything in between.
        if not self._from <= start <= self._until + _DAY:
            self._start_at(start)
        while self._until <= end:
            self._extend()
        if self._from < start - 2 * LONGEST_GAP:
            self._forget_before(start - LONGEST_GAP)

    def _start_at(self, start: float) -> None:
        """Start afresh with the latest start before: what began earlier has ended earlier."""
        latest = self._times.last(math.floor(start) + 1)
        first = latest if latest > -math.inf else self._times.first(start)
        self._starts, self._ends = [first], [first + self._duration]
        self._from, self._until = start, first

    def _extend(self) -> None:
        """Compute one more start; an infinite one if there is none."""
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


def check_window(window: MaintenanceWindow) -> None:
    """Raise ValueError, in plain words, for a window that is not defined unambiguously.

    It is active again and again (cron, zone, duration) or once (start, end). It may begin again
    before it has ended, and then continues.
    """
    if window.cron:
        _check_recurring(window)
    elif window.start is None or window.end is None:
        raise ValueError("it has no time; give cron and duration, or start and end")
    elif window.duration:
        raise ValueError("it has start and end, and also a duration, which belongs to cron")
    elif not math.isfinite(window.start) or not math.isfinite(window.end):
        raise ValueError("its start or its end is not a time")
    elif window.end <= window.start:
        raise ValueError("it ends before it starts")


def _check_recurring(window: MaintenanceWindow) -> None:
    if window.start is not None or window.end is not None:
        raise ValueError("it has cron, and also start or end; give one or the other")
    cron = parse_cron(window.cron, window.zone)
    if len(cron.expression.split()) > 5:
        # By the second, a year without this process would be 30 million starts to go through.
        raise ValueError(
            f"the cron expression {window.cron!r} has seconds; a window begins with a minute, "
            "so write five fields: minute, hour, day of month, month, day of week"
        )
    if not window.duration > 0:
        raise ValueError("it has no duration; give one, such as 2h")
    if window.duration > _LONGEST_WINDOW:
        raise ValueError("it is longer than a year; give start and end instead")
