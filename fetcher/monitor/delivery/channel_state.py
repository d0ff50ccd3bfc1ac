"""How a channel has done of late.

How long a channel is left alone after a failure.
"""

import random

from fetcher.notify.channel import Refused

FIRST = 5.0
LONGEST = 600.0
LONGEST_ASKED = 3600.0
"""The most that another side can ask for."""


def pause_after(failures: int, refused: Refused, rng: random.Random) -> float:
    """Say how many seconds to wait; failures: how many there were in a row, at least 1.

    It doubles, half of it by chance, so that not all come back together; what the other side asks
    for (RFC 9110, section 10.2.3) can make it longer, not shorter.
    """
    ceiling = min(FIRST * 2.0 ** min(failures - 1, 60), LONGEST)
    jittered = ceiling * (0.5 + rng.random() / 2)
    return max(jittered, min(refused.retry_after or 0.0, LONGEST_ASKED))


FAILURES_TO_TELL = 3
"""After so many in a row others are told that a channel does not deliver."""


class Line:
    """What is remembered of a channel from delivery to delivery; times in seconds since the epoch.

    failing_since: it failed before this process began, and others know; None otherwise.
    """

    def __init__(self, failing_since: float | None = None) -> None:
        self.recent: tuple[float, ...] = ()
        """When the deliveries of late arrived."""
        self.error = ""
        """Why the latest one did not; "" when it did."""
        self.failing_since = failing_since
        """When the first of the failures in a row was."""
        self.told = failing_since is not None
        """Whether others know that it fails."""
        self._failures = 0
        self._paused = (0.0, 0.0)

    def failed(self, refused: Refused, now: float, rng: random.Random) -> bool:
        """Note a failure; whether others are to be told now."""
        self._failures += 1
        self.error = refused.error
        if self.failing_since is None:
            self.failing_since = now
        self._paused = (now, now + pause_after(self._failures, refused, rng))
        tell = not self.told and self._failures >= FAILURES_TO_TELL
        self.told = self.told or tell
        return tell

    def arrived(self, now: float, of_late: float) -> bool:
        """Note that something was delivered; whether others are to be told that it works again.

        of_late: for how many seconds that is remembered.
        """
        self.recent = (*[at for at in self.recent if at <= now < at + of_late], now)
        told, self.told = self.told, False
        self.error, self.failing_since, self._failures = "", None, 0
        self.resume()
        return told

    def resume(self) -> None:
        """End the pause."""
        self._paused = (0.0, 0.0)

    def paused_until(self, now: float) -> float | None:
        """When the pause ends; None when there is none, or the clock was set to before it."""
        start, end = self._paused
        return end if start <= now < end else None
