"""What a running monitor shows of itself to its status page and its metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.plan import MonitorTarget, Plan
from fetcher.monitor.target_state import NEW, Condition, Observation, State


@dataclass(frozen=True, slots=True)
class TargetView:
    """One target as it is now: its state, its latest observation, and the id of its open incident.

    silenced: True if a silence mutes its alerts. maintenance: the name of the current maintenance
    window, "" outside of any.
    """

    target: MonitorTarget
    state: State = NEW
    latest: Observation | None = None
    incident: str = ""
    silenced: bool = False
    maintenance: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which targets to show: those whose name, URL or group contains `text`, worst first.

    condition, group: only those; None and "" for all. offset, limit: which part of them.
    """

    text: str = ""
    condition: Condition | None = None
    group: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A part of the targets that match a query; total: how many match in all."""

    views: Sequence[TargetView]
    total: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the monitor itself is doing; times in seconds since the epoch, durations in seconds.

    Attributes:
        started: When it started.
        now: When this was asked.
        running: Checks in progress.
        checks: Checks done since the start.
        late: How many of these began more than a second after they were due.
        lag: How late recent checks began, 99th percentile.
        missed: Missed checks since the start, by reason.
        loop_lag: How late the event loop was recently, 99th percentile.
        outbox: Queued messages.
        failing: Channels that do not deliver, with the error.
        sent: Messages delivered since the start.
        offline_since: Since when the monitor is offline, None if online.
        offline_why: The reason.
        database_error: Why the database cannot be written, "" if it can.
        database_bytes: Its size.
        reloaded: When the configuration was last reloaded.
        reload_error: Why the latest configuration was rejected.
        ready: True if all parts run.
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
    offline_since: float | None = None
    offline_why: str = ""
    database_error: str = ""
    database_bytes: int = 0
    reloaded: float | None = None
    reload_error: str = ""
    ready: bool = False


class Live(Protocol):
    """A running monitor; everything here is quick and is called on its event loop."""

    @property
    def plan(self) -> Plan:
        """The configuration in force."""
        ...

    def counts(self) -> Mapping[Condition, int]:
        """Return the number of targets in each condition."""
        ...

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """Return the same for each group of targets; "" for those without."""
        ...

    def find(self, query: Query) -> SearchResult:
        """Find targets."""
        ...

    def get(self, key: str) -> TargetView | None:
        """Return one target, None if there is none with this key."""
        ...

    def incidents(self) -> Sequence[Incident]:
        """Return the open incidents, latest first."""
        ...

    def silences(self) -> Sequence[Silence]:
        """Return the silences in force."""
        ...

    def vitals(self) -> Vitals:
        """Return how the monitor itself is doing."""
        ...

    async def acknowledge(self, incident: str, by: str) -> bool:
        """Acknowledge an open incident; return False if there is none with this id."""
        ...

    async def silence(self, pattern: str, until: float, by: str, why: str = "") -> Silence:
        """Mute alerts for matching targets until then."""
        ...

    async def unsilence(self, silence: str) -> bool:
        """End a silence; return False if there is none with this id."""
        ...
