"""The slots of a target, one by one."""

import math
from collections.abc import Iterator

from fetcher.monitor.schedule.rhythm import rhythm
from fetcher.monitor.watched import Timing


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
