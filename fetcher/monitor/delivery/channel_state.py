"""How a channel has done recently, and how long it is paused after a failure."""

import random

from fetcher.notify.channel import Refused

FAILURES_TO_REPORT = 3
"""After this many failures in a row, a channel is reported as failing."""

FIRST_PAUSE = 5.0
LONGEST_PAUSE = 600.0
LONGEST_RETRY_AFTER = 3600.0
"""The longest pause that a receiver can ask for."""


class ChannelState:
    """What is remembered of a channel between deliveries; times in seconds since the epoch.

    failing_since: since when it had been failing, and was reported, before this process began; None
    if it was not.
    """

    def __init__(self, failing_since: float | None = None) -> None:
        self.recent: tuple[float, ...] = ()
        """When recent deliveries arrived."""
        self.error = ""
        """Why the latest one did not arrive; "" if it did."""
        self.failing_since = failing_since
        """When the first of the failures in a row was."""
        self.is_reported = failing_since is not None
        """True if it was reported as failing."""
        self._failures = 0
        self._paused = (0.0, 0.0)

    def record_failure(self, refused: Refused, now: float, rng: random.Random) -> bool:
        """Record a failure; return True if the channel is to be reported as failing now."""
        self._failures += 1
        self.error = refused.error
        if self.failing_since is None:
            self.failing_since = now
        self._paused = (now, now + pause_after(self._failures, refused, rng))
        report = not self.is_reported and self._failures >= FAILURES_TO_REPORT
        self.is_reported = self.is_reported or report
        return report

    def record_arrival(self, now: float, period: float) -> bool:
        """Record a delivery; return True if the channel is to be reported as recovered.

        period: for how many seconds it counts as recent.
        """
        self.recent = (*[at for at in self.recent if at <= now < at + period], now)
        was_reported, self.is_reported = self.is_reported, False
        self.error, self.failing_since, self._failures = "", None, 0
        self.resume()
        return was_reported

    def resume(self) -> None:
        """End the pause."""
        self._paused = (0.0, 0.0)

    def paused_until(self, now: float) -> float | None:
        """Return when the pause ends; None if there is none, or the clock was set to before it."""
        start, end = self._paused
        return end if start <= now < end else None


def pause_after(failures: int, refused: Refused, rng: random.Random) -> float:
    """Return how many seconds to pause; failures: how many there were in a row, at least 1.

    The pause doubles, half of it at random, so that not all clients come back together. A
    Retry-After (RFC 9110, section 10.2.3) can make it longer, but not shorter.
    """
    ceiling = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 60), LONGEST_PAUSE)
    jittered = ceiling * (0.5 + rng.random() / 2)
    return max(jittered, min(refused.retry_after or 0.0, LONGEST_RETRY_AFTER))
