"""[[maintenance]]: maintenance windows, and the targets that each applies to."""

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
from fetcher.units import parse_time

_EXPECTED = "a date with a time, such as 2026-11-21T22:00:00+01:00"


@dataclass(frozen=True, slots=True)
class MaintenanceSettings:
    """The options of a maintenance window: recurring, or once."""

    name: str = option("", "Name shown on the status page.", str.strip)
    cron: str | None = optional(
        "Cron expression of the start of a recurring window.",
        lambda text: text.strip() or None,
        none="once",
        metavar="CRON",
    )
    timezone: str | None = optional(
        "Time zone of `cron`, and of times without an offset.", str.strip, none="UTC"
    )
    duration: float | None = duration(None, "Length of the window.")
    start: datetime | None = option(
        None, "Start of a single window.", parse_time, types=(str, datetime), expected=_EXPECTED
    )
    end: datetime | None = option(
        None, "End of a single window.", parse_time, types=(str, datetime), expected=_EXPECTED
    )
    targets: tuple[str, ...] = many(
        "Patterns with * and ? that match a whole name, URL or group.", str.strip, none="all"
    )


@dataclass(frozen=True, slots=True)
class WindowScope:
    """A window and what it applies to: a matcher of all its patterns, None for all targets."""

    window: MaintenanceWindow
    matches: Callable[[str], object] | None
    source: str


class MaintenancePlan:
    """All windows of a configuration, and for each target those that apply to it."""

    def __init__(self, scopes: Sequence[WindowScope]) -> None:
        self._scopes = scopes
        self._shared: dict[tuple[MaintenanceWindow, ...], tuple[MaintenanceWindow, ...]] = {}
        self._used = {scope for scope in scopes if scope.matches is None}

    def windows_of(self, key: str, url: str, group: str) -> tuple[MaintenanceWindow, ...]:
        """Return the windows of a target; targets with equal windows share one tuple."""
        if not self._scopes:
            return ()
        own = []
        for scope in self._scopes:
            matches = scope.matches
            if matches is None or matches(key) or matches(url) or (group and matches(group)):
                own.append(scope.window)
                self._used.add(scope)
        windows = tuple(own)
        return self._shared.setdefault(windows, windows)

    def notices(self) -> Iterator[str]:
        """Name the windows that match no target."""
        for scope in self._scopes:
            if scope not in self._used:
                yield f"{scope.source}: [[maintenance]] {scope.window.name!r} matches no target"


def read_maintenance(tables: Sequence[Table], mistakes: Mistakes) -> MaintenancePlan:
    """Read all maintenance windows."""
    scopes = [_scope(table, mistakes) for table in tables]
    return MaintenancePlan([scope for scope in scopes if scope is not None])


def _scope(table: Table, mistakes: Mistakes) -> WindowScope | None:
    values = read_options(table, mistakes, MaintenanceSettings)
    if len(values) < len(table.values):
        return None  # Without the wrong values it would be a different window.
    settings = replace(MaintenanceSettings(), **values)
    try:
        window = _window(settings)
        check_window(window)
    except ValueError as error:
        mistakes.add(f"{table.where()}: {error}")
        return None
    return WindowScope(window, _matcher(settings.targets), table.source)


def _window(settings: MaintenanceSettings) -> MaintenanceWindow:
    """Create a window from its settings; raises ValueError."""
    zone = settings.timezone or "UTC"
    if settings.cron is not None:
        if settings.start is not None or settings.end is not None:
            raise ValueError("cron cannot be combined with start or end; use cron and duration")
        if settings.duration is None:
            raise ValueError("cron needs a duration")
        return MaintenanceWindow(
            settings.name or settings.cron, settings.cron, zone, settings.duration
        )
    if settings.start is None or (settings.end is None) == (settings.duration is None):
        raise ValueError("set cron and duration, start and end, or start and duration")
    start = _seconds(settings.start, settings.timezone)
    if settings.end is not None:
        end = _seconds(settings.end, settings.timezone)
    else:
        end = start + (settings.duration or 0.0)
    return MaintenanceWindow(settings.name or str(settings.start), start=start, end=end)


def _seconds(moment: datetime, zone: str | None) -> float:
    """Return seconds since the epoch; raises ValueError for an ambiguous time."""
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError(f"{moment} has no offset; add one, such as +01:00, or a timezone")
        try:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        except (OSError, ValueError, KeyError):
            raise ValueError(
                f"unknown time zone {zone!r}; use a full name such as Europe/Berlin"
            ) from None
    return moment.timestamp()


def _matcher(patterns: Sequence[str]) -> Callable[[str], object] | None:
    """Compile all patterns into one; brackets are literal, for the sake of IPv6 addresses."""
    if not patterns or "*" in patterns:
        return None
    literal = [pattern.replace("[", "[[]") for pattern in patterns]
    return re.compile("|".join(map(translate, literal))).match
