"""What is written in one transaction.

What has happened since the last commit, until the next.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fetcher.monitor.incident import Incident, Message, Silence
from fetcher.monitor.target_state import Observation, Span, State


class Why(StrEnum):
    """Why checks were missed: the one before still ran; this process was late or did not run; the
    clock was set forward."""

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
    why: Why


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check for the history: what it found, and how the time up to it counts.

    spans: in order, none of them over the end of an hour (UTC), together from the check before to
    `observation.at`; () for a target's first check.
    """

    key: str
    observation: Observation
    spans: tuple[Span, ...] = ()


class OrderKind(StrEnum):
    """What people can ask of a monitor that runs, from another process."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    UNSILENCE = "unsilence"


@dataclass(frozen=True, slots=True)
class OperatorCommand:
    """Something that was asked of the monitor; number: unique and rising.

    subject: an incident's id (or the beginning of it), a silence's pattern, a silence's id. until:
    of a silence, seconds since the epoch.
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

    states, incidents and messages take the place of those with the same key or id. unsilenced: ids
    of silences that end. done: numbers of orders that were carried out.
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
        """Whether there is anything to write."""
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


MOST_RECORDS = 200_000
"""While the database cannot be written, no more single checks are kept than this: older ones are
forgotten, and their time counts as unwatched. Everything else is bounded by what is watched."""


class PendingCommit:
    """Gathers what is to be written; of each state, incident and message the latest counts."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.records: deque[CheckRecord] = deque(maxlen=MOST_RECORDS)
        self.states: dict[str, State] = {}
        self.incidents: dict[str, Incident] = {}
        self.messages: dict[str, Message] = {}
        self.missed: deque[Missed] = deque(maxlen=MOST_RECORDS)
        self.silences: dict[str, Silence] = {}
        self.unsilenced: set[str] = set()
        self.done: set[int] = set()

    def take(self) -> Commit:
        """Give all of it, and begin anew."""
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
        self._begin()
        return commit

    def give_back(self, commit: Commit) -> None:
        """Take back what could not be written; what has happened since then counts for more."""
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
