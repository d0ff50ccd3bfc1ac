"""Who may be notified of what, and when, by the script."""

from fnmatch import fnmatchcase

from tests.monitor.simulated.life import Life
from tests.monitor.simulated.lives import work_on
from tests.monitor.simulated.reading import Ill
from tests.monitor.simulated.targets import EVERYONE, TIMEOUT
from tests.monitor.simulated.world import within

SOON = 120.0
"""Seconds: two turns of a process, which come once a minute while anything lasts."""


def is_silenced(life: Life, key: str, at: float) -> bool:
    """True if alerts about a target are muted."""
    watched = EVERYONE[key]
    names = (watched.key, watched.url, watched.group)
    return within(work_on(life, key), at) or any(
        start <= at < end and any(fnmatchcase(name, pattern) for name in names)
        for pattern, (start, end) in life.script.silences
    )


def alive(life: Life, at: float) -> bool:
    """True if a process ran, and what it did was written."""
    return within(life.alive, at) and not within(life.unattended, at)


def loud(life: Life, group: list[Ill], at: float) -> bool:
    """True if people are to be notified of one that is failing, or failed until the end."""
    closed = max(ill.until for ill in group)
    return any(
        not is_silenced(life, ill.key, at)
        for ill in group
        if ill.at <= at and (at < ill.until or ill.until == closed <= at)
    )


def must_know_by(life: Life, group: list[Ill]) -> float | None:
    """When people must have been told at the latest; None when that may never have been."""
    # What began to be asked then may have been known only an hour later.
    at = min(ill.at + life.world.takes(ill.key, ill.at) for ill in group) + TIMEOUT
    closed = max(ill.until for ill in group)
    while at + SOON < closed:
        if all(alive(life, moment) and loud(life, group, moment) for moment in _around(at)):
            return at + SOON
        at += 5 * SOON
    return None


def _around(at: float) -> list[float]:
    return [at, at + SOON / 2, at + SOON]
