"""When a target is to be checked, whatever its timing is."""

from typing import Protocol

from fetcher.monitor.schedule.crontimes import cron_times
from fetcher.monitor.schedule.interval import Beat, phase
from fetcher.monitor.watched import Interval, Timing


class Rhythm(Protocol):
    """The slots of a target, in seconds since the epoch."""

    def first(self, start: float) -> float:
        """The first slot at or after `start`; infinite when there is none."""
        ...

    def last(self, end: float) -> float:
        """The last slot before `end`; infinitely long ago when there is none."""
        ...

    def count(self, start: float, end: float) -> int:
        """How many slots are in [start, end)."""
        ...


def rhythm(key: str, timing: Timing) -> Rhythm:
    """The slots of a target; key: what the phase of an interval follows from."""
    if isinstance(timing, Interval):
        return Beat(timing.seconds, phase(key, timing.seconds))
    return cron_times(timing)
