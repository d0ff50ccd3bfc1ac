"""The cache's database: created where it is missing, set aside where it is damaged."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from fetcher.storage.files import waiting_lock
from fetcher.storage.sqlite_file import (
    DatabaseMark,
    closed_on_error,
    connect,
    create_tables,
    damage_error,
    is_damage,
    mark_of,
    reason_of,
    set_aside,
    sync_commits,
    use_log,
)

NAME = "answers.sqlite"
_LOCK = ".lock"
"""Held while the database is opened or set aside."""

_MARK = DatabaseMark(application=0x66746372, version=1)  # "ftcr"
_LOG_LIMIT = 16 * 1024 * 1024

_TABLES = (
    """CREATE TABLE answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key BLOB NOT NULL,
        variant BLOB NOT NULL,
        head TEXT NOT NULL,
        weight INTEGER NOT NULL,
        used REAL NOT NULL,
        UNIQUE (key, variant))""",
    "CREATE INDEX by_use ON answers (used)",
    # Apart, so that a new date of use does not rewrite the body.
    """CREATE TABLE bodies (
        id INTEGER PRIMARY KEY,
        coding TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        data BLOB NOT NULL)""",
    "CREATE TABLE facts (weight INTEGER NOT NULL, secret BLOB NOT NULL)",
    "INSERT INTO facts VALUES (0, randomblob(32))",
    """CREATE TRIGGER grows AFTER INSERT ON answers BEGIN
        UPDATE facts SET weight = weight + NEW.weight; END""",
    """CREATE TRIGGER shrinks AFTER DELETE ON answers BEGIN
        DELETE FROM bodies WHERE id = OLD.id;
        UPDATE facts SET weight = weight - OLD.weight; END""",
)


class CacheError(Exception):
    """The cache cannot be used; the message says where it is and why."""


def open_cache_file(directory: Path, warn: Callable[[str], None]) -> sqlite3.Connection:
    """Open the cache's database in a directory, for use by one thread at a time.

    Args:
        directory: Created where it is missing, with the database.
        warn: Called with one sentence about a damaged database that was set aside.

    Raises:
        CacheError: It cannot be used.
    """
    path = directory / NAME
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with waiting_lock(directory / _LOCK):
            try:
                return _open(path)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                warn(_set_aside(path))
                return _open(path)
    except OSError as error:
        raise CacheError(f"cannot use {directory} as a cache: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise CacheError(f"cannot use {path} as a cache: {reason_of(error)}") from error


def replace_cache_file(
    damaged: sqlite3.Connection, identity: object, directory: Path, warn: Callable[[str], None]
) -> sqlite3.Connection:
    """Set the database aside that has turned out to be damaged, and open a new one.

    identity: what `identify` returned when it was opened; another process may have set it aside
    already. Raises CacheError.
    """
    damaged.close()
    with waiting_lock(directory / _LOCK):
        if identify(directory) == identity:
            warn(_set_aside(directory / NAME))
    return open_cache_file(directory, warn)


def identify(directory: Path) -> object:
    """Return what tells the database in a directory from another of the same name."""
    try:
        status = (directory / NAME).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.touch(mode=0o600)
    with closed_on_error(connect(path, "rw")) as database:
        is_new = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if not is_new:
            # Read first: neither a newer version's file nor a stranger's may be changed.
            _refuse_strangers(path, mark_of(database))
        use_log(database, _LOG_LIMIT)
        # What a power failure undoes is fetched again.
        sync_commits(database, always=False)
        if is_new:
            create_tables(database, _TABLES, _MARK)
        if database.execute("SELECT weight, secret FROM facts").fetchone() is None:
            raise damage_error("the table of facts")
        return database


def _refuse_strangers(path: Path, found: DatabaseMark) -> None:
    if found.application != _MARK.application:
        raise CacheError(f"{path} is not a cache of this program; name another directory")
    if found.version != _MARK.version:
        raise CacheError(
            f"{path} was made by another version of this program ({found.version}, this one reads "
            f"{_MARK.version}); name another directory, or delete it"
        )


def _set_aside(path: Path) -> str:
    """Rename a damaged database; return a sentence about that."""
    aside = set_aside(path, time.time())
    return f"the cache {path} is damaged: it was renamed to {aside.name}, and a new one started"
