"""What is done to one block of targets in one transaction, to roll up and to drop.

Deletes what is over and old, of all that does not lie by block.

What goes first when the database has become as large as it may.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from fetcher.monitor.history.check_log import CheckRows
from fetcher.monitor.history.history_schema import DAY, HOUR, MINUTE, SECOND, floor
from fetcher.monitor.history.rollups import DAYS, HOURS, MINUTES, Level, roll_up
from fetcher.monitor.history.target_ids import RollupMarks, TargetIds
from fetcher.storage.sqlite_file import count_pages

_AT_ONCE = 720
"""How many minutes, hours or days of roll-ups at most are deleted in one go."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Up to when, in milliseconds, checks are rolled up, and what is kept of each kind from."""

    roll: int
    checks: int
    minutes: int
    hours: int
    days: int


class Retention:
    """Rolls up and drops within a transaction that others begin and end.

    Each method does a bounded piece, and returns how many rows it took in hand, 0 when there is
    nothing left to do.
    """

    def __init__(self, file: sqlite3.Connection, roster: TargetIds) -> None:
        self._file = file
        self._roster = roster

    def tend(self, block: int, cutoffs: Cutoffs) -> int:
        """Do whatever there is to do for a block."""
        return (
            self.roll(block, cutoffs.roll)
            or self.drop(block, cutoffs.checks)
            or self.trim(MINUTES, block, cutoffs.minutes)
            or self.trim(HOURS, block, cutoffs.hours)
            or self.trim(DAYS, block, cutoffs.days)
        )

    def roll(self, block: int, until: int) -> int:
        """Add checks to hours and days."""
        marks = self._roster.marks(block)
        start = self._first_check(block, marks.rolled)
        if start is None or start >= until:
            return 0
        end = min(floor(start, HOUR) + HOUR, until)
        count = self._count(block, start, end)
        for level in (HOURS, DAYS):
            roll_up(self._file, level, block, start, end)
        self._roster.mark(block, RollupMarks(end, marks.dropped))
        return count

    def drop(self, block: int, until: int) -> int:
        """Turn checks into minutes; those that are not in hours yet are rolled up before."""
        marks = self._roster.marks(block)
        start = self._first_check(block, 0)
        if start is None or start >= until:
            return 0
        end = min(floor(start, HOUR) + HOUR, until)
        if end > marks.rolled and (rolled := self.roll(block, end)):
            return rolled
        roll_up(self._file, MINUTES, block, start, end)
        gone = self._file.execute("DELETE FROM checks WHERE block = ? AND at < ?", (block, end))
        self._roster.mark(block, RollupMarks(max(marks.rolled, end), end))
        return gone.rowcount

    def trim(self, level: Level, block: int, until: int) -> int:
        """Delete roll-ups."""
        query = f"SELECT min(at) FROM {level.table} WHERE block = ?"
        (first,) = self._file.execute(query, (block,)).fetchone()
        end = until // level.step
        if first is None or first >= end:
            return 0
        end = min(end, first + _AT_ONCE)
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
    """One table that gives way, down to what lies so many milliseconds back."""

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
"""Each in turn, once those before it have given all they can. States, open incidents, messages that
wait, and the latest check of each target are not among them."""

_STEPS = {level.table: level.step for level in (MINUTES, HOURS, DAYS)} | {"checks": 1}
_SHARE = 8
_ROW = 60
"""What a row with words takes without them, with its place in an index; roughly, in bytes."""


@dataclass(frozen=True, slots=True)
class Relief:
    """What is to give way now: what is older, in a table; before: milliseconds."""

    table: str
    before: int


def relief(file: sqlite3.Connection, now: int) -> Relief | None:
    """Find what can give way now: the oldest part of a table, and not all of it at once.

    None when nothing can.
    """
    for stage in STAGES:
        oldest = oldest_of(file, stage.table)
        newest = now - stage.kept
        step = _STEPS[stage.table]
        if oldest is not None and oldest // step < newest // step:
            part = max(step, MINUTE, (newest - oldest) // _SHARE)
            return Relief(stage.table, min(newest, oldest + part))
    return None


def oldest_of(file: sqlite3.Connection, table: str) -> int | None:
    """When the oldest row of a table begins, in milliseconds; None when it is empty."""
    query = (
        f"SELECT min((SELECT min(at) FROM {table} WHERE {table}.block = blocks.block)) FROM blocks"
    )
    (found,) = file.execute(query).fetchone()
    return None if found is None else found * _STEPS[table]


def surplus(file: sqlite3.Connection, table: str, most: int, may_go: str = "1") -> int:
    """Find the number below which rows with words give way, 0 when they take no more than that.

    most: bytes, which are reckoned from the latest rows: to look at all of them would take long.
    may_go: says in SQL which rows can; the oldest of them is always among those that do.
    """
    query = f"SELECT id FROM {table} WHERE {may_go} ORDER BY id LIMIT 1"
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
    """The size of the database without what is free in it, nor its log."""
    return count_pages(file).used_bytes


_PURGE_AT_ONCE = 2000
_ORDERS_KEPT = 7 * DAY
_TARGETS_KEPT = 400 * DAY  # one may be checked but once a year


class Purge:
    """Deletes within a transaction that others begin and end.

    Each of the jobs deletes a bounded number of rows, and returns how many; 0 when it is done.
    """

    def __init__(self, file: sqlite3.Connection, roster: TargetIds, checks: CheckRows) -> None:
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
            f"(SELECT {key} FROM {table} WHERE {condition} LIMIT {_PURGE_AT_ONCE})",
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
            f"LIMIT {_PURGE_AT_ONCE}",
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
