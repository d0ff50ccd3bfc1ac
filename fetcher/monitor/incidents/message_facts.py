"""What there is to say about an incident: safe to show, as values for programs, in templates."""

from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain, islice
from string import Template

from fetcher.monitor.incident import About, Incident, Member, MessageKind
from fetcher.monitor.incidents.open_incidents import REMOVED_TEXTS
from fetcher.text import clean, shorten
from fetcher.units import format_span, format_time, rfc3339

LONGEST = 500
"""How much of a text is shown, in characters."""
NAME_LONGEST = 120
"""The same for a name."""
MOST_MEMBERS = 100
"""How many members the values for programs list one by one."""

FIELDS = {
    "subject": "the subject line",
    "text": "the text as it would be without a template",
    "kind": "why it is sent: down, up, reminder, escalation, notice",
    "state": "the condition: degraded, down",
    "name": "what it is about: the target, or how many",
    "url": "the target's URL, empty when there are several",
    "reason": "what was found",
    "cause": "the likely cause",
    "since": "when it began",
    "until": "when it ended, empty while it is open",
    "duration": "how long it has lasted",
    "count": "how many targets it concerns",
    "link": "the incident's page",
    "incident": "the incident's id",
}
"""What a template can name, and what that stands for."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What one message can say; every text here is one line without control characters.

    now: when it is said, in seconds since the epoch. link: to the incident's page, "" for none.
    """

    incident: Incident
    kind: MessageKind
    now: float
    zone: tzinfo
    link: str = ""

    @property
    def late(self) -> bool:
        """True if it reports the beginning, or that the incident is open, when it is closed."""
        return self.kind is not MessageKind.UP and not self.incident.open

    @property
    def got_worse(self) -> bool:
        """True if people were first notified of something milder."""
        first = self.incident.notified_at
        return first is not None and first < self.incident.notify_from

    @property
    def removed(self) -> bool:
        """True if it is closed because the targets are no longer monitored."""
        incident = self.incident
        last = [member for member in incident.members if member.ended == incident.closed]
        texts = {member.text for member in last}
        return not incident.open and bool(texts) and texts <= REMOVED_TEXTS

    @property
    def state(self) -> str:
        """The condition as a word of a sentence."""
        return self.incident.condition.value

    @property
    def count(self) -> int:
        """How many targets it concerns."""
        return len(self.incident.members)

    @property
    def failing(self) -> int:
        """How many of these have not recovered."""
        return len(self.incident.failing)

    @property
    def name(self) -> str:
        """What it is about, in a few words."""
        incident = self.incident
        if incident.about is About.CONNECTIVITY:
            return "the monitor"
        if incident.about is About.CHANNEL:
            return f"channel {tidy(incident.cause, NAME_LONGEST)}"
        if self.count == 1:
            return tidy(incident.members[0].shown, NAME_LONGEST)
        return f"{self.count:,} targets"

    @property
    def full_name(self) -> str:
        """The same with what several targets have in common."""
        about = f" ({self.cause})" if self.count > 1 and self.cause else ""
        return f"{self.name}{about}"

    @property
    def url(self) -> str:
        """The URL of the only target, "" if there are several."""
        return tidy(self.incident.members[0].url, LONGEST) if self.count == 1 else ""

    @property
    def reason(self) -> str:
        """What was found."""
        return tidy(self.incident.text)

    @property
    def cause(self) -> str:
        """The likely cause."""
        return tidy(self.incident.cause)

    @property
    def since(self) -> str:
        """When it began."""
        return self.at(self.incident.began)

    @property
    def until(self) -> str:
        """When it ended, "" while it is open."""
        return "" if self.incident.closed is None else self.at(self.incident.closed)

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        end = self.now if self.incident.closed is None else self.incident.closed
        return max(0.0, end - self.incident.began)

    @property
    def duration(self) -> str:
        """The same in words."""
        return format_span(self.seconds)

    def at(self, moment: float) -> str:
        """Return a moment as it is shown."""
        return format_time(moment, self.zone)

    def first(self, most: int) -> list[Member]:
        """Return the first of its members, those that are failing before the others."""
        members = self.incident.members
        failing = (member for member in members if member.ended is None)
        recovered = (member for member in members if member.ended is not None)
        return list(islice(chain(failing, recovered), most))


def tidy(text: str, most: int = LONGEST) -> str:
    """Return untrusted text on one line, without control characters, cut to `most` characters."""
    return shorten(text, most)


def link_to(public_url: str, path: str) -> str:
    """Return the address of something on the status page, "" if the page has no public URL."""
    return f"{tidy(public_url.rstrip('/'))}/{path}" if public_url else ""


def data_of(facts: MessageFacts, notice: str) -> dict[str, object]:
    """Return the facts as values for programs, which JSON can hold; these keys do not change.

    id: of the notice. kind: why it is sent (down, up, reminder, escalation, notice). incident: its
    id. about: targets, connectivity or channel. condition: the worst of its members. open: true
    until it is closed. name: what it is about, in a few words. trouble, text, cause: of the most
    severe failure. began, opened, closed, acknowledged: RFC 3339 in UTC, null if that has not
    happened. duration_s: seconds up to its end or, while it is open, up to when this was made.
    flapping: true if it goes up and down. count, ill: how many members there are, and how many are
    failing. members: the first 100, with key, name, url, began, ended and text. url: the incident's
    page, "" for none.
    """
    incident = facts.incident
    return {
        "id": notice,
        "kind": facts.kind.value,
        "incident": incident.id,
        "about": incident.about.value,
        "condition": incident.condition.value,
        "open": incident.open,
        "name": facts.name,
        "trouble": incident.trouble,
        "text": facts.reason,
        "cause": facts.cause,
        "began": rfc3339(incident.began),
        "opened": rfc3339(incident.opened),
        "closed": rfc3339(incident.closed),
        "duration_s": round(facts.seconds, 3),
        "flapping": incident.flapping,
        "acknowledged": rfc3339(incident.acknowledged),
        "acknowledged_by": tidy(incident.acknowledged_by),
        "count": facts.count,
        "ill": facts.failing,
        "members": [_member(member) for member in facts.first(MOST_MEMBERS)],
        "url": facts.link,
    }


def _member(member: Member) -> dict[str, object]:
    return {
        "key": tidy(member.key, 2000),
        "name": tidy(member.shown),
        "url": tidy(member.url, 2000),
        "began": rfc3339(member.began),
        "ended": rfc3339(member.ended),
        "text": tidy(member.text),
    }


def check_template(text: str) -> Template:
    """Read a template with `$name` or `${name}` fields; `$$` is a dollar sign (string.Template).

    Raises ValueError that says what is wrong, and lists the known fields.
    """
    template = Template(text)
    if not template.is_valid():
        raise ValueError(f"there is a $ without a name; write $$ for a dollar sign; {_known()}")
    unknown = [f"${name}" for name in template.get_identifiers() if name not in FIELDS]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; {_known()}")
    return template


def fill_template(template: Template, facts: MessageFacts, subject: str, text: str) -> str:
    """Fill in a template; unknown fields stay as they are.

    Its own line breaks stay; anything else that could break a line is removed.
    """
    values = {
        "subject": subject,
        "text": text,
        "kind": facts.kind.value,
        "state": facts.state,
        "name": facts.name,
        "url": facts.url,
        "reason": facts.reason,
        "cause": facts.cause,
        "since": facts.since,
        "until": facts.until,
        "duration": facts.duration,
        "count": str(facts.count),
        "link": facts.link,
        "incident": facts.incident.id,
    }
    return "\n".join([clean(line) for line in template.safe_substitute(values).splitlines()])


def _known() -> str:
    return "known are " + ", ".join([f"${name}" for name in FIELDS])
