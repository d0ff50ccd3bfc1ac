"""The history of one target: its checks, whether rolled up yet or not, in buckets of any length."""

import sqlite3
from collections.abc import Iterator

from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history.history_rows import Bucket
from fetcher.monitor.history.history_schema import DAY, HOUR, MINUTE, SECOND, block_of, ceil, floor
from fetcher.monitor.history.rollups import COUNTED, DAYS, HOURS, MINUTES, Level, Sums

ClassTimes = list[int]
"""Milliseconds per time class, in the order of `history_schema.TIME_CLASSES`."""

_SINGLE_CHECK = (
    "health = 0, health = 1, health = 2, health = 3, elapsed IS NULL, elapsed, elapsed, "
    "ifnull(elapsed, 0)"
)
"""The columns of `Sums` for one row of `checks`."""

_LENGTHS = (
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 20, 30)),
    *(HOUR * n for n in (1, 2, 3, 4, 6, 8, 12)),
    *(DAY * n for n in (1, 2, 7, 14, 28, 91, 364)),
)
"""The usual lengths of buckets, in milliseconds."""


class TargetHistory:
    """The rows of one target within a read transaction; times in milliseconds."""

    def __init__(self, file: sqlite3.Connection, key: str) -> None:
        self._file = file
        found = file.execute("SELECT id FROM targets WHERE key = ?", (key,)).fetchone()
        # No target has the id 0.
        self.target: int = found[0] if found else 0
        self.block = block_of(self.target)
        query = "SELECT rolled, dropped FROM blocks WHERE block = ?"
        marks = file.execute(query, (self.block,)).fetchone()
        self._rolled: int
        self._dropped: int
        self._rolled, self._dropped = marks or (0, 0)

    def buckets(self, level: Level, since: int, until: int, length: int) -> list[Bucket]:
        """Return buckets of a length that is a multiple of the level's."""
        found: dict[int, Sums] = {}
        for at, *columns in self._rows(level, since, until, length):
            sums = Sums(*columns[:COUNTED])
            found[at] = found[at] + sums if at in found else sums
        buckets = [sums.bucket(at * length, length) for at, sums in sorted(found.items())]
        # A row can have time without a check: the time before a check in a later hour.
        return [bucket for bucket in buckets if bucket.checks]

    def class_times(
        self, level: Level, since: int, until: int, length: int
    ) -> dict[int, ClassTimes]:
        """Return how time counts, in periods of a length that is a multiple of the level's."""
        found: dict[int, ClassTimes] = {}
        for at, *columns in self._rows(level, since, until, length):
            times = columns[COUNTED:]
            before = found.get(at)
            found[at] = [sum(both) for both in zip(before, times, strict=True)] if before else times
        return {at * length: found[at] for at in sorted(found)}

    def single(self, since: int, until: int, most: int) -> list[Bucket]:
        """Return single checks as buckets; none if there are more than `most` or some are gone."""
        if since < self._dropped:
            return []
        checks = self._file.execute(
            f"SELECT at, {_SINGLE_CHECK} FROM checks WHERE block = ? AND at >= ? AND at < ? "
            "AND target = ? ORDER BY at LIMIT ?",
            (self.block, since, until, self.target, most + 1),
        ).fetchall()
        if len(checks) > most:
            return []
        return [Sums(*columns).bucket(at, 0) for at, *columns in checks]

    def oldest(self, level: Level) -> int | None:
        """Return since when there are checks in a level, of this target or another of its block."""
        # An hour without a check can have the time before a later one.
        query = (
            f"SELECT at * {level.step} FROM {level.table} WHERE block = :block "
            "AND healthy + degraded + unhealthy + unknown > 0 ORDER BY at LIMIT 1"
        )
        queries = (query, "SELECT at FROM checks WHERE block = :block ORDER BY at LIMIT 1")
        found = [self._file.execute(each, {"block": self.block}).fetchone() for each in queries]
        return min((row[0] for row in found if row), default=None)

    def _rows(self, level: Level, since: int, until: int, length: int) -> list[tuple[int, ...]]:
        """Return the level's rows, and those for checks that are not rolled up yet."""
        start, end = floor(since, level.step), ceil(until, level.step)
        rows = self._file.execute(
            f"SELECT at / {length // level.step}, {level.of_rows} FROM {level.table} "
            "WHERE block = ? AND at >= ? AND at < ? AND target = ? GROUP BY 1",
            (self.block, start // level.step, end // level.step, self.target),
        ).fetchall()
        # Checks are moved to minutes, but were copied to hours and days before that.
        start = start if level is MINUTES else max(start, self._rolled)
        return (
            rows
            + self._file.execute(
                f"SELECT at / {length}, {level.of_checks} FROM checks "
                "WHERE block = ? AND at >= ? AND at < ? AND target = ? GROUP BY 1",
                (self.block, start, end, self.target),
            ).fetchall()
        )


def uptime_of(times: ClassTimes) -> Uptime:
    """Return how time counts, from milliseconds; an empty list counts as zeros."""
    return Uptime(*(ms / SECOND for ms in times))


def series(target: TargetHistory, since: int, until: int, points: int) -> list[Bucket]:
    """Return at most `points` buckets; times in milliseconds.

    Single checks, as buckets of length 0, if they are few enough and all are kept.
    """
    if checks := target.single(since, until, points):
        return checks
    level = _level(target, since)
    length = next(
        length
        for length in _lengths(level.step)
        if ceil(until, length) - floor(since, length) <= points * length
    )
    # A coarser level has the same sums, in fewer rows.
    coarsest = next(each for each in (DAYS, HOURS, MINUTES) if length % each.step == 0)
    return target.buckets(coarsest, floor(since, length), ceil(until, length), length)


def uptime(target: TargetHistory, since: int, until: int) -> Uptime:
    """Return how time counts, from hours, or from days where hours are no longer kept."""
    since = floor(since, HOUR)
    switch = _switch(target, since, until)
    days = target.class_times(DAYS, since, switch, DAY) if switch > since else {}
    parts = [*days.values(), *target.class_times(HOURS, switch, until, HOUR).values()]
    return uptime_of([sum(each) for each in zip(*parts, strict=True)])


def _switch(target: TargetHistory, since: int, until: int) -> int:
    """Return when to switch from days to hours."""
    hours, days = target.oldest(HOURS), target.oldest(DAYS)
    if days is None or (hours is not None and (hours <= since or floor(hours, DAY) <= days)):
        return since
    end = ceil(until, DAY)
    return end if hours is None else min(ceil(hours, DAY), end)


def _level(target: TargetHistory, since: int) -> Level:
    """Return the finest level that goes back to `since`, or as far as the others do."""
    level = DAYS
    for finer in (HOURS, MINUTES):
        begins, before = target.oldest(finer), target.oldest(level)
        # A coarser row begins earlier than its first check, by up to its length.
        if begins is None or before is None or begins > max(since, before + level.step):
            break
        level = finer
    return level


def _lengths(least: int) -> Iterator[int]:
    yield from (length for length in _LENGTHS if length >= least)
    length = _LENGTHS[-1]
    while True:
        length *= 2
        yield length
