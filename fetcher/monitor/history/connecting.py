"""Connections to the database, and the files that belong to it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from fetcher.monitor.history import schema
from fetcher.monitor.history.errors import StoreError

PATIENCE = 10.0
"""How long to wait for another process that is writing, in seconds."""

SIDES = ("", "-wal", "-shm")
"""What SQLite adds to the name of a database, for its log (sqlite.org/wal.html) and index of it."""

_MAGIC = b"SQLite format 3\0"
_APPLICATION_AT = slice(68, 72)


def real(path: str | Path) -> Path:
    """The file itself, where a path leads over symbolic links: its log lies beside that."""
    return Path(os.path.realpath(path))


def beside(path: Path, suffix: str) -> Path:
    """A file whose name begins with another's."""
    return path.with_name(path.name + suffix)


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Connect to a database that is there; mode: "ro" or "rw".

    One thread at a time may use it. Transactions are begun and ended in so many words.
    """
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )


def is_there(path: Path) -> bool:
    """Whether there is anything in the file."""
    return path.exists() and path.stat().st_size > 0


def is_database(path: Path) -> bool:
    """Whether the file begins as an SQLite database does (sqlite.org/fileformat.html)."""
    return _header(path).startswith(_MAGIC)


def refuse_strangers(path: Path) -> None:
    """Raise StoreError for a database that is not a monitor's, without touching it.

    Only for a process that has no connection to it: see `connect_to_monitors`.
    """
    mark = int.from_bytes(_header(path)[_APPLICATION_AT], "big")
    if is_database(path) and mark != schema.APPLICATION:
        raise _stranger(path)


def _stranger(path: Path) -> StoreError:
    return StoreError(f"{path} is not a fetcher monitor's database; name another file")


def version_of(file: sqlite3.Connection, path: Path) -> int:
    """The version of a database's tables; raises StoreError when it is newer than this program."""
    version = int(file.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (its tables are version "
            f"{version}, this one knows {schema.VERSION}); use that, or name another file"
        )
    return version


def connect_to_monitors(path: Path, mode: str) -> sqlite3.Connection:
    """Connect to the database of a monitor, which may be running.

    The file itself is not opened: as soon as a process closes a file, the system takes back all of
    its locks on it, SQLite's too (sqlite.org/howtocorrupt.html, section 2.2). Another process then
    believes that nobody uses the log any more, and removes it. Raises StoreError when there is no
    database, or one of another version, and what SQLite raises.
    """
    if not is_there(path):
        raise StoreError(f"there is no monitor's database {path}; has the monitor run yet?")
    with closing(connect(path, "ro")) as looking:  # which touches nothing, whosever it is
        if looking.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION:
            raise _stranger(path)
    file = connect(path, mode)
    try:
        if version_of(file, path) < schema.VERSION:
            raise StoreError(
                f"{path} was written by an older version of this program; start the monitor once, "
                "which brings it up to date"
            )
    except BaseException:
        file.close()
        raise
    return file


def _header(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(100)
