"""The life cycle of an SQLite database: connect, mark, write, find damage, set aside, explain.

Every store goes through this module, so that all of them wait for other processes in the same way,
leave no connection open, and word what SQLite reports in the same way.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal

from fetcher.storage.files import beside
from fetcher.storage.output_error import OutputError

PATIENCE = 10.0
"""How long to wait for another process that is writing, in seconds."""
SIDES = ("", "-wal", "-shm")
"""What SQLite adds to the name of a database: nothing, for its log, and for the log's index
(sqlite.org/wal.html)."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_APPLICATION_AT = slice(68, 72)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def connect(
    path: Path, mode: Literal["ro", "rw", "rwc"], *, patience: float = PATIENCE
) -> sqlite3.Connection:
    """Connect to a database; raises sqlite3.Error.

    One thread at a time may use the connection. Transactions are begun and ended explicitly, by
    `transaction`.

    Args:
        path: The file.
        mode: To read only, to read and write, or to create it, too, where it is missing.
        patience: How long to wait for another process that is writing, in seconds.
    """
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
    )


def connect_temporary(*, cache_size: int, can_undo: bool) -> sqlite3.Connection:
    """Connect to a new database in a temporary file, which is deleted when it is closed.

    SQLite creates the file when it first needs it, in the directory that SQLITE_TMPDIR or TMPDIR
    names, else in /var/tmp or /tmp (sqlite.org/tempfiles.html#tempdir), and deletes it at once, so
    that nothing is left however the process ends.

    Args:
        cache_size: Bytes of it that may stay in memory.
        can_undo: Transactions can be rolled back, also by an error. Costs a quarter more.
    """
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    with closed_on_error(database):
        set_cache_size(database, cache_size)
        set_journal_mode(database, "MEMORY" if can_undo else "OFF")
        database.execute("PRAGMA synchronous = OFF")
        return database


@contextmanager
def closed_on_error(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Close a connection if what is done with it inside raises anything."""
    try:
        yield database
    except BaseException:
        database.close()
        raise


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Do what is inside as a whole or not at all.

    Other processes may read meanwhile, but not write, so it never has to be repeated.
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        # On a full disk SQLite may have rolled back by itself.
        if database.in_transaction:
            with suppress(sqlite3.Error):
                database.execute("ROLLBACK")
        raise


@dataclass(frozen=True, slots=True)
class DatabaseMark:
    """What tells the databases of one store from all others.

    application: SQLite's own place for that (sqlite.org/pragma.html#pragma_application_id).
    version: of the tables.
    """

    application: int
    version: int


def mark_of(database: sqlite3.Connection) -> DatabaseMark:
    """Read the mark of a database; a new one has zeros."""
    names = ("application_id", "user_version")
    return DatabaseMark(*[database.execute(f"PRAGMA {name}").fetchone()[0] for name in names])


def create_tables(
    database: sqlite3.Connection, statements: Iterable[str], mark: DatabaseMark
) -> None:
    """Create all tables of a new database in one transaction, and mark it."""
    with transaction(database):
        for statement in statements:
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {mark.application}")
        set_version(database, mark.version)


def set_version(database: sqlite3.Connection, version: int) -> None:
    """Set the version of the tables; takes part in a transaction."""
    database.execute(f"PRAGMA user_version = {version}")


def use_log(
    database: sqlite3.Connection, limit: int | None = None, *, merge_at: int | None = None
) -> None:
    """Write through a log (WAL mode): readers never wait for the writer, nor it for them.

    Args:
        database: Stays in this mode, whoever opens it.
        limit: Bytes that the log may keep on the disk once it was merged into the database.
        merge_at: Merge the log into the database when it has this many bytes.
    """
    set_journal_mode(database, "WAL")
    if limit is not None:
        database.execute(f"PRAGMA journal_size_limit = {limit}")
    if merge_at is not None:
        database.execute(f"PRAGMA wal_autocheckpoint = {merge_at // _page_size(database)}")


def journal_mode(database: sqlite3.Connection) -> str:
    """Return how a database keeps its journal, such as "delete" or "wal"."""
    return str(database.execute("PRAGMA journal_mode").fetchone()[0])


def set_journal_mode(database: sqlite3.Connection, mode: str) -> None:
    """Change how a database keeps its journal; "DELETE" makes it a single file."""
    database.execute(f"PRAGMA journal_mode = {quote_name(mode)}")


def sync_commits(database: sqlite3.Connection, always: bool) -> None:
    """Choose what the next commits outlive, in WAL mode.

    always: they outlive a power failure, as does all that was committed before them. Otherwise
    they outlive the end of the process, and a power failure may undo the last of them, one after
    the other (sqlite.org/pragma.html#pragma_synchronous); the file stays whole.
    """
    database.execute(f"PRAGMA synchronous = {'FULL' if always else 'NORMAL'}")


@contextmanager
def without_patience(database: sqlite3.Connection) -> Iterator[None]:
    """Wait for no other process inside."""
    (before,) = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        database.execute(f"PRAGMA busy_timeout = {before}")


def empty_log(database: sqlite3.Connection) -> None:
    """Merge the log into the database, unless someone reads what is in it; waits for nobody."""
    with without_patience(database):
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def set_cache_size(database: sqlite3.Connection, size: int) -> None:
    """Limit the memory for pages of a database to this many bytes."""
    database.execute(f"PRAGMA cache_size = -{size // 1024}")


def allow_shrinking(database: sqlite3.Connection) -> None:
    """Let the file of a database shrink by `shrink`; only before its first table."""
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")


def shrink(database: sqlite3.Connection, most: int) -> int:
    """Return free pages of a database to the system, `most` at once; return how many."""
    before = count_pages(database).total
    database.execute(f"PRAGMA incremental_vacuum({most})").fetchall()
    return before - count_pages(database).total


@dataclass(frozen=True, slots=True)
class PageCounts:
    """The pages of a database: all, those without content, and the bytes of each."""

    total: int
    free: int
    size: int

    @property
    def used_bytes(self) -> int:
        """The bytes that have content; the log does not count."""
        return (self.total - self.free) * self.size


def count_pages(database: sqlite3.Connection) -> PageCounts:
    """Count the pages of a database."""
    names = ("page_count", "freelist_count", "page_size")
    return PageCounts(*[database.execute(f"PRAGMA {name}").fetchone()[0] for name in names])


def _page_size(database: sqlite3.Connection) -> int:
    size: int = database.execute("PRAGMA page_size").fetchone()[0]
    return size


def columns_of(database: sqlite3.Connection, table: str) -> dict[str, tuple[str, int]]:
    """Return the columns of a table in order: their types and their places in the primary key."""
    rows = database.execute(f"PRAGMA table_info({quote_name(table)})")
    return {name: (kind, key) for _, name, kind, _, _, key in rows}


def quote_name(name: str) -> str:
    """Write the name of a table or column so that it can stand in a statement."""
    return '"' + name.replace('"', '""') + '"'


def find_fault(database: sqlite3.Connection, table: str | None = None) -> str:
    """Check a database or one of its tables; return the first thing that is wrong, or "".

    Takes seconds for a gigabyte (sqlite.org/pragma.html#pragma_quick_check).
    """
    what = "1" if table is None else quote_name(table)
    (found,) = database.execute(f"PRAGMA quick_check({what})").fetchone()
    return "" if found == "ok" else " ".join(str(found).split())


def damage_error(what: str) -> sqlite3.DatabaseError:
    """Make the error of a database whose content cannot be trusted."""
    error = sqlite3.DatabaseError(f"{what} is damaged")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_damage(error: sqlite3.Error) -> bool:
    """Return True if an error means that the content of the file cannot be trusted."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def is_database(path: Path) -> bool:
    """Return True if a file begins as an SQLite database does (sqlite.org/fileformat.html).

    Only for a process that has no connection to it: as soon as a process closes a file, the system
    releases all of its locks on it, SQLite's too (sqlite.org/howtocorrupt.html, section 2.2).
    Another process then takes the log for unused, and removes it.
    """
    return _header(path).startswith(_MAGIC)


def application_in(path: Path) -> int:
    """Read the application's mark from a file, without SQLite; see `is_database`."""
    return int.from_bytes(_header(path)[_APPLICATION_AT], "big")


def set_aside(path: Path, now: float) -> Path:
    """Rename a damaged database, with its log, to a name that nothing has; return that.

    now: seconds since the epoch.
    """
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    first = beside(path, f".corrupt-{stamp}")
    names = (first if number == 1 else beside(first, f"-{number}") for number in count(1))
    aside = next(name for name in names if not any(beside(name, side).exists() for side in SIDES))
    for side in SIDES:
        if beside(path, side).exists():
            os.rename(beside(path, side), beside(aside, side))
    return aside


def remove_database(path: Path) -> None:
    """Delete a database with all that may lie beside it, if it is there."""
    for side in (*SIDES, "-journal"):
        beside(path, side).unlink(missing_ok=True)


def reason_of(error: sqlite3.Error) -> str:
    """Say in plain words what SQLite reports."""
    code = getattr(error, "sqlite_errorname", None) or ""
    reasons = [words for prefix, words in _REASONS.items() if code.startswith(prefix)]
    return reasons[0] if reasons else str(error)


@contextmanager
def sqlite_as_output_error(name: str) -> Iterator[None]:
    """Turn an error of SQLite inside into an OutputError."""
    try:
        yield
    except sqlite3.Error as error:
        raise OutputError(name, reason_of(error)) from error


def _header(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(_HEADER)


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
