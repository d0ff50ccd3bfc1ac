"""A schedule that is simple and slow: it lists all slots, and goes through them one by one."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from fetcher.monitor.commit import MissedReason
from fetcher.monitor.plan import Cron, Interval, Timing
from fetcher.monitor.schedule import Due, phase
from tests.monitor.schedule.literal_cron import literal_slots

BEGIN = datetime(2026, 10, 10, tzinfo=UTC).timestamp()
END = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
"""Between them clocks change in Europe and in America."""

INTERVALS = [Interval(97.0), Interval(600.5), Interval(3600.0), Interval(86_400.0)]
CRONS = [
    Cron("*/20 * * * *", "Europe/Berlin"),
    Cron("30 2 * * *", "Europe/Berlin"),
    Cron("15 1,13 * * 0-5", "America/New_York"),
    Cron("0 */3 * * *", "Australia/Lord_Howe"),
]
TIMINGS: list[Timing] = [*INTERVALS, *CRONS]
TIMES_OF_THE_DAY = CRONS[1:3]


@cache
def all_slots(key: str, timing: Timing) -> list[float]:
    """All slots from BEGIN to END."""
    if isinstance(timing, Cron):
        return literal_slots(timing.expression, timing.zone, BEGIN, END)
    numbers = range(int(BEGIN // timing.seconds), int(END // timing.seconds) + 1)
    return [number * timing.seconds + phase(key, timing.seconds) for number in numbers]


def slots_from(key: str, timing: Timing, start: float) -> list[float]:
    """All slots at or after `start`."""
    slots = all_slots(key, timing)
    return slots[bisect_left(slots, start) :]


class Model:
    """What `Schedule` should do.

    left: the slots of each target that are neither run nor missed. missed: what was counted, as
    `take_missed` gives it.
    """

    def __init__(self, now: float, monotonic: float) -> None:
        self.clocks = (now, monotonic)
        self.timings: dict[str, Timing] = {}
        self.left: dict[str, list[float]] = {}
        self.running: set[str] = set()
        self.missed: dict[tuple[str, MissedReason], list[float]] = {}

    def miss(self, key: str, why: MissedReason, slots: list[float]) -> None:
        """Count slots."""
        if slots:
            self.missed.setdefault((key, why), []).extend(slots)

    def passed(self, key: str, now: float) -> list[float]:
        """The slots of a target that have come."""
        return [slot for slot in self.left[key][:5000] if slot <= now]

    def go_on(self, key: str, now: float) -> None:
        """Leave only the slots after `now`."""
        self.left[key] = [slot for slot in self.left[key] if slot > now]

    def replace(self, timings: Mapping[str, Timing], now: float, last: Mapping[str, float]) -> None:
        """Set all targets anew."""
        before, left = self.timings, self.left
        self.timings, self.left = dict(timings), {}
        for key, timing in timings.items():
            if before.get(key) == timing:
                self.left[key] = left[key]
                continue
            if key in before:
                self.miss(key, MissedReason.LATE, [slot for slot in left[key] if slot <= now])
            elif key in last:
                slots = slots_from(key, timing, last[key])
                self.miss(
                    key, MissedReason.STOPPED, [slot for slot in slots if last[key] < slot < now]
                )
            self.left[key] = slots_from(key, timing, now)

    def due(self, now: float, monotonic: float, most: int | None) -> list[Due]:
        """Take what is due."""
        by = (now - self.clocks[0]) - (monotonic - self.clocks[1])
        self.clocks = (now, monotonic)
        for key in self.timings:
            if by > 1:
                self.set_forward(key, now, by)
            elif by < -1:
                self.set_back(key, now, -by)
        found: list[Due] = []
        ready = [(slots[0], key) for key in self.timings if (slots := self.passed(key, now))]
        for at, key in sorted(ready):
            if len(found) == most:
                break
            if key in self.running:
                self.miss(key, MissedReason.RUNNING, self.passed(key, now))
            else:
                self.miss(key, MissedReason.LATE, self.passed(key, now)[1:])
                found.append(Due(key, at))
                self.running.add(key)
            self.go_on(key, now)
        return found

    def set_forward(self, key: str, now: float, by: float) -> None:
        """One run for what was due before or is a time of the day, else the next slot."""
        passed = self.passed(key, now)
        if not passed:
            return
        if passed[0] <= now - by or self.timings[key] in TIMES_OF_THE_DAY:
            self.miss(key, MissedReason.CLOCK, passed[:-1])
            self.left[key] = slots_from(key, self.timings[key], passed[-1])
        else:
            self.miss(key, MissedReason.CLOCK, passed)
            self.go_on(key, now)

    def set_back(self, key: str, now: float, by: float) -> None:
        """Nobody waits longer than an interval; times of the day are repeated only in earnest."""
        timing = self.timings[key]
        if timing in TIMES_OF_THE_DAY and by <= 3 * 3600:
            return
        if isinstance(timing, Interval) and self.left[key][0] <= now + timing.seconds:
            return
        self.left[key] = slots_from(key, timing, now)
