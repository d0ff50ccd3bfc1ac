"""Roll-ups: the sums of a target's checks by minute, hour and day.

Roll-ups are additive: part of an hour can be rolled up first and the rest later, and checks that
arrive late are simply added.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from fetcher.monitor.history.history_rows import Bucket
from fetcher.monitor.history.history_schema import DAY, HOUR, MINUTE, SECOND

Values = tuple[int | None, ...]
"""Block, time in units of the level, target, and the columns of the level."""

_COUNTS = {
    "healthy": "sum(health = 0)",
    "degraded": "sum(health = 1)",
    "unhealthy": "sum(health = 2)",
    "unknown": "sum(health = 3)",
    "untimed": "sum(elapsed IS NULL)",
    "quickest": "min(elapsed)",
    "slowest": "max(elapsed)",
    "elapsed": "ifnull(sum(elapsed), 0)",
}
_TIMES = {
    "ms_up": "sum(lasted * (spell = 0))",
    "ms_degraded": "sum(lasted * (spell = 1))",
    "ms_down": "sum(lasted * (spell = 2))",
    "ms_unwatched": "sum(lasted * (spell = 3))",
    "ms_maintenance": "sum(lasted * (spell = 4))",
}
_EXTREMES = {"quickest": "min", "slowest": "max"}


@dataclass(frozen=True, slots=True)
class Level:
    """A table of roll-ups.

    step: the period of a row, in milliseconds. columns: their names, each with its SQL expression
    over `checks`.
    """

    table: str
    step: int
    columns: dict[str, str]

    @property
    def of_checks(self) -> str:
        """The columns, computed from rows of `checks`."""
        return ", ".join(self.columns.values())

    @property
    def of_rows(self) -> str:
        """The columns, computed from rows of this table."""
        return ", ".join(f"{_EXTREMES.get(name, 'sum')}({name})" for name in self.columns)

    @property
    def adding(self) -> str:
        """The clause that adds to an existing row."""
        return "ON CONFLICT DO UPDATE SET " + ", ".join(
            f"{name} = {_added(name)}" for name in self.columns
        )

    @property
    def names(self) -> str:
        """All columns of the table."""
        return ", ".join(["block", "at", "target", *self.columns])


MINUTES = Level("minutes", MINUTE, _COUNTS)
HOURS = Level("hours", HOUR, _COUNTS | _TIMES)
DAYS = Level("days", DAY, _COUNTS | _TIMES)

COUNTED = len(_COUNTS)
"""Number of columns before those for time classes."""


def roll_up(file: sqlite3.Connection, level: Level, block: int, start: int, end: int) -> None:
    """Add a block's checks of [start, end) to a level."""
    file.execute(
        f"INSERT INTO {level.table} ({level.names}) "
        f"SELECT block, at / {level.step}, target, {level.of_checks} FROM checks "
        f"WHERE block = ? AND at >= ? AND at < ? GROUP BY block, at / {level.step}, target "
        f"{level.adding}",
        (block, start, end),
    )


def add(file: sqlite3.Connection, level: Level, rows: Iterable[Values]) -> None:
    """Add single rows to a level; values beyond its columns are ignored."""
    width = 3 + len(level.columns)
    places = ", ".join("?" * width)
    file.executemany(
        f"INSERT INTO {level.table} ({level.names}) VALUES ({places}) {level.adding}",
        [row[:width] for row in rows],
    )


def _added(name: str) -> str:
    if extreme := _EXTREMES.get(name):
        # SQLite's min and max of a value and NULL are NULL.
        other = f"excluded.{name}"
        return f"{extreme}(ifnull({name}, {other}), ifnull({other}, {name}))"
    return f"{name} + excluded.{name}"


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of the checks of a period; durations in microseconds."""

    healthy: int
    degraded: int
    unhealthy: int
    unknown: int
    untimed: int
    quickest: int | None
    slowest: int | None
    elapsed: int

    def __add__(self, other: "Sums") -> "Sums":
        quickest = [each for each in (self.quickest, other.quickest) if each is not None]
        slowest = [each for each in (self.slowest, other.slowest) if each is not None]
        return Sums(
            self.healthy + other.healthy,
            self.degraded + other.degraded,
            self.unhealthy + other.unhealthy,
            self.unknown + other.unknown,
            self.untimed + other.untimed,
            min(quickest, default=None),
            max(slowest, default=None),
            self.elapsed + other.elapsed,
        )

    def bucket(self, start: int, length: int) -> Bucket:
        """Return them as a bucket; start and length in milliseconds."""
        checks = self.healthy + self.degraded + self.unhealthy + self.unknown
        timed = checks - self.untimed
        return Bucket(
            start / SECOND,
            length / SECOND,
            checks,
            self.healthy,
            self.degraded,
            self.unhealthy,
            self.unknown,
            _seconds(self.quickest),
            self.elapsed / timed / 1e6 if timed else None,
            _seconds(self.slowest),
        )


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1e6
