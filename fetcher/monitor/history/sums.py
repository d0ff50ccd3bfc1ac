"""What checks come to, added up."""

from dataclasses import dataclass

from fetcher.monitor.history.rows import Bucket
from fetcher.monitor.history.units import SECOND


@dataclass(frozen=True, slots=True)
class Sums:
    """What the checks of a stretch of time come to; durations in microseconds."""

    healthy: int
    degraded: int
    unhealthy: int
    unknown: int
    untimed: int
    quickest: int | None
    slowest: int | None
    elapsed: int

    def __add__(self, other: "Sums") -> "Sums":
        quickest = [each for each in (self.quickest, other.quickest) if each is not None]
        slowest = [each for each in (self.slowest, other.slowest) if each is not None]
        return Sums(
            self.healthy + other.healthy,
            self.degraded + other.degraded,
            self.unhealthy + other.unhealthy,
            self.unknown + other.unknown,
            self.untimed + other.untimed,
            min(quickest, default=None),
            max(slowest, default=None),
            self.elapsed + other.elapsed,
        )

    def bucket(self, start: int, length: int) -> Bucket:
        """The same for people; start and length in milliseconds."""
        checks = self.healthy + self.degraded + self.unhealthy + self.unknown
        timed = checks - self.untimed
        return Bucket(
            start / SECOND,
            length / SECOND,
            checks,
            self.healthy,
            self.degraded,
            self.unhealthy,
            self.unknown,
            _seconds(self.quickest),
            self.elapsed / timed / 1e6 if timed else None,
            _seconds(self.slowest),
        )


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1e6
