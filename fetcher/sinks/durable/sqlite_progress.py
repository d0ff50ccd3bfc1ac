"""How far a database has come, kept in the database itself."""

import sqlite3
from typing import Any

from fetcher.sinks.base import SinkError
from fetcher.sinks.durable.base import DurableError
from fetcher.sinks.durable.begun import Begun, difference
from fetcher.sinks.durable.progress import START, Progress
from fetcher.sinks.durable.record import Record

VERSION = 1
"""Of what a row of the table means."""

_CREATE = """
CREATE TABLE IF NOT EXISTS fetcher_progress (
    "table" TEXT PRIMARY KEY, version INTEGER, begun TEXT, journal_mode TEXT,
    done INTEGER, digest BLOB, complete BOOLEAN
)
"""


class SqliteProgress:
    """The row of one table of pages in the table of progress, all inside transactions of others.

    name: what errors call the database. Every method may raise sqlite3.Error.
    """

    def __init__(self, database: sqlite3.Connection, table: str, name: str) -> None:
        self._database = database
        self._table = table
        self.name = name

    def begin(self, begun: Begun, journal_mode: str) -> None:
        """Start from the beginning; journal_mode: the one to leave the database in."""
        self._database.execute(_CREATE)
        values = (self._table, VERSION, begun.to_text(), journal_mode, 0, START.digest, False)
        self._database.execute(
            "INSERT OR REPLACE INTO fetcher_progress VALUES (?, ?, ?, ?, ?, ?, ?)", values
        )

    def find(self, now: Begun) -> Record | None:
        """Read how far it has come; None when nothing has begun. Raises DurableError."""
        if not has_table(self._database, "fetcher_progress"):
            return None
        row = self._row("version, begun, done, digest, complete")
        if row is None:
            return None
        version, begun, done, digest, complete = row
        if version != VERSION:
            raise DurableError(
                self.name,
                f"its progress has version {version}, and this program knows version {VERSION}",
            )
        try:
            changed = difference(Begun.from_text(begun), now)
        except (ValueError, KeyError, TypeError):
            changed = "its table fetcher_progress is damaged"
        if changed:
            raise DurableError(self.name, changed)
        return Record(Progress(done, digest), complete=bool(complete))

    def advance(self, before: Progress, now: Progress) -> None:
        """Go on; raises SinkError when the row is not as it was left."""
        done = self._database.execute(
            'UPDATE fetcher_progress SET done = ?, digest = ? WHERE "table" = ? '
            "AND done = ? AND digest = ? AND NOT complete",
            (now.done, now.digest, self._table, before.done, before.digest),
        )
        if done.rowcount != 1:
            raise SinkError(self.name, "another run is writing to it")

    def complete(self) -> None:
        """Note that there is nothing more to come."""
        self._database.execute(
            'UPDATE fetcher_progress SET complete = 1 WHERE "table" = ?', (self._table,)
        )

    def journal_mode(self) -> str:
        """The mode that the database was in at the beginning."""
        row = self._row("journal_mode")
        return str(row[0]) if row else "delete"

    def _row(self, columns: str) -> tuple[Any, ...] | None:
        rows = self._database.execute(
            f'SELECT {columns} FROM fetcher_progress WHERE "table" = ?', (self._table,)
        )
        found: tuple[Any, ...] | None = rows.fetchone()
        return found


def has_table(database: sqlite3.Connection, table: str) -> bool:
    """Say whether there is a table of that name."""
    found = database.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", (table,)
    )
    return found.fetchone() is not None
