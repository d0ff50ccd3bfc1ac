"""`Reorder` puts numbered values back into order; `Window` bounds how far ahead work may run."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

__all__ = ["Reorder", "Window"]

T = TypeVar("T")


class Reorder(Generic[T]):
    """Returns values by their index, 0, 1, 2, …, in whatever order they arrive.

    It holds only the values whose turn has not come. Whoever numbers the values
    bounds their number by running no further ahead than a `Window` allows.
    """

    __slots__ = ("_early", "_next")

    def __init__(self) -> None:
        self._next = 0
        self._early: dict[int, T] = {}

    def __len__(self) -> int:
        """The number of values that wait for an earlier one."""
        return len(self._early)

    def push(self, index: int, value: T) -> Sequence[T]:
        """Add the value of one index; return the values whose turn has now come, in order.

        Raises:
            ValueError: the index was pushed before.
        """
        early = self._early
        if index < self._next or index in early:
            raise ValueError(f"index {index} was pushed twice")
        if index != self._next:
            early[index] = value
            return ()
        self._next += 1
        if self._next not in early:
            return (value,)
        turn = [value]
        while self._next in early:
            turn.append(early.pop(self._next))
            self._next += 1
        return turn

    def rest(self) -> list[T]:
        """Give up on the missing values: return those that wait, in order, and forget them."""
        early, self._early = self._early, {}
        return [early[index] for index in sorted(early)]


class Window(Generic[T]):
    """Counts the items that were read and not yet handed over, and holds their results.

    An item enters when it is read from the source and leaves when its result
    is taken, so `limit` bounds the running and the finished ones together: a
    consumer that takes nothing stops the reading. The caller does the waiting
    (a coroutine and a thread wait differently) and, among threads, the locking.
    """

    __slots__ = ("_order", "_ready", "ahead", "entered", "limit")

    def __init__(self, limit: int, *, ordered: bool) -> None:
        self.limit = limit
        self.ahead = 0
        self.entered = 0
        self._ready: deque[T] = deque()
        self._order: Reorder[T] | None = Reorder() if ordered else None

    @property
    def has_room(self) -> bool:
        """True if one more item may be read."""
        return self.ahead < self.limit

    @property
    def has_result(self) -> bool:
        """True if `take` would return a result."""
        return bool(self._ready)

    def enter(self) -> int:
        """Count one more item as read; return its index."""
        index = self.entered
        self.entered = index + 1
        self.ahead += 1
        return index

    def put(self, index: int, result: T) -> None:
        """Keep the result of the item with this index until it is taken."""
        if self._order is None:
            self._ready.append(result)
        else:
            self._ready.extend(self._order.push(index, result))

    def take(self) -> T:
        """Return the next result, which makes room for another item.

        Raises:
            IndexError: there is none yet.
        """
        result = self._ready.popleft()
        self.ahead -= 1
        return result
