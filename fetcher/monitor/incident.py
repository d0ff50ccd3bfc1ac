"""Something that is wrong, from when it began to when it was over.

What is to be told about an incident, by one channel.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from fetcher.monitor.target_state import Condition


class About(StrEnum):
    """What an incident is about: targets, the monitor's own sight, or one of its channels."""

    TARGETS = "targets"
    SIGHT = "sight"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Member:
    """A target that an incident concerns.

    key, url, shown: of the target. began: when it got worse. ended: when it was well again, None
    while it is not. text: what was found, in plain words.
    """

    key: str
    url: str
    shown: str
    began: float
    ended: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong; times in seconds since the epoch.

    id: unique, and in the order of opening. began: when the first check failed; opened: when that
    was enough. closed: None while it lasts. condition: the worst of its members. causes: what
    joins others to it, such as `host:example.org`. cause: that in words for people. channels,
    escalate_to: who is told. told_at: when people were first told, None while they were not (those
    within a silence or before `tell_from`); told: by which channels. acknowledged: when someone
    said that they know, and who. reminded: how often people were told again, last at
    `reminded_at`. escalated: when it was.
    """

    id: str
    began: float
    opened: float
    condition: Condition
    trouble: str
    text: str
    about: About = About.TARGETS
    causes: frozenset[str] = frozenset()
    cause: str = ""
    members: tuple[Member, ...] = ()
    closed: float | None = None
    flapping: bool = False
    channels: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()
    tell_from: float = 0.0
    remind_every: float | None = None
    escalate_after: float | None = None
    told_at: float | None = None
    told: tuple[str, ...] = ()
    acknowledged: float | None = None
    acknowledged_by: str = ""
    reminded: int = 0
    reminded_at: float | None = None
    escalated: float | None = None

    @property
    def open(self) -> bool:
        """Whether it lasts."""
        return self.closed is None

    @property
    def ill(self) -> tuple[Member, ...]:
        """The members that are not well again."""
        return tuple([member for member in self.members if member.ended is None])


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody is told of targets that fit `pattern` before `until`, seconds since the epoch.

    pattern: a shell pattern (`*`, `?`) that a key, a URL or a group fits as a whole.
    """

    id: str
    pattern: str
    until: float
    by: str = ""
    why: str = ""
    made: float = field(default=0.0)


class MessageKind(StrEnum):
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


class DeliveryStatus(StrEnum):
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
    kind: MessageKind
    created: float
    due: float
    fate: DeliveryStatus = DeliveryStatus.WAITING
    attempts: int = 0
    sent: float | None = None
    error: str = ""
    digest: str = ""


def message_id(incident: str, kind: MessageKind, channel: str, number: int = 0) -> str:
    """The id of a message; number: of a reminder, from 1."""
    counted = f"-{number}" if number else ""
    return f"{incident}-{kind.value}{counted}-{channel}"
