"""What goes wrong with the history, in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fetcher.sinks.base import SinkError
from fetcher.sinks.durable.places import told as system_told
from fetcher.sinks.durable.sqlite_errors import sqlite_told

_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class StoreError(OSError):
    """The history cannot be read or written; the message says which file and why."""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Make a StoreError of what SQLite or the system says inside."""
    own: StoreError | None = None
    try:
        with system_told(path), sqlite_told(str(path)):
            try:
                yield
            except StoreError as error:  # an OSError too, but one that says what it has to say
                own = error
    except SinkError as error:
        raise StoreError(f"cannot use {path}: {error.reason}") from error.__cause__
    if own is not None:
        raise own


def is_broken(error: sqlite3.Error) -> bool:
    """Whether an error means that the file's content cannot be trusted."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN
