"""Connections to the database, and the files that belong to it.

What goes wrong with the history, in plain words.

Databases that are damaged: found at the start, and set aside.

Copies of the database, made while a monitor writes to it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

from fetcher.monitor.history import history_schema
from fetcher.monitor.history.history_schema import VITAL
from fetcher.storage.files import told as system_told
from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import sqlite_told

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
    except OutputError as error:
        raise StoreError(f"cannot use {path}: {error.reason}") from error.__cause__
    if own is not None:
        raise own


def is_broken(error: sqlite3.Error) -> bool:
    """Whether an error means that the file's content cannot be trusted."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


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
    if is_database(path) and mark != history_schema.APPLICATION:
        raise _stranger(path)


def _stranger(path: Path) -> StoreError:
    return StoreError(f"{path} is not a fetcher monitor's database; name another file")


def version_of(file: sqlite3.Connection, path: Path) -> int:
    """The version of a database's tables; raises StoreError when it is newer than this program."""
    version = int(file.execute("PRAGMA user_version").fetchone()[0])
    if version > history_schema.VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (its tables are version "
            f"{version}, this one knows {history_schema.VERSION}); use that, or name another file"
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
        if looking.execute("PRAGMA application_id").fetchone()[0] != history_schema.APPLICATION:
            raise _stranger(path)
    file = connect(path, mode)
    try:
        if version_of(file, path) < history_schema.VERSION:
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


def find_damage(path: Path) -> str:
    """Say what is wrong with a database, in plain words; "" when nothing is, or there is none.

    Only reads. All of it is checked (sqlite.org/pragma.html#pragma_quick_check) when it was not
    closed in good order, which takes seconds for a gigabyte; otherwise its small tables are, and
    whether it has the length that it should have.
    """
    if not is_there(path):
        return "only its log is there" if is_there(beside(path, "-wal")) else ""
    if not is_database(path):
        return "it is not an SQLite database"
    # Read only, also so that closing it does not put its log into the damaged file.
    file = connect(path, "ro")
    try:
        return _damage(file)
    except sqlite3.DatabaseError as error:
        if is_broken(error) or (isinstance(error, sqlite3.OperationalError) and _lacks(error)):
            return str(error)
        raise
    finally:
        file.close()


def set_aside(path: Path, now: float) -> Path:
    """Rename a database, with its log, to a name that nothing has; return that."""
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    names = (_aside(path, stamp, number) for number in count(1))
    aside = next(name for name in names if not _is_taken(name))
    for side in SIDES:
        if beside(path, side).exists():
            os.rename(beside(path, side), beside(aside, side))
    return aside


def _damage(file: sqlite3.Connection) -> str:
    (clean,) = file.execute("SELECT clean FROM about").fetchone() or (0,)
    checks = [f"quick_check('{table}')" for table in VITAL] if clean else ["quick_check(1)"]
    for check in checks:
        (found,) = file.execute(f"PRAGMA {check}").fetchone()
        if found != "ok":
            return " ".join(str(found).split())
    return ""


def _lacks(error: sqlite3.Error) -> bool:
    return str(error).startswith("no such table")


def _is_taken(path: Path) -> bool:
    return any(beside(path, side).exists() for side in SIDES)


def _aside(path: Path, stamp: str, number: int) -> Path:
    again = f"-{number}" if number > 1 else ""
    return beside(path, f".corrupt-{stamp}{again}")


def back_up(path: str | Path, to: str | Path) -> None:
    """Copy the database of a monitor, which may be running, to a file that is not there yet.

    The copy is of one moment: whole commits only, and is checked before it gets its name. For
    another thread than that of the event loop. Raises StoreError.
    """
    path, to = real(path), Path(to)
    with told(path):
        source = connect_to_monitors(path, "ro")
        try:
            copy(source, to)
        finally:
            source.close()


def copy(source: sqlite3.Connection, to: Path) -> None:
    """Copy the database of a connection to a new file; raises StoreError and sqlite3.Error."""
    if to.exists():
        raise StoreError(f"{to} is there already; name another file")
    new = beside(to, ".new")
    _remove(new)
    with told(to):
        new.touch(mode=0o600)
        made = sqlite3.connect(new)
        try:
            # In one step: between several, each commit would make it begin anew.
            source.backup(made)
            # A single file, whatever becomes of it.
            made.execute("PRAGMA journal_mode = DELETE")
            (found,) = made.execute("PRAGMA quick_check(1)").fetchone()
        except BaseException:
            made.close()
            _remove(new)
            raise
        made.close()
        if found != "ok":
            _remove(new)
            raise StoreError(f"the copy {to} would be damaged: {found}")
        os.replace(new, to)


def _remove(path: Path) -> None:
    for side in (*SIDES, "-journal"):
        beside(path, side).unlink(missing_ok=True)
