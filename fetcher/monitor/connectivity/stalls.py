"""When this program itself stood still, and what that excuses."""

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from fetcher.judgement.verdict import Health, Reason, Trouble, Verdict
from fetcher.monitor.plan import SelfSettings
from fetcher.units import seconds

EVERY = 0.1
"""Seconds between two wakings of the loop."""
KEPT = 900.0
"""For how long stand-stills are remembered, in seconds: longer than any check takes."""
MOST = 1_000
"""How many are remembered at most."""


def _ignore(late: float) -> None:
    pass


class Stalls:
    """Wakes up ten times a second, and remembers the stretches in which the event loop could not.

    note: called with each waking's lateness, in seconds. Times are seconds of the loop's clock.
    """

    def __init__(self, note: Callable[[float], object] = _ignore) -> None:
        self._note = note
        self._stretches: deque[tuple[float, float]] = deque(maxlen=MOST)
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop

    def excuse(self, began: float, ended: float) -> float:
        """How many seconds of a stretch of time the loop stood still."""
        # The loop may be late this very moment: what came at the end of a stop is handled before
        # the timer that would have noticed it.
        stretches = (*self._stretches, (self._due, ended)) if self._timer else self._stretches
        overlaps = [min(ended, until) - max(began, since) for since, until in stretches]
        return sum([overlap for overlap in overlaps if overlap > 0])

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

    def _wait(self, now: float) -> None:
        self._due = now + EVERY
        self._timer = self._loop.call_at(self._due, self._woken)

    def _woken(self) -> None:
        now = self._loop.time()
        late = max(now - self._due, 0.0)  # a loop's timers may be early by their resolution
        self._note(late)
        if late >= EVERY:
            self._stretches.append((self._due, now))
        while self._stretches and self._stretches[0][1] < now - KEPT:
            self._stretches.popleft()
        self._wait(now)


def excused(
    verdict: Verdict, began: float, ended: float, stills: Stalls, settings: SelfSettings
) -> Verdict:
    """Take out of a verdict what is only about time, where the time was our own fault.

    began, ended: when the check did, on the loop's clock. What is wrong besides stays; if nothing
    is, the verdict is that this check could not find out.
    """
    if not any(reason.trouble is Trouble.TIMEOUT for reason in verdict.reasons):
        return verdict
    stood = stills.excuse(began, ended)
    if stood <= settings.loop_lag:
        return verdict
    others = tuple([r for r in verdict.reasons if r.trouble is not Trouble.TIMEOUT])
    if others:
        return Verdict(others[0].health, others, verdict.flaky)
    text = (
        f"our own program stood still for {seconds(stood)} of that time; "
        f"it looked like: {verdict.text}"
    )
    return Verdict(Health.UNKNOWN, (Reason(Health.UNKNOWN, Trouble.LOCAL, text),))
