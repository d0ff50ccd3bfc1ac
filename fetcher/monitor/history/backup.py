"""Copies of the database, made while a monitor writes to it."""

import os
import sqlite3
from pathlib import Path

from fetcher.monitor.history.connecting import SIDES, beside, connect_to_monitors, real
from fetcher.monitor.history.errors import StoreError, told


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
