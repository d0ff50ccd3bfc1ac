"""How much of a time a target was up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fetcher.monitor.state import Span, Spell


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds by how they count: what was not watched, or was announced, is neither up nor down."""

    up: float = 0.0
    degraded: float = 0.0
    down: float = 0.0
    unwatched: float = 0.0
    maintenance: float = 0.0

    @property
    def watched(self) -> float:
        """The seconds of which it is known how the target was."""
        return self.up + self.degraded + self.down

    @property
    def share(self) -> float | None:
        """The part of the watched time, 0 to 1, in which it was up or degraded.

        None when nothing was watched.
        """
        watched = self.watched
        return (self.up + self.degraded) / watched if watched else None

    def add(self, spans: Iterable[Span]) -> Uptime:
        """Count more time."""
        seconds = dict.fromkeys(Spell, 0.0)
        for span in spans:
            seconds[span.spell] += span.end - span.start
        return self + Uptime(**{spell.value: count for spell, count in seconds.items()})

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(
            self.up + other.up,
            self.degraded + other.degraded,
            self.down + other.down,
            self.unwatched + other.unwatched,
            self.maintenance + other.maintenance,
        )
