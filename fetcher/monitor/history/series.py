"""How a target was over a stretch of time, as coarse as it must be and as fine as it can be."""

from collections.abc import Iterator

from fetcher.monitor.folding.uptime import Uptime
from fetcher.monitor.history.levels import DAYS, HOURS, MINUTES, Level
from fetcher.monitor.history.rows import Bucket
from fetcher.monitor.history.target_history import TargetHistory, uptime_of
from fetcher.monitor.history.units import DAY, HOUR, MINUTE, ceil, floor

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
