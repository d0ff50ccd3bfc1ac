"""[[maintenance]]: when work is announced, and on which targets."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import translate
from zoneinfo import ZoneInfo

from fetcher.monitor.conditions import check_window
from fetcher.monitor.config.config_errors import Mistakes
from fetcher.monitor.config.document import Table, read_options
from fetcher.monitor.plan import MaintenanceWindow
from fetcher.options import duration, many, option, optional

_EXPECTED = "a date with a time, such as 2026-11-21T22:00:00+01:00"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not {_EXPECTED}") from None


@dataclass(frozen=True, slots=True)
class MaintenanceSettings:
    """Work that is announced: again and again, or once."""

    name: str = option("", "What the page calls it.", str.strip)
    cron: str | None = optional(
        "When it begins each time.", lambda text: text.strip() or None, none="once", metavar="CRON"
    )
    timezone: str | None = optional(
        "The time zone of `cron`, and of times without an offset.", str.strip, none="UTC"
    )
    duration: float | None = duration(None, "How long it takes each time.")
    start: datetime | None = option(
        None, "When it begins, once.", _moment, types=(str, datetime), expected=_EXPECTED
    )
    end: datetime | None = option(
        None, "When it ends.", _moment, types=(str, datetime), expected=_EXPECTED
    )
    targets: tuple[str, ...] = many(
        "Patterns with * and ? that a name, a URL or a group fits as a whole.",
        str.strip,
        none="all",
    )


@dataclass(frozen=True, slots=True)
class WindowScope:
    """A window, and what fits it: a pattern of all its patterns, None for all targets."""

    window: MaintenanceWindow
    fits: Callable[[str], object] | None
    source: str


class Announced:
    """All windows of a configuration, and for each target those that it is in."""

    def __init__(self, works: Sequence[WindowScope]) -> None:
        self._works = works
        self._shared: dict[tuple[MaintenanceWindow, ...], tuple[MaintenanceWindow, ...]] = {}
        self._fitted = {work for work in works if work.fits is None}

    def windows_of(self, key: str, url: str, group: str) -> tuple[MaintenanceWindow, ...]:
        """The windows of a target; the same tuple for all targets that have the same."""
        if not self._works:
            return ()
        own = []
        for work in self._works:
            fits = work.fits
            if fits is None or fits(key) or fits(url) or (group and fits(group)):
                own.append(work.window)
                self._fitted.add(work)
        windows = tuple(own)
        return self._shared.setdefault(windows, windows)

    def notices(self) -> Iterator[str]:
        """Name the windows that no target is in."""
        for work in self._works:
            if work not in self._fitted:
                yield f"{work.source}: [[maintenance]] {work.window.name!r} fits no target"


def read_maintenance(tables: Sequence[Table], mistakes: Mistakes) -> Announced:
    """Read all announced work."""
    works = [_work(table, mistakes) for table in tables]
    return Announced([work for work in works if work is not None])


def _work(table: Table, mistakes: Mistakes) -> WindowScope | None:
    values = read_options(table, mistakes, MaintenanceSettings)
    if len(values) < len(table.values):
        return None  # What is left of it would be another one.
    said = replace(MaintenanceSettings(), **values)
    try:
        window = _window(said)
        check_window(window)
    except ValueError as error:
        mistakes.add(f"{table.where()}: {error}")
        return None
    return WindowScope(window, _fitting(said.targets), table.source)


def _window(said: MaintenanceSettings) -> MaintenanceWindow:
    """Make a window of what was said; raises ValueError."""
    zone = said.timezone or "UTC"
    if said.cron is not None:
        if said.start is not None or said.end is not None:
            raise ValueError("it has cron, and start or end; give cron and duration, or the latter")
        if said.duration is None:
            raise ValueError("cron says when it begins; give its duration too")
        return MaintenanceWindow(said.name or said.cron, said.cron, zone, said.duration)
    if said.start is None or (said.end is None) == (said.duration is None):
        raise ValueError("give cron and duration, start and end, or start and duration")
    start = _seconds(said.start, said.timezone)
    if said.end is not None:
        end = _seconds(said.end, said.timezone)
    else:
        end = start + (said.duration or 0.0)
    return MaintenanceWindow(said.name or str(said.start), start=start, end=end)


def _seconds(moment: datetime, zone: str | None) -> float:
    """Seconds since the epoch; raises ValueError when it is not clear which time is meant."""
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError(f"{moment} has no offset; write one, such as +01:00, or a timezone")
        try:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        except (OSError, ValueError, KeyError):
            raise ValueError(
                f"{zone!r} is not a time zone; write for example Europe/Berlin"
            ) from None
    return moment.timestamp()


def _fitting(patterns: Sequence[str]) -> Callable[[str], object] | None:
    """Make one pattern of all; brackets stand for themselves, as they do in IPv6 addresses."""
    if not patterns or "*" in patterns:
        return None
    literal = [pattern.replace("[", "[[]") for pattern in patterns]
    return re.compile("|".join(map(translate, literal))).match
