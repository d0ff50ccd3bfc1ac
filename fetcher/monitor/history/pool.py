"""Connections that only read, for any number of threads."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fetcher.monitor.history.connecting import connect_to_monitors
from fetcher.monitor.history.errors import told


class Pool:
    """Connections to a monitor's database, made when they are needed and used again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: deque[sqlite3.Connection] = deque()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One moment of the database, whatever is written meanwhile. Raises StoreError."""
        with told(self._path):
            try:
                file = self._free.pop()
            except IndexError:
                file = connect_to_monitors(self._path, "ro")
            try:
                file.execute("BEGIN")
                yield file
                file.execute("COMMIT")
            except BaseException:
                file.close()
                raise
            self._free.append(file)

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            self._free.pop().close()
