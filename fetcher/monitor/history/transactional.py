"""Memory that forgets what was not committed."""

from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Transactional(Generic[K, V]):
    """What is known of the database's content, and what the open transaction changes of that."""

    def __init__(self, known: Iterable[tuple[K, V]] = ()) -> None:
        self.known: dict[K, V] = dict(known)
        self._changed: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        """What is known, None where nothing is."""
        if key in self._changed:
            return self._changed[key]
        return self.known.get(key)

    def set(self, key: K, value: V | None) -> None:
        """Change it, until the transaction ends; None: forget it."""
        self._changed[key] = value

    def keep(self) -> None:
        """Take the changes for good: the transaction is committed."""
        for key, value in self._changed.items():
            if value is None:
                self.known.pop(key, None)
            else:
                self.known[key] = value
        self._changed.clear()

    def undo(self) -> None:
        """Take the changes back: the transaction is not committed."""
        self._changed.clear()
