"""The tables of a database that rows and their progress go to, and the statements for them."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fetcher.sinks import values
from fetcher.sinks.base import START, OutputProgress, ResumeError
from fetcher.sinks.columns import Column, Kind, kind_of
from fetcher.sinks.journal import JournalRecord, OutputIdentity, difference
from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import columns_of, quote_name

URL, NUMBER = "url", "row_number"
"""The columns that a row is known by: its target's URL, and which of its rows it is, from 0."""

_TYPES = {
    str: "TEXT",
    int: "INTEGER",
    float: "REAL",
    bool: "BOOLEAN",
    object: "TEXT",
}


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table of rows: its name, and the names and types of its columns behind the key."""

    table: str
    columns: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, table: str, columns: Sequence[Column], name: str) -> "TableSchema":
        """Find the schema for columns. Raises OutputError if SQLite takes two of them for one."""
        others = [(c.name, _type(kind_of(c))) for c in columns if not is_key(c)]
        counted = Counter(column.lower() for column in (URL, NUMBER, *dict(others)))
        twice = [column for column, count in counted.items() if count > 1]
        if twice:
            raise OutputError(
                name,
                f"its table would have two columns {twice[0]!r}, for SQLite takes capitals for "
                f"small letters, and {URL} and {NUMBER} are there already; rename the field",
            )
        return cls(table, tuple(others))

    @property
    def layout(self) -> tuple[tuple[str, str, int], ...]:
        """Each column, its type, and its place in the key, as SQLite describes them."""
        others = tuple((name, type, 0) for name, type in self.columns)
        return ((URL, "TEXT", 1), (NUMBER, "INTEGER", 2), *others)

    @property
    def create(self) -> str:
        """Make the table."""
        columns = ", ".join(f"{quote_name(name)} {type}" for name, type in self.columns)
        return (
            f"CREATE TABLE IF NOT EXISTS {quote_name(self.table)} ({URL} TEXT NOT NULL, "
            f"{NUMBER} INTEGER NOT NULL, {columns + ', ' if columns else ''}"
            f"PRIMARY KEY ({URL}, {NUMBER}))"
        )

    @property
    def delete(self) -> str:
        """Take out the rows of one URL."""
        return f"DELETE FROM {quote_name(self.table)} WHERE {URL} = ?"

    @property
    def insert(self) -> str:
        """Put in a row: its key, and then the other columns."""
        places = ", ".join("?" * (2 + len(self.columns)))
        return f"INSERT INTO {quote_name(self.table)} VALUES ({places})"


VERSION = 2
"""Of what a row of the table means."""

_TABLE = "fetcher_progress"
_CREATE = f"""
CREATE TABLE IF NOT EXISTS {_TABLE} (
    "table" TEXT PRIMARY KEY, version INTEGER, begun TEXT, journal_mode TEXT,
    done INTEGER, digest BLOB, complete BOOLEAN, counts TEXT
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

    def begin(self, identity: OutputIdentity, journal_mode: str) -> None:
        """Start from the beginning; journal_mode: the one to leave the database in."""
        self._database.execute(_CREATE)
        if "counts" not in columns_of(self._database, _TABLE):  # made by an earlier version
            self._database.execute(f"ALTER TABLE {_TABLE} ADD COLUMN counts TEXT")
        start = (0, START.digest, False, json.dumps(START.counts))
        values = (self._table, VERSION, identity.to_text(), journal_mode, *start)
        self._database.execute(
            f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values
        )

    def find(self, now: OutputIdentity) -> JournalRecord | None:
        """Read how far it has come; None when nothing has begun. Raises ResumeError."""
        if not has_table(self._database, _TABLE) or (version := self._row("version")) is None:
            return None
        if version != (VERSION,):
            raise ResumeError(
                self.name,
                f"its progress has version {version[0]}, and this program knows version {VERSION}",
            )
        row = self._row("begun, done, digest, complete, counts")
        assert row is not None
        begun, done, digest, complete, counts = row
        try:
            changed = difference(OutputIdentity.from_text(begun), now)
            progress = OutputProgress(done, digest, tuple(json.loads(counts)))
        except (ValueError, KeyError, TypeError):
            changed = f"its table {_TABLE} is damaged"
        if changed:
            raise ResumeError(self.name, changed)
        return JournalRecord(progress, complete=bool(complete))

    def advance(self, before: OutputProgress, now: OutputProgress) -> None:
        """Go on; raises OutputError when the row is not as it was left."""
        done = self._database.execute(
            f'UPDATE {_TABLE} SET done = ?, digest = ?, counts = ? WHERE "table" = ? '
            "AND done = ? AND digest = ? AND NOT complete",
            (*_stored(now), self._table, before.done, before.digest),
        )
        if done.rowcount != 1:
            raise OutputError(self.name, "another run is writing to it")

    def complete(self) -> None:
        """Note that there is nothing more to come."""
        self._database.execute(
            f'UPDATE {_TABLE} SET complete = 1 WHERE "table" = ?', (self._table,)
        )

    def journal_mode(self) -> str:
        """The mode that the database was in at the beginning."""
        row = self._row("journal_mode")
        return str(row[0]) if row else "delete"

    def _row(self, columns: str) -> tuple[Any, ...] | None:
        rows = self._database.execute(
            f'SELECT {columns} FROM {_TABLE} WHERE "table" = ?', (self._table,)
        )
        found: tuple[Any, ...] | None = rows.fetchone()
        return found


def has_table(database: sqlite3.Connection, table: str) -> bool:
    """Return True if there is a table of that name."""
    found = database.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", (table,)
    )
    return found.fetchone() is not None


def _stored(progress: OutputProgress) -> tuple[int, bytes, str]:
    return progress.done, progress.digest, json.dumps(progress.counts)


def is_key(column: Column) -> bool:
    """Return True if a column has the target's own URL, and not one that was found in a page."""
    return column.name == URL and column.value is values.url


def _type(kind: Kind) -> str:
    return "TEXT" if kind.many else _TYPES[kind.type]
