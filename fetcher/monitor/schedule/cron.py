"""Cron expressions: their syntax, and the slots that they name in a time zone.

Instants are whole seconds since the epoch; wall times are datetimes without a zone. A slot is found
on the wall clock first and then converted, with Debian's rules where the clocks change.
"""

import math
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from fetcher.monitor.plan import Cron

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_DAY_SECONDS = 86_400
_FIFTY_YEARS = 50 * 366 * _DAY_SECONDS
_CACHED_ANSWERS = 256
"""Per expression; most targets ask what another one with the same timing has just asked."""

_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""As in crontab(5)."""

_FIELDS = ("second", "minute", "hour", "day of month", "month", "day of week")
_ANY_TIME = datetime(2000, 1, 1)
"""To try an expression from; cronsim looks 50 years ahead."""


def parse_cron(expression: str, zone: str = "UTC") -> Cron:
    """Parse a cron expression (crontab(5), including `@daily` and the like) in a time zone.

    Six fields begin with seconds; L, LW, `5L` and `1#2` mean what they do in cronsim. Where clocks
    change, Debian's rules apply. An expression that names times of day (neither minutes nor hours
    begin with `*`) follows the wall clock: a skipped time runs when the clock has been set forward
    (2:30 at 3:00), once together with all others that are skipped; a time that occurs twice runs
    the first time only. All other expressions follow elapsed time: nothing runs in a skipped hour,
    and an hour that occurs twice runs twice.

    Raises ValueError for an invalid expression, one that never matches, and an unknown time zone.
    """
    text = " ".join(expression.split())
    _check_zone(zone)
    _check_expression(_expanded(text), text)
    return Cron(text, zone)


def _expanded(text: str) -> str:
    text = " ".join(text.split())
    return _MACROS.get(text.lower(), text)


def _check_expression(text: str, written: str) -> None:
    fields = text.split()
    if len(fields) not in (5, 6):
        raise ValueError(
            f"the cron expression {written!r} has {len(fields)} fields; expected five (minute, "
            "hour, day of month, month, day of week), or six with seconds first"
        )
    for name, field, alone in zip(
        _FIELDS[-len(fields) :], fields, _each_alone(fields), strict=True
    ):
        if not _is_valid(alone):
            raise ValueError(
                f"in the cron expression {written!r}, the {name} {field!r} is not valid"
            )
    if not _ever_matches(text):
        raise ValueError(f"the cron expression {written!r} never matches: there is no such day")


def _each_alone(fields: list[str]) -> Iterator[str]:
    """Yield the expression once per field, with `*` in place of all others."""
    stars = ["*"] * len(fields)
    for place, field in enumerate(fields):
        yield " ".join([*stars[:place], field, *stars[place + 1 :]])


def _is_valid(text: str) -> bool:
    try:
        Expression(text)
    except (CronSimError, ValueError, AssertionError):
        return False
    return True


def _ever_matches(text: str) -> bool:
    try:
        return next(Expression(text).since(_ANY_TIME), None) is not None
    except CronSimError:
        return False


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        close = get_close_matches(zone, available_timezones(), 1)
        hint = close[0] if close else "Europe/Berlin"
        raise ValueError(f"unknown time zone {zone!r}; use a full name such as {hint}") from None


class Expression:
    """A cron expression: the times that it names on a wall clock without a zone.

    text: five fields, or six with seconds first, as in crontab(5) and cronsim. Raises CronSimError
    or ValueError. Time zones are left to `CronTimes`: cronsim 2.8 loses half an hour where clocks
    change by half an hour (`*/10 3 * * *` on Lord Howe Island begins at 3:30 then), and its first
    answer may lie before the start when that is in an hour that occurs twice.
    """

    def __init__(self, text: str) -> None:
        self._sim = CronSim(text, _ANY_TIME)
        fields = text.split()
        self.by_wall_clock = len(fields) == 5 and not any(f.startswith("*") for f in fields[:2])
        """True if it names times of day, for which Debian's cron follows the wall clock; others,
        with `*` for minutes or hours, or with seconds, follow elapsed time."""

    @property
    def each_day(self) -> int:
        """Number of times named on a day that has any."""
        return len(self._sim.seconds) * len(self._sim.minutes) * len(self._sim.hours)

    def names_day(self, day: date) -> bool:
        """Return True if it names any time on this day."""
        return day.month in self._sim.months and self._sim.match_day(day)

    def since(self, wall: datetime) -> Iterator[datetime]:
        """Return the named times from `wall` on; `wall` is in whole seconds."""
        sim = copy(self._sim)
        sim.dt = wall - _SECOND
        return sim


def load_expression(cron: Cron) -> Expression:
    """Return the expression of a timing that `parse_cron` has accepted."""
    return Expression(_expanded(cron.expression))


def wall_time(zone: ZoneInfo, instant: int) -> datetime:
    """Return what a wall clock in the zone shows."""
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0)


def instant_of(zone: ZoneInfo, wall: datetime) -> int:
    """Return when a wall clock shows this time (PEP 495).

    The first occurrence if it occurs twice, the end of the gap if it is skipped.
    """
    before, after = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if wall_time(zone, before) == wall:
        return before
    # In a gap each is computed with the offset of the other side, so the gap ends between them.
    return next_change(zone, after, before) or before


def next_change(zone: ZoneInfo, start: int, end: int) -> int | None:
    """Return the first change of the zone's offset after `start` and until `end`, or None.

    Two changes that cancel each other out within a day are missed; no zone has that.
    """
    offset = _offset(zone, start)
    while start < end:
        stop = min(start + _DAY_SECONDS, end)
        if _offset(zone, stop) != offset:
            return _change_between(zone, start, stop)
        start = stop
    return None


def _change_between(zone: ZoneInfo, same: int, other: int) -> int:
    """Return the first instant whose offset differs from that at `same`; `other` has a new one."""
    offset = _offset(zone, same)
    while other - same > 1:
        middle = (same + other) // 2
        if _offset(zone, middle) == offset:
            same = middle
        else:
            other = middle
    return other


def _offset(zone: ZoneInfo, instant: int) -> object:
    return datetime.fromtimestamp(instant, zone).utcoffset()


class CronTimes:
    """The slots of a cron expression in its zone, in seconds since the epoch.

    `parse_cron` documents the rules. Targets with the same timing share one object.
    """

    def __init__(self, cron: Cron) -> None:
        self._expression = load_expression(cron)
        self._zone = ZoneInfo(cron.zone)
        self._first = lru_cache(_CACHED_ANSWERS)(self._find_first)
        self._last = lru_cache(_CACHED_ANSWERS)(self._find_last)
        self._number = lru_cache(_CACHED_ANSWERS)(self._count)
        self.each_day = self._expression.each_day
        """Number of slots on a usual day that has any."""
        self.by_wall_clock = self._expression.by_wall_clock
        """True if the expression names times of day."""

    def first(self, start: float) -> float:
        """Return the first slot at or after `start`; infinity if there is none in fifty years."""
        return self._first(math.ceil(start))

    def last(self, end: float) -> float:
        """Return the last slot before `end`; minus infinity if there is none in fifty years."""
        return self._last(math.ceil(end))

    def count(self, start: float, end: float) -> int:
        """Return the number of slots in [start, end); fast even over decades."""
        first = self.first(start)
        return self._number(int(first), math.ceil(end)) if first < end else 0

    def between(self, start: float, end: float) -> Iterator[float]:
        """Yield the slots in [start, end)."""
        slot = self.first(start)
        while slot < end:
            yield slot
            slot = self.first(slot + 1)

    def _find_first(self, begin: int) -> float:
        find = self._by_wall_clock if self.by_wall_clock else self._by_elapsed_time
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
            # In an hour that repeats, the wall clock shows times that have already passed.
            if (instant := instant_of(self._zone, wall)) >= begin:
                return instant
        return None

    def _by_elapsed_time(self, begin: int) -> int | None:
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
        """Count whole days by the times named on each, and only the rest one by one."""
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
    """Return the slots of a timing that `parse_cron` has accepted."""
    return CronTimes(cron)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
