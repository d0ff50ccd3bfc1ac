"""Incidents, the messages about them, and the silences that mute these."""

from dataclasses import dataclass, field
from enum import StrEnum

from fetcher.monitor.target_state import Condition


class About(StrEnum):
    """What an incident is about: targets, the monitor's connectivity, or one of its channels."""

    TARGETS = "targets"
    CONNECTIVITY = "connectivity"
    CHANNEL = "channel"

    @classmethod
    def _missing_(cls, value: object) -> "About | None":
        # The word in databases of earlier versions.
        return cls.CONNECTIVITY if value == "sight" else None


@dataclass(frozen=True, slots=True)
class Member:
    """A target that an incident concerns.

    key, url, shown: of the target; shown is what people call it. began: when it got worse. ended:
    when it recovered, None until then. text: what was found, in plain words.
    """

    key: str
    url: str
    shown: str
    began: float
    ended: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong, from its beginning to its end; times in seconds since the epoch.

    Attributes:
        id: Unique, and sorts by time of opening.
        began: When the first check failed.
        opened: When enough checks had failed.
        condition: The worst of its members.
        trouble: The kind of problem.
        text: What was found, in plain words.
        about: Targets, or the monitor itself.
        causes: What makes other failures join it, such as `host:example.org`.
        cause: The likely cause in words for people.
        members: The targets, in the order in which they got worse.
        closed: None while it is open.
        flapping: True if a member goes up and down.
        channels: Who is notified.
        escalate_to: Who is notified if nobody acknowledges.
        notify_from: Before this, nobody is notified.
        remind_every: How often to send a reminder, in seconds; None for never.
        escalate_after: When to escalate, in seconds after the first message; None for never.
        notified_at: When people were first notified, None if they were not (within a silence, or
            before `notify_from`).
        notified: The channels by which they were.
        acknowledged: When someone acknowledged it.
        acknowledged_by: Who did.
        reminded: How many reminders there were.
        reminded_at: When the last one was.
        escalated: When it was escalated.
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
    notify_from: float = 0.0
    remind_every: float | None = None
    escalate_after: float | None = None
    notified_at: float | None = None
    notified: tuple[str, ...] = ()
    acknowledged: float | None = None
    acknowledged_by: str = ""
    reminded: int = 0
    reminded_at: float | None = None
    escalated: float | None = None

    @property
    def open(self) -> bool:
        """True until it is closed."""
        return self.closed is None

    @property
    def failing(self) -> tuple[Member, ...]:
        """The members that have not recovered."""
        return tuple([member for member in self.members if member.ended is None])


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts for targets that match `pattern` are muted until `until`, seconds since the epoch.

    pattern: a shell pattern (`*`, `?`) that must match a key, a URL or a group as a whole.
    """

    id: str
    pattern: str
    until: float
    by: str = ""
    why: str = ""
    made: float = field(default=0.0)


class MessageKind(StrEnum):
    """Why a message is sent.

    down: an incident began. up: it is over. reminder: it is still open, and nobody has acknowledged
    it. escalation: the same, to others. notice: about the monitor itself. test: someone asked for
    it.
    """

    DOWN = "down"
    UP = "up"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    NOTICE = "notice"
    TEST = "test"


class DeliveryStatus(StrEnum):
    """What became of a message: it is queued, was sent, or was given up."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Message:
    """One message about an incident for one channel; its text is made when it is sent.

    Attributes:
        id: Follows from incident, kind, channel and number, so that the same message cannot exist
            twice; receivers get it as well.
        incident: The incident's id.
        channel: The channel's name.
        kind: Why it is sent.
        created: Seconds since the epoch.
        due: Seconds since the epoch; it is not sent earlier.
        status: What became of it.
        attempts: How often sending was tried.
        sent: When it was delivered.
        error: What went wrong the last time.
        digest: The id of the digest that it is part of, "" if it is sent alone.
    """

    id: str
    incident: str
    channel: str
    kind: MessageKind
    created: float
    due: float
    status: DeliveryStatus = DeliveryStatus.WAITING
    attempts: int = 0
    sent: float | None = None
    error: str = ""
    digest: str = ""


def message_id(incident: str, kind: MessageKind, channel: str, number: int = 0) -> str:
    """Return the id of a message; number: of a reminder, from 1."""
    counted = f"-{number}" if number else ""
    return f"{incident}-{kind.value}{counted}-{channel}"
