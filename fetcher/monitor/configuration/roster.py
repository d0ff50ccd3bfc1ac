"""All targets of a configuration, each once."""

from collections.abc import Iterator
from dataclasses import dataclass

from fetcher.monitor.configuration.mistakes import MOST, Mistakes
from fetcher.monitor.watched import Watched


@dataclass(slots=True)
class Doubles:
    """How many rows of a list are of targets that are there already, and the first of those.

    taken: how many have the name of a target with another URL.
    """

    count: int = 0
    first: str = ""
    taken: int = 0


class Roster:
    """Takes the targets in their order, and knows which came twice."""

    def __init__(self, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self._targets: dict[str, Watched] = {}
        self._doubles: dict[str, Doubles] = {}

    @property
    def targets(self) -> tuple[Watched, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._targets.values())

    def add_single(self, watched: Watched) -> None:
        """Take a target that was written by hand; a second one with its key is a mistake."""
        self._check(watched)
        first = self._targets.setdefault(watched.key, watched)
        if first is watched:
            return
        if watched.name:
            problem = f"the name {watched.name!r} is taken by {first.source}; give another one"
        else:
            problem = f"{watched.address} is a target at {first.source} already; give them names"
        self._mistakes.add(f"{watched.source}: [[targets]]: {problem}")

    def add_row(self, name: str, watched: Watched) -> None:
        """Take a target from the list of that name; of the same ones the first counts.

        One that only has the name of another one is a mistake: nobody would watch it.
        """
        self._check(watched)
        first = self._targets.setdefault(watched.key, watched)
        if first is watched:
            return
        doubles = self._doubles.setdefault(name, Doubles())
        if first.url == watched.url:
            doubles.count += 1
            doubles.first = doubles.first or f"{watched.source} is that of {first.source}"
            return
        doubles.taken += 1
        if doubles.taken <= MOST:
            problem = f"the name {watched.name!r} is taken by {first.source}; give another one"
            self._mistakes.add(f"{watched.source}: {problem}")

    def _check(self, watched: Watched) -> None:
        """Refuse what would never be noticed: there is no last time to compare with."""
        expected = watched.expected
        if expected.unchanged is not None and expected.hash is None:
            self._mistakes.add(
                f"{watched.source}: expect.unchanged needs expect.hash here: what it is now, from "
                "the column hash of `fetcher check`"
            )

    def notices(self) -> Iterator[str]:
        """Say of each list how many of its targets were there already."""
        for name, doubles in self._doubles.items():
            if not doubles.count:
                continue
            rows = "1 target is" if doubles.count == 1 else f"{doubles.count:,} targets are"
            yield f"{name}: {rows} there already, and counted once: the one at {doubles.first}"
