"""How many checks in a row agreed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Streak:
    """Checks in a row that agreed, and when the first of them was, in seconds since the epoch."""

    count: int = 0
    since: float = 0.0

    def longer(self, at: float, enough: int) -> Streak:
        """Give the streak with one more check.

        It is counted no further than `enough`, so that a streak that has to wait for something else
        (the end of a maintenance window) is not written with every check.
        """
        if not self.count:
            return Streak(1, at)
        # When the clock was set back, what is known to lie in the future is not believed.
        return Streak(max(self.count, min(self.count + 1, enough)), min(self.since, at))

    def reaches(self, enough: int) -> bool:
        """Whether these are enough; one check at least is needed for anything."""
        return self.count >= max(enough, 1)


NO_STREAK = Streak()
