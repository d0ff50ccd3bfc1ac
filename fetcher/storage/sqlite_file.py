"""Opening the file of a store: made when it is not there, set aside when it is broken.

What SQLite says, in plain words.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fetcher.storage.output_error import OutputError

try:
    import fcntl
except ImportError:  # not on Windows, where an open file cannot be set aside under another's hands
    fcntl = None  # type: ignore[assignment]

NAME = "answers.sqlite"
APPLICATION = 0x66746372
"""Marks the file as one of ours ("ftcr"), in SQLite's own place for that."""
VERSION = 1

_PATIENCE = 10.0
"""How long to wait for another process that is writing, in seconds."""
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SIDES = ("", "-wal", "-shm")

SCHEMA = (
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
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)


class CacheError(Exception):
    """The cache cannot be used; the message says where it is and why."""


def broken(what: str) -> sqlite3.DatabaseError:
    """The error of a file whose content cannot be trusted."""
    error = sqlite3.DatabaseError(f"{what} is wrong")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_broken(error: sqlite3.Error) -> bool:
    """Whether an error means that the file's content cannot be trusted."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def open_file(directory: Path, say: Callable[[str], None]) -> sqlite3.Connection:
    """Open the store in a directory, for use by one thread at a time.

    say: told, in one sentence, of a broken store that was set aside. Raises CacheError.
    """
    path = directory / NAME
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(directory):
            try:
                return _opened(path)
            except sqlite3.DatabaseError as error:
                if not is_broken(error):
                    raise
                say(_set_aside(path))
                return _opened(path)
    except OSError as error:
        raise CacheError(f"cannot use {directory} as a cache: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise CacheError(f"cannot use {path} as a cache: {error}") from error


def open_again(
    broken: sqlite3.Connection, identity: object, directory: Path, say: Callable[[str], None]
) -> sqlite3.Connection:
    """Set the store aside that has turned out to be broken, and open a new one.

    identity: what `identify` said when it was opened; another process may have set it aside
    already. Raises CacheError.
    """
    broken.close()
    with _alone(directory):
        if identify(directory) == identity:
            say(_set_aside(directory / NAME))
    return open_file(directory, say)


def identify(directory: Path) -> object:
    """What tells the file of a store from another of the same name."""
    try:
        status = (directory / NAME).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _opened(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.touch(mode=0o600)
    file = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        # Read first: neither a newer version's file nor a stranger's may be changed.
        version = file.execute("PRAGMA user_version").fetchone()[0]
        application = file.execute("PRAGMA application_id").fetchone()[0]
        is_new = file.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if not is_new and application != APPLICATION:
            raise CacheError(f"{path} is not a cache of this program; name another directory")
        if not is_new and version != VERSION:
            raise CacheError(
                f"{path} was made by another version of this program ({version}, this one reads "
                f"{VERSION}); name another directory, or delete it"
            )
        file.execute("PRAGMA journal_mode = WAL")
        # In WAL mode a crash can undo what was last written, and no more than that.
        file.execute("PRAGMA synchronous = NORMAL")
        file.execute("PRAGMA journal_size_limit = 16777216")
        if is_new:
            _make(file)
        if file.execute("SELECT weight, secret FROM facts").fetchone() is None:
            raise broken("what the store says of itself")
    except BaseException:
        file.close()
        raise
    return file


def _make(file: sqlite3.Connection) -> None:
    file.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA:
        file.execute(statement)
    file.execute("COMMIT")


def _set_aside(path: Path) -> str:
    """Rename a broken store with what belongs to it; say so."""
    name = f"{path.name}.broken-{time.time_ns()}"
    for side in _SIDES:
        if (old := path.with_name(path.name + side)).exists():
            os.rename(old, path.with_name(name + side))
    return f"the cache {path} is broken: it is now {name}, and a new one is begun"


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other processes from opening the store, or setting it aside, meanwhile."""
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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
    """Make a OutputError of what SQLite says inside."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "")
        reasons = [words for prefix, words in _REASONS.items() if code.startswith(prefix)]
        raise OutputError(name, reasons[0] if reasons else str(error)) from error
