"""Notices that somebody set the wall clock."""

_TOLERATED = 1.0
"""Seconds; less is what a clock is kept right with, and disturbs no schedule."""


class ClockWatch:
    """Compares the wall clock with the monotonic one; both in seconds.

    A machine that slept looks as if its clock had been set forward where the monotonic clock stood
    still meanwhile (Linux), and like a process that was late where it went on.
    """

    __slots__ = ("_monotonic", "_now")

    def __init__(self, now: float, monotonic: float) -> None:
        self._now = now
        self._monotonic = monotonic

    def set_by(self, now: float, monotonic: float) -> float:
        """By how much the wall clock was set since the last call, 0 when it was not."""
        by = (now - self._now) - (monotonic - self._monotonic)
        self._now, self._monotonic = now, monotonic
        return by if abs(by) > _TOLERATED else 0.0
