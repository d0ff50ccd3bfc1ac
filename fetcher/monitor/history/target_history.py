"""One target's rows, whether they were rolled up yet or not.

How a target was over a stretch of time, as coarse as it must be and as fine as it can be.
"""

import sqlite3
from collections.abc import Iterator

from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history.history_rows import Bucket
from fetcher.monitor.history.history_schema import DAY, HOUR, MINUTE, SECOND, block_of, ceil, floor
from fetcher.monitor.history.rollups import COUNTED, DAYS, HOURS, MINUTES, Level, Sums

Spells = list[int]
"""Milliseconds by how they count, in the order of `codes.SPELLS`."""

_OF_ONE = (
    "health = 0, health = 1, health = 2, health = 3, elapsed IS NULL, elapsed, elapsed, "
    "ifnull(elapsed, 0)"
)


class TargetHistory:
    """The rows of one target, as they are at one moment; times in milliseconds."""

    def __init__(self, file: sqlite3.Connection, key: str) -> None:
        self._file = file
        found = file.execute("SELECT id FROM targets WHERE key = ?", (key,)).fetchone()
        # No target has the number 0.
        self.target: int = found[0] if found else 0
        self.block = block_of(self.target)
        query = "SELECT rolled, dropped FROM blocks WHERE block = ?"
        marks = file.execute(query, (self.block,)).fetchone()
        self._rolled: int
        self._dropped: int
        self._rolled, self._dropped = marks or (0, 0)

    def buckets(self, level: Level, since: int, until: int, length: int) -> list[Bucket]:
        """What checks came to, in stretches of a length that is a multiple of the level's."""
        found: dict[int, Sums] = {}
        for at, *columns in self._rows(level, since, until, length):
            sums = Sums(*columns[:COUNTED])
            found[at] = found[at] + sums if at in found else sums
        made = [sums.bucket(at * length, length) for at, sums in sorted(found.items())]
        # Where only time was counted, as it is when a check ends what an hour before it was.
        return [bucket for bucket in made if bucket.checks]

    def spells(self, level: Level, since: int, until: int, length: int) -> dict[int, Spells]:
        """How time counts, in stretches of a length that is a multiple of the level's."""
        found: dict[int, Spells] = {}
        for at, *columns in self._rows(level, since, until, length):
            spells = columns[COUNTED:]
            before = found.get(at)
            found[at] = (
                [sum(both) for both in zip(before, spells, strict=True)] if before else spells
            )
        return {at * length: found[at] for at in sorted(found)}

    def single(self, since: int, until: int, most: int) -> list[Bucket]:
        """Single checks, if there are so many at most, and none was dropped; else none."""
        if since < self._dropped:
            return []
        checks = self._file.execute(
            f"SELECT at, {_OF_ONE} FROM checks WHERE block = ? AND at >= ? AND at < ? "
            "AND target = ? ORDER BY at LIMIT ?",
            (self.block, since, until, self.target, most + 1),
        ).fetchall()
        if len(checks) > most:
            return []
        return [Sums(*columns).bucket(at, 0) for at, *columns in checks]

    def oldest(self, level: Level) -> int | None:
        """Since when there are checks in a level, of this target or one beside it."""
        # An hour without a check can have the time up to one that came after it.
        query = (
            f"SELECT at * {level.step} FROM {level.table} WHERE block = :block "
            "AND healthy + degraded + unhealthy + unknown > 0 ORDER BY at LIMIT 1"
        )
        queries = (query, "SELECT at FROM checks WHERE block = :block ORDER BY at LIMIT 1")
        found = [self._file.execute(each, {"block": self.block}).fetchone() for each in queries]
        return min((row[0] for row in found if row), default=None)

    def _rows(self, level: Level, since: int, until: int, length: int) -> list[tuple[int, ...]]:
        """The level's rows, and those that checks would make that are not in it yet."""
        start, end = floor(since, level.step), ceil(until, level.step)
        rows = self._file.execute(
            f"SELECT at / {length // level.step}, {level.of_rows} FROM {level.table} "
            "WHERE block = ? AND at >= ? AND at < ? AND target = ? GROUP BY 1",
            (self.block, start // level.step, end // level.step, self.target),
        ).fetchall()
        # Checks turn into minutes when they are dropped, and into hours and days before.
        start = start if level is MINUTES else max(start, self._rolled)
        return (
            rows
            + self._file.execute(
                f"SELECT at / {length}, {level.of_checks} FROM checks "
                "WHERE block = ? AND at >= ? AND at < ? AND target = ? GROUP BY 1",
                (self.block, start, end, self.target),
            ).fetchall()
        )


def uptime_of(spells: Spells) -> Uptime:
    """How time counts, from milliseconds; nothing at all is none of each."""
    return Uptime(*(ms / SECOND for ms in spells))


_LENGTHS = (
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 20, 30)),
    *(HOUR * n for n in (1, 2, 3, 4, 6, 8, 12)),
    *(DAY * n for n in (1, 2, 7, 14, 28, 91, 364)),
)
"""Lengths of stretches, in milliseconds, that people find on a clock or a calendar."""


def series(target: TargetHistory, since: int, until: int, points: int) -> list[Bucket]:
    """What checks came to, in at most so many stretches; times in milliseconds.

    Single checks, when they are few enough and all there, as stretches of no length.
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
    """How time counts, by the hour, or by the day where hours are not kept any more."""
    since = floor(since, HOUR)
    turn = _turn(target, since, until)
    days = target.spells(DAYS, since, turn, DAY) if turn > since else {}
    parts = [*days.values(), *target.spells(HOURS, turn, until, HOUR).values()]
    return uptime_of([sum(each) for each in zip(*parts, strict=True)])


def _turn(target: TargetHistory, since: int, until: int) -> int:
    """When to go over from days to hours."""
    hours, days = target.oldest(HOURS), target.oldest(DAYS)
    if days is None or (hours is not None and (hours <= since or floor(hours, DAY) <= days)):
        return since
    end = ceil(until, DAY)
    return end if hours is None else min(ceil(hours, DAY), end)


def _level(target: TargetHistory, since: int) -> Level:
    """The finest level that goes back as far as is asked for, or as far as the others do."""
    level = DAYS
    for finer in (HOURS, MINUTES):
        begins, before = target.oldest(finer), target.oldest(level)
        # A coarser row begins before what it is made of, by up to its length.
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
