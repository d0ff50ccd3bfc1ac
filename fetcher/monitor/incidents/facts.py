"""What there is to say of an incident, safe to show."""

from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain, islice

from fetcher.monitor.incident import About, Incident, Member
from fetcher.monitor.incidents.draft import NO_LONGER_WATCHED
from fetcher.monitor.incidents.times import lasting, shown
from fetcher.monitor.message import Kind
from fetcher.sinks.clean import clean

LONGEST = 500
"""How much of a text is shown, in characters."""
NAME_LONGEST = 120
"""The same of a name."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one message can say; every text here is one line without control characters.

    now: when it is said, in seconds since the epoch. link: to the incident's page, "" for none.
    """

    incident: Incident
    kind: Kind
    now: float
    zone: tzinfo
    link: str = ""

    @property
    def late(self) -> bool:
        """Whether it tells of the beginning, or that it lasts, when it is over."""
        return self.kind is not Kind.UP and not self.incident.open

    @property
    def got_worse(self) -> bool:
        """Whether people were first told of something milder."""
        told = self.incident.told_at
        return told is not None and told < self.incident.tell_from

    @property
    def forgotten(self) -> bool:
        """Whether it is over because nobody looks any more."""
        incident = self.incident
        last = [member for member in incident.members if member.ended == incident.closed]
        texts = {member.text for member in last}
        return not incident.open and texts == {NO_LONGER_WATCHED}

    @property
    def state(self) -> str:
        """The condition as a word of a sentence."""
        return self.incident.condition.value

    @property
    def count(self) -> int:
        """How many targets it concerns."""
        return len(self.incident.members)

    @property
    def ill(self) -> int:
        """How many of them are not well."""
        return sum([member.ended is None for member in self.incident.members])

    @property
    def name(self) -> str:
        """What it is about, in few words."""
        incident = self.incident
        if incident.about is About.SIGHT:
            return "the monitor"
        if incident.about is About.CHANNEL:
            return f"channel {tidy(incident.cause, NAME_LONGEST)}"
        if self.count == 1:
            return tidy(incident.members[0].shown, NAME_LONGEST)
        return f"{self.count:,} targets"

    @property
    def named(self) -> str:
        """The same with what several targets have in common."""
        about = f" ({self.cause})" if self.count > 1 and self.cause else ""
        return f"{self.name}{about}"

    @property
    def url(self) -> str:
        """The URL of the only target, "" when there are several."""
        return tidy(self.incident.members[0].url, LONGEST) if self.count == 1 else ""

    @property
    def reason(self) -> str:
        """What was found."""
        return tidy(self.incident.text)

    @property
    def cause(self) -> str:
        """What is likely behind it."""
        return tidy(self.incident.cause)

    @property
    def since(self) -> str:
        """When it began."""
        return self.at(self.incident.began)

    @property
    def until(self) -> str:
        """When it was over, "" while it lasts."""
        return "" if self.incident.closed is None else self.at(self.incident.closed)

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        end = self.now if self.incident.closed is None else self.incident.closed
        return max(0.0, end - self.incident.began)

    @property
    def duration(self) -> str:
        """The same in words."""
        return lasting(self.seconds)

    def at(self, moment: float) -> str:
        """A moment, as it is shown."""
        return shown(moment, self.zone)

    def first(self, most: int) -> list[Member]:
        """The first of its members, those that are not well before the others."""
        members = self.incident.members
        ill = (member for member in members if member.ended is None)
        well = (member for member in members if member.ended is not None)
        return list(islice(chain(ill, well), most))


def tidy(text: str, most: int = LONGEST) -> str:
    """A stranger's text on one line, without control characters, cut to so many characters."""
    # A short text is all that is looked at of one that is long without end.
    safe = clean(text[: most * 4]).strip()
    return safe if len(safe) <= most else safe[: most - 1] + "…"


def link_to(public_url: str, path: str) -> str:
    """The address of something on the status page, "" where nobody can reach that."""
    return f"{tidy(public_url.rstrip('/'))}/{path}" if public_url else ""
