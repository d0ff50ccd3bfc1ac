"""What is done to one block of targets in one transaction, to roll up and to drop."""

import sqlite3
from dataclasses import dataclass

from fetcher.monitor.history.levels import DAYS, HOURS, MINUTES, Level, roll_up
from fetcher.monitor.history.roster import Marks, Roster
from fetcher.monitor.history.units import HOUR, floor

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

    def __init__(self, file: sqlite3.Connection, roster: Roster) -> None:
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
        self._roster.mark(block, Marks(end, marks.dropped))
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
        self._roster.mark(block, Marks(max(marks.rolled, end), end))
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
