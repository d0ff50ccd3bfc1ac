"""What the history gives to those who read it; times in seconds since the epoch."""

from dataclasses import dataclass

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.target_state import Observation, State


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check: when it began and should have begun, to the millisecond, and what it found.

    elapsed: seconds that the last attempt took, to the microsecond; None without one.
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
    """What the checks of a stretch of time came to: how many, by health, and how long they took.

    seconds: how long it is; 0 for a single check. elapsed_*: in seconds; None where none was timed.
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
    """A day (UTC), from `start` on, and how its time counts."""

    start: float
    uptime: Uptime


@dataclass(frozen=True, slots=True)
class StreakRow:
    """Checks in a row that found the same thing wrong, from the first to the last.

    text: of the first one; others may differ from it in their figures.
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
    """How a target stands: its state, and its latest check; None before the first."""

    key: str
    state: State
    latest: Observation | None
