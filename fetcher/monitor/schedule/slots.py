"""The slots of a target: when it is to be checked, by interval or by cron expression."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from fetcher.monitor.plan import Interval, Timing
from fetcher.monitor.schedule.cron import cron_times

_BYTES = 6
"""Of the hash; this many fit a float's mantissa, which keeps the fraction below 1."""


def phase(key: str, seconds: float) -> float:
    """Return the offset of a target's slots from multiples of `seconds`: in [0, seconds).

    It is derived from a hash of the key (BLAKE2b, RFC 7693), so it stays the same after a restart
    or a reload, and the phases of many targets are spread evenly.
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "big") / (1 << 8 * _BYTES) * seconds


@dataclass(frozen=True, slots=True)
class IntervalSlots:
    """All t with t ≡ phase (mod seconds) on the wall clock, in seconds since the epoch.

    Each slot is computed from its number, so that rounding errors do not accumulate over the years.
    """

    seconds: float
    phase: float

    def first(self, start: float) -> float:
        """Return the first slot at or after `start`."""
        return self._slot(self._number(start))

    def last(self, end: float) -> float:
        """Return the last slot before `end`."""
        return self._slot(self._number(end) - 1)

    def count(self, start: float, end: float) -> int:
        """Return the number of slots in [start, end)."""
        return max(0, self._number(end) - self._number(start))

    def _slot(self, number: int) -> float:
        return number * self.seconds + self.phase

    def _number(self, start: float) -> int:
        """Return the number of the first slot at or after `start`."""
        number = math.ceil((start - self.phase) / self.seconds)
        # The division rounds, so next to a slot it may be off by one.
        while self._slot(number) < start:
            number += 1
        while self._slot(number - 1) >= start:
            number -= 1
        return number


class Slots(Protocol):
    """The slots of a target, in seconds since the epoch."""

    def first(self, start: float) -> float:
        """Return the first slot at or after `start`; infinity if there is none."""
        ...

    def last(self, end: float) -> float:
        """Return the last slot before `end`; minus infinity if there is none."""
        ...

    def count(self, start: float, end: float) -> int:
        """Return the number of slots in [start, end)."""
        ...


def slots_of(key: str, timing: Timing) -> Slots:
    """Return the slots of a target; key: determines the phase of an interval."""
    if isinstance(timing, Interval):
        return IntervalSlots(timing.seconds, phase(key, timing.seconds))
    return cron_times(timing)


def just_after(instant: float) -> float:
    """Return the earliest time after an instant; it turns "at or after" into "after"."""
    return math.nextafter(instant, math.inf)


def next_slot(key: str, timing: Timing, after: float) -> float:
    """Return the first slot of a target later than `after`; infinity if there is none."""
    return slots_of(key, timing).first(just_after(after))


def slots_between(key: str, timing: Timing, start: float, end: float) -> Iterator[float]:
    """Yield the slots of a target in [start, end), in order, in seconds since the epoch."""
    times = slots_of(key, timing)
    slot = times.first(start)
    while slot < end:
        yield slot
        slot = times.first(just_after(slot))
