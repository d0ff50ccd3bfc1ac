"""What is to be told about an incident, by one channel."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why people are told.

    down: it began. up: it is over. reminder: it lasts, and nobody has acknowledged. escalation: the
    same, to others. notice: about the monitor itself. test: because someone asked for it.
    """

    DOWN = "down"
    UP = "up"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    NOTICE = "notice"
    TEST = "test"


class Fate(StrEnum):
    """What became of a message: it waits, it arrived, or was given up."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one channel; its words are made when it is sent, from what is known then.

    id: follows from incident, kind, channel and number, so that the same message cannot be there
    twice; receivers get it as well. created, due: seconds since the epoch; it is not sent before
    `due`. attempts: how often that was tried. sent: when it arrived. error: what went wrong the
    last time. digest: what it was sent together with, "" when it went alone.
    """

    id: str
    incident: str
    channel: str
    kind: Kind
    created: float
    due: float
    fate: Fate = Fate.WAITING
    attempts: int = 0
    sent: float | None = None
    error: str = ""
    digest: str = ""


def message_id(incident: str, kind: Kind, channel: str, number: int = 0) -> str:
    """The id of a message; number: of a reminder, from 1."""
    counted = f"-{number}" if number else ""
    return f"{incident}-{kind.value}{counted}-{channel}"
