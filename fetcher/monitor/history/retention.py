"""Retention: what is rolled up and deleted by age, and what is deleted first for lack of space.

Checks and roll-ups are processed one block of targets at a time; everything else by table.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from fetcher.monitor.history.check_log import CheckRows
from fetcher.monitor.history.history_schema import DAY, HOUR, MINUTE, SECOND, floor
from fetcher.monitor.history.rollups import DAYS, HOURS, MINUTES, Level, roll_up
from fetcher.monitor.history.target_ids import RollupMarks, TargetIds
from fetcher.storage.sqlite_file import count_pages

_PERIODS_AT_ONCE = 720
"""Maximum minutes, hours or days of roll-ups deleted in one step."""
_ROWS_AT_ONCE = 2000
_ORDERS_KEPT = 7 * DAY
_TARGETS_KEPT = 400 * DAY  # one may be checked only once a year
_SHARE = 8
_ROW = 60
"""Approximate size of a row with a text, without the text but with its index entry, in bytes."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Up to when checks are rolled up, and since when each kind is kept; in milliseconds."""

    roll: int
    checks: int
    minutes: int
    hours: int
    days: int


class Retention:
    """Rolls up and deletes checks within the caller's transaction.

    Each method does a bounded amount of work and returns the number of rows processed, 0 if there
    is nothing left to do.
    """

    def __init__(self, file: sqlite3.Connection, ids: TargetIds) -> None:
        self._file = file
        self._ids = ids

    def tend(self, block: int, cutoffs: Cutoffs) -> int:
        """Do the next piece of work for a block."""
        return (
            self.roll(block, cutoffs.roll)
            or self.drop(block, cutoffs.checks)
            or self.trim(MINUTES, block, cutoffs.minutes)
            or self.trim(HOURS, block, cutoffs.hours)
            or self.trim(DAYS, block, cutoffs.days)
        )

    def roll(self, block: int, until: int) -> int:
        """Add checks to hours and days."""
        marks = self._ids.marks(block)
        start = self._first_check(block, marks.rolled)
        if start is None or start >= until:
            return 0
        end = min(floor(start, HOUR) + HOUR, until)
        count = self._count(block, start, end)
        for level in (HOURS, DAYS):
            roll_up(self._file, level, block, start, end)
        self._ids.mark(block, RollupMarks(end, marks.dropped))
        return count

    def drop(self, block: int, until: int) -> int:
        """Turn checks into minutes, after rolling up those that are not in hours yet."""
        marks = self._ids.marks(block)
        start = self._first_check(block, 0)
        if start is None or start >= until:
            return 0
        end = min(floor(start, HOUR) + HOUR, until)
        if end > marks.rolled and (rolled := self.roll(block, end)):
            return rolled
        roll_up(self._file, MINUTES, block, start, end)
        gone = self._file.execute("DELETE FROM checks WHERE block = ? AND at < ?", (block, end))
        self._ids.mark(block, RollupMarks(max(marks.rolled, end), end))
        return gone.rowcount

    def trim(self, level: Level, block: int, until: int) -> int:
        """Delete roll-ups older than `until`."""
        query = f"SELECT min(at) FROM {level.table} WHERE block = ?"
        (first,) = self._file.execute(query, (block,)).fetchone()
        end = until // level.step
        if first is None or first >= end:
            return 0
        end = min(end, first + _PERIODS_AT_ONCE)
        delete = f"DELETE FROM {level.table} WHERE block = ? AND at < ?"
        return self._file.execute(delete, (block, end)).rowcount

    def _first_check(self, block: int, start: int) -> int | None:
        query = "SELECT min(at) FROM checks WHERE block = ? AND at >= ?"
        found: int | None = self._file.execute(query, (block, start)).fetchone()[0]
        return found

    def _count(self, block: int, start: int, end: int) -> int:
        query = "SELECT count(*) FROM checks WHERE block = ? AND at >= ? AND at < ?"
        found: int = self._file.execute(query, (block, start, end)).fetchone()[0]
        return found


@dataclass(frozen=True, slots=True)
class PurgeStage:
    """A table to delete from, except for the last `kept` milliseconds."""

    table: str
    kept: int


STAGES = (
    PurgeStage("checks", HOUR),
    PurgeStage(MINUTES.table, 0),
    PurgeStage(HOURS.table, 7 * DAY),
    PurgeStage("checks", 10 * MINUTE),
    PurgeStage(DAYS.table, 90 * DAY),
    PurgeStage(HOURS.table, 2 * HOUR),
    PurgeStage(DAYS.table, 2 * DAY),
)
"""In this order, each once the previous ones are exhausted. States, open incidents, queued messages
and the latest check of each target are never deleted."""

_STEPS = {level.table: level.step for level in (MINUTES, HOURS, DAYS)} | {"checks": 1}


@dataclass(frozen=True, slots=True)
class PurgeStep:
    """What to delete next: the rows of a table before a time in milliseconds."""

    table: str
    before: int


def next_purge(file: sqlite3.Connection, now: int) -> PurgeStep | None:
    """Return what to delete next: the oldest part of a table; None if nothing can be deleted."""
    for stage in STAGES:
        oldest = oldest_of(file, stage.table)
        newest = now - stage.kept
        step = _STEPS[stage.table]
        if oldest is not None and oldest // step < newest // step:
            part = max(step, MINUTE, (newest - oldest) // _SHARE)
            return PurgeStep(stage.table, min(newest, oldest + part))
    return None


def oldest_of(file: sqlite3.Connection, table: str) -> int | None:
    """Return when the oldest row of a table begins, in milliseconds; None if it is empty."""
    query = (
        f"SELECT min((SELECT min(at) FROM {table} WHERE {table}.block = blocks.block)) FROM blocks"
    )
    (found,) = file.execute(query).fetchone()
    return None if found is None else found * _STEPS[table]


def surplus_before(file: sqlite3.Connection, table: str, most: int, condition: str = "1") -> int:
    """Return the id below which rows with texts are to be deleted; 0 if they fit into `most` bytes.

    Their size is estimated from the latest rows, because reading all of them would take long.
    condition: which rows may be deleted, in SQL; the oldest of them always is.
    """
    query = f"SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT 1"
    (first,) = file.execute(query).fetchone() or (None,)
    if first is None:
        return 0
    query = (
        f"SELECT max(id), avg(length(text)) FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 100)"
    )
    last, length = file.execute(query).fetchone()
    count = last - first + 1
    return first + max(count // _SHARE, 1) if count * (length + _ROW) > most else 0


def used_bytes(file: sqlite3.Connection) -> int:
    """Return the size of the database, without free pages and its log."""
    return count_pages(file).used_bytes


class Purge:
    """Deletes old rows of all tables without blocks, within the caller's transaction.

    Each job deletes a bounded number of rows and returns that number; 0 when it is done.
    """

    def __init__(self, file: sqlite3.Connection, ids: TargetIds, checks: CheckRows) -> None:
        self._file = file
        self._ids = ids
        self._streaks = checks.streaks
        self._known_texts = checks.texts

    def jobs(self, before: int, known: int, now: int) -> list[Callable[[], int]]:
        """Return the jobs for everything that ended before a time in milliseconds.

        known: since when other data of targets may still exist.
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

    def text_jobs(self, most: int) -> list[Callable[[], int]]:
        """Return the jobs if texts take more than `most` bytes: the oldest are deleted.

        If every check of a target has a different text, texts make up most of the database. The
        checks stay, without their texts; open streaks stay too.
        """
        jobs: list[Callable[[], int]] = []
        if texts := surplus_before(self._file, "texts", most):
            self._known_texts.forget(texts)
            jobs.append(lambda: self._delete("texts", "id < ?", texts))
        over = "id NOT IN (SELECT failure FROM latest WHERE failure > 0)"
        if failures := surplus_before(self._file, "failures", most, over):
            jobs.append(lambda: self._delete("failures", f"id < ? AND {over}", failures))
        return jobs

    def _delete(self, table: str, condition: str, value: float) -> int:
        key = "number" if table == "orders" else "id"
        return self._file.execute(
            f"DELETE FROM {table} WHERE {key} IN "
            f"(SELECT {key} FROM {table} WHERE {condition} LIMIT {_ROWS_AT_ONCE})",
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
        """Delete targets that were last checked before a time."""
        rows = self._file.execute(
            "SELECT id, key FROM targets JOIN latest ON latest.target = id WHERE latest.at < ? "
            f"LIMIT {_ROWS_AT_ONCE}",
            (before / SECOND,),
        ).fetchall()
        for target, key in rows:
            self._ids.forget(key)
            self._streaks.forget(target)
        for table, column in (("states", "target"), ("latest", "target"), ("targets", "id")):
            self._file.executemany(
                f"DELETE FROM {table} WHERE {column} = ?", [(target,) for target, _ in rows]
            )
        return len(rows)

    def _texts(self, now: int) -> int:
        oldest = oldest_of(self._file, "checks")
        return self._delete("texts", "day < ?", (now if oldest is None else oldest) // DAY)
