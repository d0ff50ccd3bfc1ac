"""A cron expression, on a wall clock without time zone."""

from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from fetcher.monitor.watched import Cron

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
_SECOND = timedelta(seconds=1)
_ANY_TIME = datetime(2000, 1, 1)
"""To try an expression from; cronsim looks 50 years ahead."""


class Expression:
    """A cron expression: which times of a wall clock it names.

    text: five fields, or six with seconds first, as crontab(5) and cronsim have them. Raises
    CronSimError or ValueError. Time zones are left to `crontimes`: cronsim 2.8 loses half an hour
    where clocks change by half an hour (`*/10 3 * * *` on Lord Howe Island begins at 3:30 then),
    and its first answer may lie before the start when that is in an hour that comes twice.
    """

    def __init__(self, text: str) -> None:
        self._sim = CronSim(text, _ANY_TIME)
        fields = text.split()
        self.by_wall_clock = len(fields) == 5 and not any(f.startswith("*") for f in fields[:2])
        """Whether it names times of the day, for which Debian's cron takes the wall clock; others,
        with `*` for minutes or hours, or with seconds, go by the time that passes."""

    @property
    def each_day(self) -> int:
        """How many times it names on a day that it names at all."""
        return len(self._sim.seconds) * len(self._sim.minutes) * len(self._sim.hours)

    def names_day(self, day: date) -> bool:
        """Whether it names any time on this day."""
        return day.month in self._sim.months and self._sim.match_day(day)

    def since(self, wall: datetime) -> Iterator[datetime]:
        """The times that it names, from `wall` on; `wall` is in whole seconds."""
        sim = copy(self._sim)
        sim.dt = wall - _SECOND
        return sim


def load_expression(cron: Cron) -> Expression:
    """The expression of a timing that `parse_cron` has accepted."""
    return Expression(_expanded(cron.expression))


def parse_cron(expression: str, zone: str = "UTC") -> Cron:
    """Read a cron expression (crontab(5), also `@daily` and the like) in a time zone.

    Six fields begin with seconds; L, LW, `5L` and `1#2` mean what they do in cronsim. Where clocks
    change, Debian's rules hold. An expression that names times of the day (neither minutes nor
    hours begin with `*`) goes by the wall clock: a time that is skipped comes when the clock has
    been set forward (2:30 at 3:00), once with others that are skipped; a time that comes twice
    counts the first time only. All others go by the time that passes: nothing comes in a skipped
    hour, and an hour that comes twice counts twice.

    Raises ValueError in plain words; also for times that never come and unknown time zones.
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
            f"the cron expression {written!r} does not have five fields (minute, hour, day of "
            f"month, month, day of week; or six, with seconds first), but {len(fields)}"
        )
    for name, field, alone in zip(
        _FIELDS[-len(fields) :], fields, _each_alone(fields), strict=True
    ):
        if not _comes(alone, ever=False):
            raise ValueError(
                f"in the cron expression {written!r}, the {name} {field!r} is not valid"
            )
    if not _comes(text):
        raise ValueError(f"the cron expression {written!r} never comes: there is no such day")


def _each_alone(fields: list[str]) -> Iterator[str]:
    """The expression once for each field, with `*` in place of all others."""
    stars = ["*"] * len(fields)
    for place, field in enumerate(fields):
        yield " ".join([*stars[:place], field, *stars[place + 1 :]])


def _comes(text: str, *, ever: bool = True) -> bool:
    """Whether it can be read and, if asked for, names any time at all."""
    try:
        made = Expression(text)
    except (CronSimError, ValueError, AssertionError):
        return False
    return not ever or next(made.since(_ANY_TIME), None) is not None


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        close = get_close_matches(zone, available_timezones(), 1)
        hint = close[0] if close else "Europe/Berlin"
        raise ValueError(
            f"there is no time zone {zone!r}; write its name in full, such as {hint}"
        ) from None
