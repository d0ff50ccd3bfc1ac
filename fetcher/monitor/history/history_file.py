"""The history's database file: connections, errors, damage, and copies made while it is in use."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from fetcher.monitor.history import history_schema
from fetcher.monitor.history.history_schema import VITAL
from fetcher.storage import sqlite_file
from fetcher.storage.files import beside, put_in_place, real_path
from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import (
    application_in,
    closed_on_error,
    find_fault,
    is_damage,
    is_database,
    mark_of,
    remove_database,
    set_journal_mode,
    sqlite_as_output_error,
)

PATIENCE = 10.0
"""How long to wait for another process that is writing, in seconds."""


class StoreError(OSError):
    """The history cannot be read or written; the message says which file and why."""


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn an error of SQLite or the system inside into a StoreError."""
    try:
        with sqlite_as_output_error(str(path)):
            yield
    except StoreError:  # an OSError too, but its message is complete
        raise
    except OutputError as error:
        raise StoreError(f"cannot use {path}: {error.reason}") from error.__cause__
    except OSError as error:
        reason = OutputError.of(str(path), error).reason
        raise StoreError(f"cannot use {path}: {reason}") from error


def connect(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    """Connect to an existing database, to read only or to read and write."""
    return sqlite_file.connect(path, mode, patience=PATIENCE)


def is_there(path: Path) -> bool:
    """Return True if the file exists and is not empty."""
    return path.exists() and path.stat().st_size > 0


def refuse_strangers(path: Path) -> None:
    """Raise StoreError for a database that is not a monitor's, without modifying it.

    Only for a process without a connection to it: see `connect_to_monitors`.
    """
    if is_database(path) and application_in(path) != history_schema.APPLICATION:
        raise _stranger(path)


def _stranger(path: Path) -> StoreError:
    return StoreError(f"{path} is not the database of a fetcher monitor; use another file")


def version_of(file: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables; raises StoreError if it is newer than this program."""
    version = mark_of(file).version
    if version > history_schema.VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (its tables are version "
            f"{version}, this one knows {history_schema.VERSION}); use that, or another file"
        )
    return version


def connect_to_monitors(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
    """Connect to the database of a monitor, which may be running.

    The file itself is not opened: when a process closes a file, the system releases all of its
    locks on it, SQLite's too (sqlite.org/howtocorrupt.html, section 2.2). Another process then
    takes the log for unused and removes it. Raises StoreError if there is no database, or one of
    another version, and what SQLite raises.
    """
    if not is_there(path):
        raise StoreError(f"no database at {path}; has the monitor run yet?")
    with closing(connect(path, "ro")) as probe:  # modifies nothing, whatever database it is
        if mark_of(probe).application != history_schema.APPLICATION:
            raise _stranger(path)
    with closed_on_error(connect(path, mode)) as file:
        if version_of(file, path) < history_schema.VERSION:
            raise StoreError(
                f"{path} was written by an older version of this program; start the monitor once "
                "to migrate it"
            )
        return file


def find_damage(path: Path) -> str:
    """Return what is wrong with a database, in plain words; "" if it is intact or missing.

    Only reads. All of it is checked (sqlite.org/pragma.html#pragma_quick_check) if it was not
    closed properly, which takes seconds per gigabyte; otherwise only its small tables and its
    length.
    """
    if not is_there(path):
        return "only its log exists" if is_there(beside(path, "-wal")) else ""
    if not is_database(path):
        return "it is not an SQLite database"
    # Read only, so that closing it does not merge the log into the damaged file.
    with closing(connect(path, "ro")) as file:
        try:
            return _damage(file)
        except sqlite3.DatabaseError as error:
            if is_damage(error) or (isinstance(error, sqlite3.OperationalError) and _lacks(error)):
                return str(error)
            raise


def _damage(file: sqlite3.Connection) -> str:
    (clean,) = file.execute("SELECT clean FROM about").fetchone() or (0,)
    if not clean:
        return find_fault(file)
    return next(filter(None, (find_fault(file, table) for table in VITAL)), "")


def _lacks(error: sqlite3.Error) -> bool:
    return str(error).startswith("no such table")


def back_up(path: str | Path, to: str | Path) -> None:
    """Copy the database of a monitor, which may be running, to a new file.

    The copy is a consistent snapshot, and is verified before it gets its name. Blocks. Raises
    StoreError.
    """
    path, to = real_path(path), Path(to)
    with store_errors(path), closing(connect_to_monitors(path, "ro")) as source:
        copy(source, to)


def copy(source: sqlite3.Connection, to: Path) -> None:
    """Copy the database of a connection to a new file; raises StoreError and sqlite3.Error."""
    if to.exists():
        raise StoreError(f"{to} already exists; use another file")
    new = beside(to, ".new")
    remove_database(new)
    with store_errors(to):
        new.touch(mode=0o600)
        try:
            with closing(connect(new, "rw")) as made:
                # In one step: between several, each commit would restart it.
                source.backup(made)
                # So that the copy is a single file.
                set_journal_mode(made, "DELETE")
                fault = find_fault(made)
            if fault:
                raise StoreError(f"the copy {to} would be damaged: {fault}")
        except BaseException:
            remove_database(new)
            raise
        put_in_place(new, to)
