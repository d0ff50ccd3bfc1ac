"""Between the time that passes and the wall clock of a time zone.

Instants are whole seconds since the epoch; wall times are datetimes without zone.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

_DAY = 86_400


def wall_time(zone: ZoneInfo, instant: int) -> datetime:
    """What the clock on the wall shows."""
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0)


def instant_of(zone: ZoneInfo, wall: datetime) -> int:
    """When the clock shows this: the first time if twice, the end of the gap if never (PEP 495)."""
    before, after = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if wall_time(zone, before) == wall:
        return before
    # In a gap each of them is read with the offset of the other side, so the gap's end is between.
    return next_change(zone, after, before) or before


def next_change(zone: ZoneInfo, start: int, end: int) -> int | None:
    """When the clock is first changed after `start`, until `end`; None when it is not.

    Two changes that cancel each other within a day are not seen; no zone has that.
    """
    offset = _offset(zone, start)
    while start < end:
        stop = min(start + _DAY, end)
        if _offset(zone, stop) != offset:
            return _change_between(zone, start, stop)
        start = stop
    return None


def _change_between(zone: ZoneInfo, same: int, other: int) -> int:
    """The first instant with another offset than at `same`; that at `other` is another."""
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
