"""What SQLite says, in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from fetcher.sinks.base import SinkError

# Result codes (sqlite.org/rescode.html); an extended one begins with its primary one's name.
_REASONS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "another program keeps it locked",
    "SQLITE_NOTADB": "it is a file, but no SQLite database",
    "SQLITE_CORRUPT": "the database is damaged",
    "SQLITE_READONLY": "permission denied",
    "SQLITE_CANTOPEN": "it cannot be opened",
    "SQLITE_IOERR": "the disk fails, or lets the file grow no further",
}


@contextmanager
def sqlite_told(name: str) -> Iterator[None]:
    """Make a SinkError of what SQLite says inside."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "")
        reasons = [words for prefix, words in _REASONS.items() if code.startswith(prefix)]
        raise SinkError(name, reasons[0] if reasons else str(error)) from error
