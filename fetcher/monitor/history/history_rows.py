"""The rows that readers of the history get; times in seconds since the epoch."""

from dataclasses import dataclass

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.target_state import Observation, State


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: when it began and was due, to the millisecond, and what it found.

    elapsed: duration of the last attempt in seconds, to the microsecond; None without one.
    """

    at: float
    due: float
    health: Health
    trouble: Trouble | None = None
    text: str = ""
    status: int | None = None
    elapsed: float | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """The checks of a period: their number by health, and their durations.

    seconds: length of the period; 0 for a single check. elapsed_*: in seconds; None if no check
    was timed.
    """

    start: float
    seconds: float
    checks: int
    healthy: int = 0
    degraded: int = 0
    unhealthy: int = 0
    unknown: int = 0
    elapsed_min: float | None = None
    elapsed_avg: float | None = None
    elapsed_max: float | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) that begins at `start`, and how its time counts."""

    start: float
    uptime: Uptime


@dataclass(frozen=True, slots=True)
class StreakRow:
    """Consecutive checks with the same failure, from the first to the last.

    text: of the first one; the others may have different numbers in it.
    """

    key: str
    first: float
    last: float
    checks: int
    health: Health
    trouble: Trouble | None
    status: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a target, and its latest check; None before the first."""

    key: str
    state: State
    latest: Observation | None
