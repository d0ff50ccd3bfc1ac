"""What a running monitor shows of itself, to its page and its metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.plan import MonitorTarget, Plan
from fetcher.monitor.target_state import NEW, Condition, Observation, State


@dataclass(frozen=True, slots=True)
class TargetView:
    """One target as it stands: its state, its latest observation, and the incident it is part of.

    silenced: whether nobody is told of it now. maintenance: the name of the window it is in, or "".
    """

    watched: MonitorTarget
    state: State = NEW
    latest: Observation | None = None
    incident: str = ""
    silenced: bool = False
    maintenance: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which targets to show: those whose name, URL or group has `text`, worst first.

    condition, group: only those; None and "" for all. offset, limit: which part of them.
    """

    text: str = ""
    condition: Condition | None = None
    group: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A part of the targets that a query finds; total: how many it finds in all."""

    views: Sequence[TargetView]
    total: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the monitor itself is; times in seconds since the epoch, durations in seconds.

    running: checks under way. checks: done since the start. late: how many of them began more than
    a second after they were due. lag: how late checks began of late, 99th percentile. missed: since
    the start, by why. loop_lag: the same of the event loop. outbox: messages that wait. failing:
    channels that do not deliver, with the error. blind_since: since when the monitor cannot see,
    and blind_why. database_error: "" when it can be written. database_bytes: its size.
    reload_error: why the latest configuration was not taken. ready: whether all parts run.
    """

    started: float
    now: float
    running: int = 0
    checks: int = 0
    late: int = 0
    lag: float = 0.0
    missed: Mapping[str, int] = field(default_factory=dict)
    loop_lag: float = 0.0
    outbox: int = 0
    failing: Mapping[str, str] = field(default_factory=dict)
    sent: int = 0
    blind_since: float | None = None
    blind_why: str = ""
    database_error: str = ""
    database_bytes: int = 0
    reloaded: float | None = None
    reload_error: str = ""
    ready: bool = False


class Live(Protocol):
    """A monitor that runs; everything here is quick and is called on its event loop."""

    @property
    def plan(self) -> Plan:
        """The configuration that is in force."""
        ...

    def counts(self) -> Mapping[Condition, int]:
        """How many targets are in each condition."""
        ...

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """The same for each group of targets; "" for those without."""
        ...

    def find(self, query: Query) -> SearchResult:
        """Find targets."""
        ...

    def get(self, key: str) -> TargetView | None:
        """Give one target, None when there is none with this key."""
        ...

    def incidents(self) -> Sequence[Incident]:
        """The incidents that last, latest first."""
        ...

    def silences(self) -> Sequence[Silence]:
        """The silences that last."""
        ...

    def vitals(self) -> Vitals:
        """How the monitor itself is."""
        ...

    async def acknowledge(self, incident: str, by: str) -> bool:
        """Note that someone knows of an incident; whether there is such a one that lasts."""
        ...

    async def silence(self, pattern: str, until: float, by: str, why: str = "") -> Silence:
        """Tell nobody of targets that fit a pattern, until then."""
        ...

    async def unsilence(self, silence: str) -> bool:
        """End a silence; whether there was such a one."""
        ...
