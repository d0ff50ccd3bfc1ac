"""When the monitor's own event loop stalled, and which timeouts that excuses."""

from collections import deque
from collections.abc import Callable

from fetcher.judgement.verdict import Health, Reason, Trouble, Verdict
from fetcher.loop_lag import LoopWatch
from fetcher.monitor.plan import SelfSettings
from fetcher.units import format_elapsed

EVERY = 0.1
"""Seconds between two wake-ups of the loop."""
KEPT = 900.0
"""How long stalls are remembered, in seconds: longer than any check takes."""
MOST = 1_000
"""The maximum number that is remembered."""


def _ignore(late: float) -> None:
    pass


class Stalls(LoopWatch):
    """Wakes up ten times a second, and remembers the periods in which the event loop could not.

    Times are seconds of the loop's clock.

    Args:
        record_lag: Called with each wake-up's lateness, in seconds.
    """

    def __init__(self, record_lag: Callable[[float], object] = _ignore) -> None:
        super().__init__(EVERY)
        self._record_lag = record_lag
        self._stalls: deque[tuple[float, float]] = deque(maxlen=MOST)

    def within(self, began: float, ended: float) -> float:
        """Return how many seconds of a period the loop stalled."""
        # The loop may be late this very moment: what came in at the end of a stall is handled
        # before the timer that would have noticed it.
        stalls = (*self._stalls, (self._due, ended)) if self._timer else self._stalls
        overlaps = [min(ended, until) - max(began, since) for since, until in stalls]
        return sum([overlap for overlap in overlaps if overlap > 0])

    def _woken(self, due: float, now: float) -> None:
        self._record_lag(now - due)
        if now - due >= EVERY:
            self._stalls.append((due, now))
        while self._stalls and self._stalls[0][1] < now - KEPT:
            self._stalls.popleft()


def excuse_timeouts(
    verdict: Verdict, began: float, ended: float, stalls: Stalls, settings: SelfSettings
) -> Verdict:
    """Return a verdict without the timeouts that were our own fault.

    Other problems stay; if there are none, the verdict is that this check could not find out.

    Args:
        verdict: On a check.
        began: When the check began, on the loop's clock.
        ended: When it ended, likewise.
        stalls: Those of the loop.
        settings: How long a stall may be.
    """
    if not any(reason.trouble is Trouble.TIMEOUT for reason in verdict.reasons):
        return verdict
    stalled = stalls.within(began, ended)
    if stalled <= settings.loop_lag:
        return verdict
    others = tuple([r for r in verdict.reasons if r.trouble is not Trouble.TIMEOUT])
    if others:
        return Verdict(others[0].health, others, verdict.flaky)
    text = (
        f"the monitor itself stalled for {format_elapsed(stalled)} of that time; "
        f"the check found: {verdict.text}"
    )
    return Verdict(Health.UNKNOWN, (Reason(Health.UNKNOWN, Trouble.LOCAL, text),))
