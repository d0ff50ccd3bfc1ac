"""The ids of targets and the roll-up marks of blocks, cached with the state of the transaction."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Transactional(Generic[K, V]):
    """A cache of the database's content that can undo the changes of the open transaction."""

    def __init__(self, known: Iterable[tuple[K, V]] = ()) -> None:
        self.known: dict[K, V] = dict(known)
        self._changed: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        """Return the cached value, None if there is none."""
        if key in self._changed:
            return self._changed[key]
        return self.known.get(key)

    def set(self, key: K, value: V | None) -> None:
        """Change a value within the transaction; None removes it."""
        self._changed[key] = value

    def keep(self) -> None:
        """Keep the changes: the transaction was committed."""
        for key, value in self._changed.items():
            if value is None:
                self.known.pop(key, None)
            else:
                self.known[key] = value
        self._changed.clear()

    def undo(self) -> None:
        """Undo the changes: the transaction was rolled back."""
        self._changed.clear()


@dataclass(frozen=True, slots=True)
class RollupMarks:
    """Up to when, in milliseconds, a block's checks were rolled up, and dropped."""

    rolled: int = 0
    dropped: int = 0


NO_MARKS = RollupMarks()


class TargetIds:
    """The ids of targets, assigned in the order of their first check, and the marks of blocks."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        rows = file.execute("SELECT block, rolled, dropped FROM blocks")
        self._marks = Transactional((block, RollupMarks(*marks)) for block, *marks in rows)
        self._numbers = Transactional[str, int](file.execute("SELECT key, id FROM targets"))

    @property
    def blocks(self) -> list[int]:
        """All blocks that have ever been written to, sorted."""
        return sorted(self._marks.known)

    def number(self, key: str) -> int:
        """Return the id of a target; a new target gets one."""
        found = self._numbers.get(key)
        if found is None:
            made = self._file.execute("INSERT INTO targets (key) VALUES (?)", (key,)).lastrowid
            assert made is not None
            self._numbers.set(key, found := made)
        return found

    def forget(self, key: str) -> None:
        """Forget a target's id."""
        self._numbers.set(key, None)

    def marks(self, block: int) -> RollupMarks:
        """Return how far a block is rolled up."""
        found = self._marks.get(block)
        if found is None:
            self.mark(block, found := NO_MARKS)
        return found

    def mark(self, block: int, marks: RollupMarks) -> None:
        """Record how far a block is rolled up."""
        self._file.execute(
            "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)", (block, marks.rolled, marks.dropped)
        )
        self._marks.set(block, marks)

    def keep(self) -> None:
        """Keep the changes: the transaction was committed."""
        self._marks.keep()
        self._numbers.keep()

    def undo(self) -> None:
        """Undo the changes: the transaction was rolled back."""
        self._marks.undo()
        self._numbers.undo()
