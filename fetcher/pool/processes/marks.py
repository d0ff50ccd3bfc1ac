"""Two numbers for each worker in shared memory: what it runs, and where it must stop."""

from __future__ import annotations

from multiprocessing.heap import Arena
from typing import NamedTuple

__all__ = ["LOADING", "NOT_BEGUN", "NO_STOP", "Mark", "Marks", "several"]

# The mark of a worker that has not begun what it was given last.
NOT_BEGUN = (1 << 64) - 1
# Added to the mark of a piece's first item while the piece is being unpickled.
LOADING = 1 << 63
# Where the mark of several items says how many more than one they are.
_MORE = 40
NO_STOP = (1 << 64) - 1


def several(first: int, count: int) -> int:
    """Return the mark of so many items from the first on, of which one is running."""
    return first + (count - 1 << _MORE)


class Mark(NamedTuple):
    """What a worker was doing: loading a piece, or running one of so many items."""

    first: int
    items: int
    loading: bool

    @classmethod
    def read(cls, word: int) -> Mark | None:
        """Make sense of a mark; None if what was given last has not begun."""
        if word == NOT_BEGUN:
            return None
        low = word & ~LOADING
        return cls(low & ((1 << _MORE) - 1), (low >> _MORE) + 1, bool(word & LOADING))


class Marks:
    """What is known of each worker without a message, and also after its death.

    `running[slot]` is written by the worker before each item, or each few tiny
    ones: their number in the worker's load. `stop[slot]` is written by the pool: the number of the
    piece that the worker must not begin any more. Writing one costs some 30 ns,
    a message a hundred times that.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._arena = Arena(16 * count)
        self._map()

    def _map(self) -> None:
        words = memoryview(self._arena.buffer).cast("Q")
        self.running = words[: self._count]
        self.stop = words[self._count : 2 * self._count]

    def __getstate__(self) -> tuple[int, Arena]:
        return self._count, self._arena

    def __setstate__(self, state: tuple[int, Arena]) -> None:
        self._count, self._arena = state
        self._map()
