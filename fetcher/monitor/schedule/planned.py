"""What is planned for a target, and what becomes of that when the clock was set."""

from typing import NamedTuple

from fetcher.monitor.schedule.crontimes import cron_times
from fetcher.monitor.schedule.rhythm import rhythm
from fetcher.monitor.schedule.slots import just_after, next_slot
from fetcher.monitor.watched import Interval, Timing

_CORRECTION = 3 * 3600.0
"""Seconds; Debian's cron takes a larger change of the clock for the end of a wrong time."""


class Planned(NamedTuple):
    """The next slot of a target; a tuple, because a heap compares many of them."""

    at: float
    key: str
    timing: Timing

    def following(self, now: float) -> "Planned":
        """What is planned once this slot and all others until `now` are over."""
        return self._replace(at=next_slot(self.key, self.timing, max(self.at, now)))

    def passed(self, now: float) -> tuple[int, float]:
        """How many slots there are from this one until `now`, and when the last of them is."""
        times, end = rhythm(self.key, self.timing), just_after(now)
        return times.count(self.at, end), times.last(end)


def set_forward(planned: Planned, now: float, by: float) -> Planned:
    """What is planned after the clock was set forward to `now`.

    A target that was due before that is due still, for its latest slot. Of the slots jumped over,
    times of the day (`CronTimes.by_wall_clock`) are made up for, as Debian's cron does; an interval
    goes on with its next slot, at most one interval later, or else all targets would be due now.
    """
    if planned.at > now:
        return planned
    if planned.at <= now - by or _by_wall_clock(planned.timing):
        return planned._replace(at=planned.passed(now)[1])
    return planned.following(now)


def set_back(planned: Planned, now: float, by: float) -> Planned:
    """What is planned after the clock was set back to `now`.

    An interval waits no longer than it is long: a slot further away gives way to an earlier one,
    even if that was there before. Times of the day are not repeated, but after a large correction.
    """
    if isinstance(planned.timing, Interval):
        stays = planned.at <= now + planned.timing.seconds
    else:
        stays = by <= _CORRECTION and _by_wall_clock(planned.timing)
    if stays:
        return planned
    return planned._replace(at=rhythm(planned.key, planned.timing).first(now))


def _by_wall_clock(timing: Timing) -> bool:
    return not isinstance(timing, Interval) and cron_times(timing).by_wall_clock
