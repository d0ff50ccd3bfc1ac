"""A rate limit: an even pace of starts that holds over every window of time."""

from __future__ import annotations

from collections import deque

__all__ = ["Pace"]

# Timers fire a millisecond or two late. A delay of up to this many seconds is made up for by
# starting the next one earlier; a longer one was a pause, and is not made up for.
_CATCH_UP = 0.01


class Pace:
    """Tells how long to wait before the next start, so that no window holds too many.

    Starts are spread evenly, `1 / per_second` apart, and any n starts in a row
    (n being `per_second` rounded down) take at least n / per_second seconds,
    so making up for a late timer never exceeds the rate either. It reads no
    clock: the caller passes the time in, in seconds on any monotonic clock.

    Args:
        per_second: maximum number of starts per second; more than 0.

    Raises:
        ValueError: the rate is not positive.
    """

    __slots__ = ("_interval", "_next", "_recent", "_span")

    def __init__(self, per_second: float) -> None:
        if not per_second > 0:
            raise ValueError(f"max_per_second must be greater than 0, not {per_second!r}")
        self._interval = 1 / per_second
        count = max(1, int(per_second))
        self._span = count / per_second
        self._recent: deque[float] = deque(maxlen=count)
        self._next = float("-inf")

    def delay(self, now: float) -> float:
        """Return the seconds to wait from `now` until a start is allowed; 0 if it already is."""
        earliest = self._next
        recent = self._recent
        if len(recent) == recent.maxlen:
            earliest = max(earliest, recent[0] + self._span)
        return max(0.0, earliest - now)

    def started(self, now: float) -> None:
        """Record a start at `now`."""
        self._recent.append(now)
        planned = self._next if now - self._next <= _CATCH_UP else now
        self._next = planned + self._interval
