"""Counts the checks that were due and not made."""

from fetcher.monitor.commit import Missed, Why


class Misses:
    """Missed checks, summed up by target and reason until someone takes them."""

    __slots__ = ("_counted",)

    def __init__(self) -> None:
        self._counted: dict[tuple[str, Why], tuple[float, int]] = {}

    def add(self, key: str, why: Why, at: float, count: int = 1) -> None:
        """Count checks of a target; at: when the last of them was due."""
        before = self._counted.get((key, why), (at, 0))
        self._counted[key, why] = (max(at, before[0]), before[1] + count)

    def take(self) -> list[Missed]:
        """Give what was counted since the last time."""
        taken = [Missed(key, at, count, why) for (key, why), (at, count) in self._counted.items()]
        self._counted.clear()
        return taken
