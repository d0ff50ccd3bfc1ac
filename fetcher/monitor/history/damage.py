"""Databases that are damaged: found at the start, and set aside."""

import os
import sqlite3
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from fetcher.monitor.history.connecting import SIDES, beside, connect, is_database, is_there
from fetcher.monitor.history.errors import is_broken
from fetcher.monitor.history.schema import VITAL


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
