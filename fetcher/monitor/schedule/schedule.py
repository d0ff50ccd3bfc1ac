"""Which target is due: the next slot of every target, in one heap.

A plain data structure on clocks that are passed in: it never waits and uses no asyncio, so every
rule here is tested on a virtual clock. Slots that pass without a check are counted as missed, and a
change of the wall clock is detected by comparing it with the monotonic one.
"""

import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fetcher.monitor.commit import Missed, MissedReason
from fetcher.monitor.plan import Interval, Timing
from fetcher.monitor.schedule.cron import cron_times
from fetcher.monitor.schedule.slots import just_after, next_slot, slots_of

_CORRECTION = 3 * 3600.0
"""Seconds; Debian's cron treats a larger change of the clock as the correction of a wrong time."""
_TOLERATED = 1.0
"""Seconds; smaller adjustments keep a clock accurate and do not affect the schedule."""
_NOTHING_KNOWN: Mapping[str, float] = {}


class Planned(NamedTuple):
    """The next slot of a target; a tuple, because a heap compares many of them."""

    at: float
    key: str
    timing: Timing

    def following(self, now: float) -> "Planned":
        """Return the plan once this slot and all others until `now` are over."""
        return self._replace(at=next_slot(self.key, self.timing, max(self.at, now)))

    def passed(self, now: float) -> tuple[int, float]:
        """Return the number of slots from this one until `now`, and the last of them."""
        times, end = slots_of(self.key, self.timing), just_after(now)
        return times.count(self.at, end), times.last(end)


def set_forward(planned: Planned, now: float, by: float) -> Planned:
    """Return what is planned after the clock was set forward to `now`.

    A target that was due before is still due, for its latest slot. Of the slots skipped, times of
    day (`CronTimes.by_wall_clock`) are made up for, as in Debian's cron; an interval continues with
    its next slot, at most one interval later, or else all targets would be due now.
    """
    if planned.at > now:
        return planned
    if planned.at <= now - by or _by_wall_clock(planned.timing):
        return planned._replace(at=planned.passed(now)[1])
    return planned.following(now)


def set_back(planned: Planned, now: float, by: float) -> Planned:
    """Return what is planned after the clock was set back to `now`.

    An interval never waits longer than its length: a slot further away is replaced by an earlier
    one, even if that one was used before. Times of day are repeated only after a large correction.
    """
    if isinstance(planned.timing, Interval):
        stays = planned.at <= now + planned.timing.seconds
    else:
        stays = by <= _CORRECTION and _by_wall_clock(planned.timing)
    if stays:
        return planned
    return planned._replace(at=slots_of(planned.key, planned.timing).first(now))


def _by_wall_clock(timing: Timing) -> bool:
    return not isinstance(timing, Interval) and cron_times(timing).by_wall_clock


class Misses:
    """Missed checks, counted by target and reason until they are taken."""

    __slots__ = ("_counted",)

    def __init__(self) -> None:
        self._counted: dict[tuple[str, MissedReason], tuple[float, int]] = {}

    def add(self, key: str, why: MissedReason, at: float, count: int = 1) -> None:
        """Count missed checks of a target; at: when the last of them was due."""
        before = self._counted.get((key, why), (at, 0))
        self._counted[key, why] = (max(at, before[0]), before[1] + count)

    def take(self) -> list[Missed]:
        """Return what was counted since the last call."""
        taken = [Missed(key, at, count, why) for (key, why), (at, count) in self._counted.items()]
        self._counted.clear()
        return taken


class ClockWatch:
    """Compares the wall clock with the monotonic one; both in seconds.

    After a suspend, the clock looks as if it had been set forward where the monotonic clock was
    stopped meanwhile (Linux), and the process looks late where it was not.
    """

    __slots__ = ("_monotonic", "_now")

    def __init__(self, now: float, monotonic: float) -> None:
        self._now = now
        self._monotonic = monotonic

    def set_by(self, now: float, monotonic: float) -> float:
        """Return by how many seconds the wall clock was set since the last call, or 0."""
        by = (now - self._now) - (monotonic - self._monotonic)
        self._now, self._monotonic = now, monotonic
        return by if abs(by) > _TOLERATED else 0.0


@dataclass(frozen=True, slots=True)
class Due:
    """A check that is due; at: the slot it was planned for, in seconds since the epoch."""

    key: str
    at: float


class Schedule:
    """Every target's next slot.

    now: the wall clock, seconds since the epoch; slots refer to this one. monotonic: a clock that
    is never set, in seconds; `due` compares the two, so call it every second or so even if nothing
    is due, or a change of the clock is noticed late.

    Each slot of a target is either run or counted as missed, exactly once. RUNNING: the previous
    check was still running. LATE: several slots had passed; the earliest is run, and the others are
    missed. STOPPED: the process was not running. CLOCK: the clock was set forward, or the machine
    was suspended; an interval then continues with its next slot, while a time of day (cron) is made
    up for. After the clock was set back, no interval waits longer than its length.
    """

    def __init__(self, now: float, monotonic: float) -> None:
        self._clock = ClockWatch(now, monotonic)
        self._heap: list[Planned] = []
        self._planned: dict[str, Planned] = {}
        self._running: set[str] = set()
        self._misses = Misses()

    @property
    def running(self) -> int:
        """Number of running checks; those of removed targets count until they finish."""
        return len(self._running)

    def replace(
        self,
        timings: Iterable[tuple[str, Timing]],
        now: float,
        last: Mapping[str, float] = _NOTHING_KNOWN,
    ) -> None:
        """Set or replace all targets, by key.

        Unchanged targets keep their place; new ones are due at their first slot from `now` on;
        those with a new timing are planned as if they were new. A running check keeps running, and
        is never started twice. last: when each new one was last checked by an earlier process; the
        slots since then are missed.
        """
        after: dict[str, Planned] = {}
        for key, timing in timings:
            planned = self._planned.get(key)
            if planned is not None and planned.timing == timing:
                after[key] = planned
                continue
            if planned is not None:
                self._miss(planned, now, MissedReason.LATE)
            elif key in last:
                since = Planned(slots_of(key, timing).first(just_after(last[key])), key, timing)
                self._miss(since, math.nextafter(now, -math.inf), MissedReason.STOPPED)
            after[key] = Planned(slots_of(key, timing).first(now), key, timing)
        self._planned = after
        self._arrange()

    def due(self, now: float, monotonic: float, most: int | None = None) -> list[Due]:
        """Take the checks that are due, at most `most`, in the order of their slots.

        Each is running until `finished` is called.
        """
        by = self._clock.set_by(now, monotonic)
        if by:
            self._clock_was_set(now, by)
        found: list[Due] = []
        while self._heap and self._heap[0].at <= now and (most is None or len(found) < most):
            planned = self._heap[0]
            following = planned.following(planned.at)
            if planned.key in self._running:
                self._miss(planned, now, MissedReason.RUNNING)
            else:
                self._miss(following, now, MissedReason.LATE)
                self._running.add(planned.key)
                found.append(Due(planned.key, planned.at))
            following = following if following.at > now else following.following(now)
            self._planned[planned.key] = following
            heapq.heapreplace(self._heap, following)
        return found

    def finished(self, key: str) -> None:
        """Record that the check of a target is over; ignored if there was none."""
        self._running.discard(key)

    def next_due(self) -> float | None:
        """Return the next slot of all targets, running ones included; None if there is none."""
        return _finite(self._heap[0].at) if self._heap else None

    def next_of(self, key: str) -> float | None:
        """Return a target's next slot; None if it has none, or is unknown."""
        planned = self._planned.get(key)
        return _finite(planned.at) if planned is not None else None

    def take_missed(self) -> list[Missed]:
        """Return the checks missed since the last call, counted by target and reason."""
        return self._misses.take()

    def _miss(self, planned: Planned, now: float, why: MissedReason) -> None:
        """Count the slots from the planned one until `now`."""
        if planned.at <= now:
            count, at = planned.passed(now)
            self._misses.add(planned.key, why, at, count)

    def _clock_was_set(self, now: float, by: float) -> None:
        for key, planned in self._planned.items():
            if by < 0:
                self._planned[key] = set_back(planned, now, -by)
                continue
            again = set_forward(planned, now, by)
            self._miss(planned, min(now, math.nextafter(again.at, -math.inf)), MissedReason.CLOCK)
            self._planned[key] = again
        self._arrange()

    def _arrange(self) -> None:
        self._heap = list(self._planned.values())
        heapq.heapify(self._heap)


def _finite(at: float) -> float | None:
    return at if at < math.inf else None
