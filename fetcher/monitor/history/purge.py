"""Deletes what is over and old, of all that does not lie by block."""

import sqlite3
from collections.abc import Callable

from fetcher.monitor.history.checkrows import CheckRows
from fetcher.monitor.history.pressure import oldest_of, surplus
from fetcher.monitor.history.roster import Roster
from fetcher.monitor.history.units import DAY, HOUR, SECOND

_AT_ONCE = 2000
_ORDERS_KEPT = 7 * DAY
_TARGETS_KEPT = 400 * DAY  # one may be checked but once a year


class Purge:
    """Deletes within a transaction that others begin and end.

    Each of the jobs deletes a bounded number of rows, and returns how many; 0 when it is done.
    """

    def __init__(self, file: sqlite3.Connection, roster: Roster, checks: CheckRows) -> None:
        self._file = file
        self._roster = roster
        self._streaks = checks.streaks
        self._said = checks.texts

    def jobs(self, before: int, known: int, now: int) -> list[Callable[[], int]]:
        """What there is to do, with what was over before a time in milliseconds.

        known: since when something else of targets may be left.
        """
        forgotten = min(known, now - _TARGETS_KEPT)
        return [
            lambda: self._incidents(before),
            lambda: self._delete("messages", "fate <> 'waiting' AND created < ?", before / SECOND),
            lambda: self._delete("failures", "last < ?", before),
            lambda: self._missed(before),
            lambda: self._targets(forgotten),
            lambda: self._texts(now),
            lambda: self._delete("silences", "until < ?", (now - DAY) / SECOND),
            lambda: self._delete("orders", "done AND made < ?", (now - _ORDERS_KEPT) / SECOND),
        ]

    def wordy(self, most: int) -> list[Callable[[], int]]:
        """What there is to do when words take more than so many bytes: the oldest give way.

        Where each check of a target says something else, they are all that there is. The checks
        stay, without their words; a streak that goes on stays too.
        """
        jobs: list[Callable[[], int]] = []
        if texts := surplus(self._file, "texts", most):
            self._said.forget(texts)
            jobs.append(lambda: self._delete("texts", "id < ?", texts))
        over = "id NOT IN (SELECT failure FROM latest WHERE failure > 0)"
        if failures := surplus(self._file, "failures", most, over):
            jobs.append(lambda: self._delete("failures", f"id < ? AND {over}", failures))
        return jobs

    def _delete(self, table: str, condition: str, value: float) -> int:
        key = "number" if table == "orders" else "id"
        return self._file.execute(
            f"DELETE FROM {table} WHERE {key} IN "
            f"(SELECT {key} FROM {table} WHERE {condition} LIMIT {_AT_ONCE})",
            (value,),
        ).rowcount

    def _incidents(self, before: int) -> int:
        rows = self._file.execute(
            "SELECT id FROM incidents WHERE closed < ? LIMIT 50", (before / SECOND,)
        ).fetchall()
        self._file.executemany("DELETE FROM members WHERE incident = ?", rows)
        self._file.executemany(
            "DELETE FROM messages WHERE incident = ? AND fate <> 'waiting'", rows
        )
        self._file.executemany("DELETE FROM incidents WHERE id = ?", rows)
        return len(rows)

    def _missed(self, before: int) -> int:
        delete = "DELETE FROM missed WHERE hour < ?"
        return self._file.execute(delete, (before // HOUR,)).rowcount

    def _targets(self, before: int) -> int:
        """Forget targets that were not checked for so long."""
        rows = self._file.execute(
            "SELECT id, key FROM targets JOIN latest ON latest.target = id WHERE latest.at < ? "
            f"LIMIT {_AT_ONCE}",
            (before / SECOND,),
        ).fetchall()
        for target, key in rows:
            self._roster.forget(key)
            self._streaks.forget(target)
        for table, column in (("states", "target"), ("latest", "target"), ("targets", "id")):
            self._file.executemany(
                f"DELETE FROM {table} WHERE {column} = ?", [(target,) for target, _ in rows]
            )
        return len(rows)

    def _texts(self, now: int) -> int:
        oldest = oldest_of(self._file, "checks")
        return self._delete("texts", "day < ?", (now if oldest is None else oldest) // DAY)
