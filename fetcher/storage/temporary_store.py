"""A temporary database for what does not fit into memory."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import (
    closed_on_error,
    connect_temporary,
    reason_of,
    transaction,
)

_CACHE = 4 * 1024 * 1024
_ADVICE = "; set TMPDIR to a directory with enough room"


class TemporaryStore:
    """A database in a temporary file that no other process sees, gone when it is closed.

    See `connect_temporary` for where it lies. One thread at a time may use the store.

    Its methods raise OutputError if the file cannot be written or read, for example because the
    disk is full. Only `close` may be called then, unless the store was made with `can_undo`.

    Args:
        name: What errors call it, such as "the temporary file for results".
        tables: The statements that create its tables.
        cache_size: Bytes of it that may stay in memory.
        can_undo: Keep what was written before an error. Makes writing a quarter slower.
    """

    def __init__(
        self, name: str, *tables: str, cache_size: int = _CACHE, can_undo: bool = False
    ) -> None:
        self._name = name
        self._database = connect_temporary(cache_size=cache_size, can_undo=can_undo)
        with closed_on_error(self._database):
            for statement in tables:
                self.execute(statement)

    def execute(self, statement: str, values: Sequence[object] = ()) -> None:
        """Execute a statement that returns nothing; it takes effect at once."""
        with self._explained():
            self._database.execute(statement, values)

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute a statement for many rows in one transaction, which costs much less."""
        with self._explained(), transaction(self._database):
            self._database.executemany(statement, rows)

    def fetch_one(self, query: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """Return the first row of a result, None if there is none."""
        with self._explained():
            row: tuple[Any, ...] | None = self._database.execute(query, values).fetchone()
            return row

    def fetch_all(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a result."""
        with self._explained():
            return self._database.execute(query, values).fetchall()

    def iterate(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Return the rows of a result one by one; nothing may be written meanwhile."""
        with self._explained():
            yield from self._database.execute(query, values)

    def close(self) -> None:
        """Delete everything; doing it twice is harmless."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:  # all others are bugs
            code = getattr(error, "sqlite_errorcode", None)
            advice = _ADVICE if code == sqlite3.SQLITE_FULL else ""
            raise OutputError(self._name, f"{reason_of(error)}{advice}") from error
