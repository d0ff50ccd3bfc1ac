"""Cron as crontab(5) has it, minute by minute: slow, and with nothing of the code under test."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def literal_slots(expression: str, zone: str, start: float, end: float) -> list[float]:
    """The slots in [start, end), seconds since the epoch, by Debian's rules for changed clocks."""
    fields = expression.split()
    frequent = fields[0].startswith("*") or fields[1].startswith("*")
    begin = int(start // 60) * 60 - 86_400
    walls = [(t, _wall(zone, t)) for t in range(begin, int(end) + 60, 60)]
    found = _frequent(fields, walls) if frequent else _at_times_of_the_day(fields, walls)
    return [float(t) for t in found if start <= t < end]


def _frequent(fields: list[str], walls: list[tuple[int, datetime]]) -> Iterator[int]:
    """What the clock shows, each time it does."""
    return (t for t, wall in walls if _fits(fields, wall))


def _at_times_of_the_day(fields: list[str], walls: list[tuple[int, datetime]]) -> Iterator[int]:
    """Each time once: not when it comes again, and late where it is skipped."""
    latest = walls[0][1]
    for t, wall in walls:
        due = False
        while latest < wall:
            latest += MINUTE
            due = due or _fits(fields, latest)
        if due:
            yield t


@cache
def _wall(zone: str, t: int) -> datetime:
    return datetime.fromtimestamp(t, ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _fits(fields: list[str], wall: datetime) -> bool:
    minute, hour, day, month, weekday = fields
    if not (_names(minute, wall.minute, 0, 59) and _names(hour, wall.hour, 0, 23)):
        return False
    if not _names(month, wall.month, 1, 12):
        return False
    on_day = _names(day, wall.day, 1, 31)
    on_weekday = any(_names(weekday, n, 0, 7) for n in {wall.isoweekday(), wall.isoweekday() % 7})
    if day.startswith("*") or weekday.startswith("*"):
        return on_day and on_weekday
    return on_day or on_weekday


@cache
def _names(field: str, value: int, least: int, most: int) -> bool:
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low = least if span == "*" else int(first)
        high = most if span == "*" else int(last or first)
        if low <= value <= high and (value - low) % int(step or 1) == 0:
            return True
    return False
