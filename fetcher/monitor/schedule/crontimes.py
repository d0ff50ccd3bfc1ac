"""The slots of a cron expression in a time zone, over all changes of its clocks."""

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fetcher.monitor.schedule.expression import load_expression
from fetcher.monitor.schedule.zone import instant_of, next_change, wall_time
from fetcher.monitor.watched import Cron

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_DAY_SECONDS = 86_400
_FIFTY_YEARS = 50 * 366 * _DAY_SECONDS
_REMEMBERED = 256
"""Answers; most targets ask what another one with the same timing has just asked."""


class CronTimes:
    """When a cron expression comes, in seconds since the epoch; `parse_cron` has the rules.

    Targets with the same timing share one.
    """

    def __init__(self, cron: Cron) -> None:
        self._expression = load_expression(cron)
        self._zone = ZoneInfo(cron.zone)
        self._first = lru_cache(_REMEMBERED)(self._find_first)
        self._last = lru_cache(_REMEMBERED)(self._find_last)
        self._number = lru_cache(_REMEMBERED)(self._count)
        self.each_day = self._expression.each_day
        """How many slots there are on a usual day that has any."""
        self.by_wall_clock = self._expression.by_wall_clock
        """Whether it names times of the day."""

    def first(self, start: float) -> float:
        """The first slot at or after `start`; infinite when there is none in fifty years."""
        return self._first(math.ceil(start))

    def last(self, end: float) -> float:
        """The last slot before `end`; infinitely long ago when there is none in fifty years."""
        return self._last(math.ceil(end))

    def count(self, start: float, end: float) -> int:
        """How many slots are in [start, end); soon told even when that is decades."""
        first = self.first(start)
        return self._number(int(first), math.ceil(end)) if first < end else 0

    def between(self, start: float, end: float) -> Iterator[float]:
        """The slots in [start, end)."""
        slot = self.first(start)
        while slot < end:
            yield slot
            slot = self.first(slot + 1)

    def _find_first(self, begin: int) -> float:
        find = self._by_wall_clock if self.by_wall_clock else self._by_time_passed
        found = find(begin)
        return math.inf if found is None else float(found)

    def _find_last(self, end: int) -> float:
        reach = 60
        while reach < _FIFTY_YEARS:
            found = -math.inf
            for slot in self.between(end - reach, end):
                found = slot
            if found > -math.inf:
                return found
            reach *= 2
        return -math.inf

    def _by_wall_clock(self, begin: int) -> int | None:
        # At the end of a gap, the times within it are still to come.
        start = wall_time(self._zone, begin - 1) + _SECOND
        for wall in self._expression.since(start):
            # In an hour that comes again, the wall clock shows what has been already.
            if (instant := instant_of(self._zone, wall)) >= begin:
                return instant
        return None

    def _by_time_passed(self, begin: int) -> int | None:
        while True:
            wall = wall_time(self._zone, begin)
            named = next(self._expression.since(wall), None)
            if named is None:
                return None
            found = begin + int((named - wall).total_seconds())
            change = next_change(self._zone, begin, found)
            if change is None:
                return found
            begin = change

    def _count(self, start: int, end: int) -> int:
        """Count whole days by what is named on each, and only what is left one by one."""
        if end - start < 2 * _DAY_SECONDS:
            return sum(1 for _ in self.between(start, end))
        day = wall_time(self._zone, start).date() + _DAY
        edge = instant_of(self._zone, _midnight(day))
        total = sum(1 for _ in self.between(start, edge))
        while (following := instant_of(self._zone, _midnight(day + _DAY))) <= end:
            total += self._count_day(day, edge, following)
            day, edge = day + _DAY, following
        return total + sum(1 for _ in self.between(edge, end))

    def _count_day(self, day: date, start: int, end: int) -> int:
        usual = end - start == _DAY_SECONDS and all(
            wall_time(self._zone, edge).time() == time() for edge in (start, end)
        )
        if not usual:
            return sum(1 for _ in self.between(start, end))
        return self.each_day if self._expression.names_day(day) else 0


@lru_cache(maxsize=4096)
def cron_times(cron: Cron) -> CronTimes:
    """The slots of a timing that `parse_cron` has accepted."""
    return CronTimes(cron)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
