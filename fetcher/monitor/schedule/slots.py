"""The slots of a target, one by one.

The slots of an interval: every so many seconds, at a phase that follows from the key.

When a target is to be checked, whatever its timing is.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from fetcher.monitor.plan import Interval, Timing
from fetcher.monitor.schedule.cron import cron_times

_BYTES = 6
"""Of the hash; so many fit a float's mantissa, and the share below stays less than 1."""


def phase(key: str, seconds: float) -> float:
    """How long after a multiple of `seconds` a target's slots are: in [0, seconds).

    It follows from a hash of the key (BLAKE2b, RFC 7693), so it is the same after a restart or a
    reload, and the phases of many targets are spread evenly.
    """
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
    return int.from_bytes(digest, "big") / (1 << 8 * _BYTES) * seconds


@dataclass(frozen=True, slots=True)
class Beat:
    """All t with t ≡ phase (mod seconds) on the wall clock, in seconds since the epoch.

    Each slot is computed from its number, so that nothing adds up over the years.
    """

    seconds: float
    phase: float

    def first(self, start: float) -> float:
        """The first slot at or after `start`."""
        return self._slot(self._number(start))

    def last(self, end: float) -> float:
        """The last slot before `end`."""
        return self._slot(self._number(end) - 1)

    def count(self, start: float, end: float) -> int:
        """How many slots are in [start, end)."""
        return max(0, self._number(end) - self._number(start))

    def _slot(self, number: int) -> float:
        return number * self.seconds + self.phase

    def _number(self, start: float) -> int:
        """The number of the first slot at or after `start`."""
        number = math.ceil((start - self.phase) / self.seconds)
        # The division rounds: it may be one off, next to a slot.
        while self._slot(number) < start:
            number += 1
        while self._slot(number - 1) >= start:
            number -= 1
        return number


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


def just_after(instant: float) -> float:
    """The least time after an instant: what makes of "from then on" "later than then"."""
    return math.nextafter(instant, math.inf)


def next_slot(key: str, timing: Timing, after: float) -> float:
    """The first slot of a target later than `after`; infinite when there is none."""
    return rhythm(key, timing).first(just_after(after))


def slots_between(key: str, timing: Timing, start: float, end: float) -> Iterator[float]:
    """The slots of a target in [start, end), in order, in seconds since the epoch."""
    times = rhythm(key, timing)
    slot = times.first(start)
    while slot < end:
        yield slot
        slot = times.first(just_after(slot))
