"""Writing a commit of the monitor as one transaction."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from fetcher.monitor.commit import Commit, Missed
from fetcher.monitor.history.check_log import CheckRows
from fetcher.monitor.history.history_schema import HOUR, milliseconds
from fetcher.monitor.history.incident_rows import Members
from fetcher.monitor.history.row_codec import (
    Cells,
    pack_incident,
    pack_message,
    pack_silence,
    pack_state,
)
from fetcher.monitor.history.target_ids import TargetIds
from fetcher.storage.sqlite_file import sync_commits, transaction

T = TypeVar("T")


class CommitWriter:
    """Writes to the database; one thread at a time."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self.target_ids = TargetIds(file)
        self.checks = CheckRows(file, self.target_ids)
        self._members = Members(file)

    def write(self, commit: Commit) -> None:
        """Write a commit, completely or not at all. Raises sqlite3.Error."""
        with self.transaction(durable=_must_be_durable(commit)):
            self._write(commit)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Run the block in a transaction, which is rolled back if it raises.

        durable: True if it must survive a power failure, with all transactions before it. Others
        survive the end of the process, but a power failure may undo the most recent ones, the last
        one first (sqlite.org/pragma.html#pragma_synchronous).
        """
        sync_commits(self._file, always=durable)
        try:
            with transaction(self._file):
                yield
        except BaseException:
            self._each(lambda part: part.undo())
            raise
        self._each(lambda part: part.keep())

    def _each(self, do: Callable[[TargetIds | CheckRows | Members], None]) -> None:
        for part in (self.target_ids, self.checks, self._members):
            do(part)

    def _write(self, commit: Commit) -> None:
        self.checks.write(commit.records)
        number = self.target_ids.number
        states = [(number(key), pack_state(state)) for key, state in commit.states.items()]
        self._put("states", states)
        self._put("incidents", map(pack_incident, commit.incidents))
        for incident in commit.incidents:
            self._members.write(incident)
        self._put("messages", map(pack_message, commit.messages))
        self._put("silences", map(pack_silence, commit.silences))
        self._do("DELETE FROM silences WHERE id = ?", commit.unsilenced)
        self._do("UPDATE orders SET done = 1 WHERE number = ?", commit.done)
        self._add_missed(commit.missed)

    def _put(self, table: str, rows: Iterable[Cells]) -> None:
        """Insert rows or replace those with the same key."""
        listed = list(rows)
        if listed:
            places = ", ".join("?" * len(listed[0]))
            self._file.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", listed)

    def _do(self, statement: str, values: Iterable[T]) -> None:
        self._file.executemany(statement, [(value,) for value in values])

    def _add_missed(self, missed: Iterable[Missed]) -> None:
        self._file.executemany(
            "INSERT INTO missed VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [
                (
                    milliseconds(each.at) // HOUR,
                    self.target_ids.number(each.key),
                    each.why,
                    each.count,
                )
                for each in missed
            ],
        )


def _must_be_durable(commit: Commit) -> bool:
    """Return True if people were or will be notified of something, or have ordered something."""
    ordered = commit.silences or commit.unsilenced or commit.done
    return bool(commit.incidents or commit.messages or ordered)
