"""What is written in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.message import Message
from fetcher.monitor.observation import Observation
from fetcher.monitor.state import Span, State


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
class Record:
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
class Order:
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

    records: tuple[Record, ...] = ()
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
