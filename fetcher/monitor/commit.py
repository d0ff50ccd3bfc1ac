"""What is written in one transaction, and what is pending until the next."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fetcher.monitor.incident import Incident, Message, Silence
from fetcher.monitor.target_state import Observation, Span, State

MOST_RECORDS = 200_000
"""While the database cannot be written, at most this many single checks are kept: older ones are
dropped, and their time counts as unwatched. Everything else is bounded by the number of targets."""


class MissedReason(StrEnum):
    """Why checks were missed.

    running: the previous check was still running. late: this process was late. stopped: it was not
    running. clock: the clock was set forward.
    """

    RUNNING = "running"
    LATE = "late"
    STOPPED = "stopped"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Missed:
    """Checks of a target that were due and not made; at: when the last of them was due."""

    key: str
    at: float
    count: int
    why: MissedReason


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check for the history: what it found, and how the time up to it counts.

    spans: in order, none of them across a full hour (UTC), together from the previous check to
    `observation.at`; () for a target's first check.
    """

    key: str
    observation: Observation
    spans: tuple[Span, ...] = ()


class OrderKind(StrEnum):
    """What people can ask of a running monitor from another process."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    UNSILENCE = "unsilence"


@dataclass(frozen=True, slots=True)
class OperatorCommand:
    """An order from another process; number: unique and rising.

    subject: an incident's id (or its first characters), a silence's pattern, or a silence's id.
    until: the end of a silence, in seconds since the epoch.
    """

    number: int
    kind: OrderKind
    subject: str
    by: str = ""
    why: str = ""
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Commit:
    """What is written in one transaction, all of it or nothing.

    states, incidents and messages replace those with the same key or id. unsilenced: ids of
    silences that end. done: numbers of orders that were carried out.
    """

    records: tuple[CheckRecord, ...] = ()
    states: Mapping[str, State] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    messages: tuple[Message, ...] = ()
    missed: tuple[Missed, ...] = ()
    silences: tuple[Silence, ...] = ()
    unsilenced: tuple[str, ...] = ()
    done: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """True if there is anything to write."""
        return any(
            (
                self.records,
                self.states,
                self.incidents,
                self.messages,
                self.missed,
                self.silences,
                self.unsilenced,
                self.done,
            )
        )


class PendingCommit:
    """Collects what is to be written; of each state, incident and message the latest version."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.records: deque[CheckRecord] = deque(maxlen=MOST_RECORDS)
        self.states: dict[str, State] = {}
        self.incidents: dict[str, Incident] = {}
        self.messages: dict[str, Message] = {}
        self.missed: deque[Missed] = deque(maxlen=MOST_RECORDS)
        self.silences: dict[str, Silence] = {}
        self.unsilenced: set[str] = set()
        self.done: set[int] = set()

    def take(self) -> Commit:
        """Return everything, and start again empty."""
        commit = Commit(
            tuple(self.records),
            self.states,
            tuple(self.incidents.values()),
            tuple(self.messages.values()),
            tuple(self.missed),
            tuple(self.silences.values()),
            tuple(sorted(self.unsilenced)),
            tuple(sorted(self.done)),
        )
        self._clear()
        return commit

    def give_back(self, commit: Commit) -> None:
        """Take back what could not be written; what has happened since takes precedence."""
        later = self.take()
        for part in (commit, later):
            self.records.extend(part.records)
            self.states.update(part.states)
            self.incidents.update({incident.id: incident for incident in part.incidents})
            self.messages.update({message.id: message for message in part.messages})
            self.missed.extend(part.missed)
            self.silences.update({silence.id: silence for silence in part.silences})
            self.unsilenced.update(part.unsilenced)
            self.done.update(part.done)
