"""How late the event loop is: whatever else runs on it has to wait that long."""

import asyncio
import math
from abc import ABC, abstractmethod
from collections import Counter
from types import TracebackType
from typing import Self

_EVERY = 0.01
_FINENESS = 16
_SHORTEST = 1e-5
_MOST_MISSED = 10_000
"""More wake-ups in a row than this are missed only by a computer that was asleep."""


class LoopWatch(ABC):
    """Wakes up at a steady pace while it is entered, to see how late the event loop is.

    every: the seconds between two wake-ups.
    """

    def __init__(self, every: float) -> None:
        self._every = every
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._wait(self._loop.time())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @abstractmethod
    def _woken(self, due: float, now: float) -> None:
        """Take a wake-up that was due then, by the loop's clock; `now` is never earlier."""

    def _wait(self, now: float) -> None:
        self._due = now + self._every
        self._timer = self._loop.call_at(self._due, self._wake_up)

    def _wake_up(self) -> None:
        now = max(self._loop.time(), self._due)  # a loop's timers may be early by their resolution
        self._woken(self._due, now)
        self._wait(now)


class LagHistogram:
    """Percentiles of how late something was, in the same small memory however long it runs."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._longest = 0.0

    @property
    def longest(self) -> float:
        """The longest lag, in seconds; 0 if there was none."""
        return self._longest

    def percentile(self, percent: float) -> float:
        """Return the lag, in seconds, that this percentage stayed below; within 5%."""
        rank = math.ceil(self._counts.total() * percent / 100)
        for bucket in sorted(self._counts):
            rank -= self._counts[bucket]
            if rank <= 0:
                return min(_SHORTEST * 2 ** (bucket / _FINENESS), self._longest)
        return 0.0

    def note(self, lag: float) -> None:
        """Count one that was this many seconds late."""
        self._longest = max(self._longest, lag)
        self._counts[math.ceil(_FINENESS * math.log2(max(lag, _SHORTEST) / _SHORTEST))] += 1


class LoopLag(LoopWatch, LagHistogram):
    """Wakes up every hundredth of a second, and notes how late that was.

    Whatever keeps the loop busy for a second delays not one wake-up but a hundred, by 1.00, 0.99,
    0.98, … seconds; all are counted, or a few long stalls would hide behind many quick moments
    ("coordinated omission").
    """

    def __init__(self) -> None:
        LoopWatch.__init__(self, _EVERY)
        LagHistogram.__init__(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._woken(self._due, self._loop.time())
        super().__exit__(kind, error, traceback)

    def _woken(self, due: float, now: float) -> None:
        """Note this wake-up, unless it is still to come, and those missed since."""
        late = now - due
        wakings = math.floor(late / _EVERY) + 1
        for number in range(min(wakings, _MOST_MISSED)):
            self.note(late - number * _EVERY)
