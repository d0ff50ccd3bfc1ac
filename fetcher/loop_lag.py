"""How late the event loop is: what else runs on it has to wait so long."""

import asyncio
import math
from collections import Counter
from types import TracebackType
from typing import Self

_EVERY = 0.01
_FINENESS = 16
_SHORTEST = 1e-5
_MOST_MISSED = 10_000
"""More wakings in a row than this are missed only by a computer that was asleep."""


class LoopLag:
    """Wakes up every hundredth of a second, and notes how late that was.

    Whoever keeps the loop busy for a second delays not one waking but a hundred, by 1.00, 0.99,
    0.98, … seconds; all are counted, or a few long stops would hide behind many quick moments
    ("coordinated omission"). It takes the same small memory however long it runs.
    """

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._longest = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop

    @property
    def longest(self) -> float:
        """The longest lag, in seconds; 0 when the loop was never looked at."""
        return self._longest

    def percentile(self, percent: float) -> float:
        """The lag, in seconds, that so many of a hundred wakings kept below; within 5%."""
        rank = math.ceil(self._counts.total() * percent / 100)
        for bucket in sorted(self._counts):
            rank -= self._counts[bucket]
            if rank <= 0:
                return min(_SHORTEST * 2 ** (bucket / _FINENESS), self._longest)
        return 0.0

    def note(self, lag: float) -> None:
        """Count one waking that was so many seconds late."""
        self._longest = max(self._longest, lag)
        self._counts[math.ceil(_FINENESS * math.log2(max(lag, _SHORTEST) / _SHORTEST))] += 1

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
        self._count(self._loop.time())
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self, now: float) -> None:
        self._due = now + _EVERY
        self._timer = self._loop.call_at(self._due, self._woken)

    def _woken(self) -> None:
        now = max(self._loop.time(), self._due)  # a loop's timers may be early by their resolution
        self._count(now)
        self._wait(now)

    def _count(self, now: float) -> None:
        """Note the waking that was due last, unless it is still to come, and those missed since."""
        late = now - self._due
        wakings = math.floor(late / _EVERY) + 1
        for number in range(min(wakings, _MOST_MISSED)):
            self.note(late - number * _EVERY)
