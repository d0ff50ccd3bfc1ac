"""What a message says, as values for programs."""

from fetcher.monitor.incident import Member
from fetcher.monitor.incidents.facts import Facts, tidy
from fetcher.monitor.incidents.times import stamp

MOST_MEMBERS = 100
"""How many members are given one by one."""


def data_of(facts: Facts, notice: str) -> dict[str, object]:
    """Give what JSON can hold; these keys stay as they are.

    id: of the notice. kind: why it is sent (down, up, reminder, escalation, notice). incident: its
    id. about: targets, sight or channel. condition: the worst of its members. open: whether it
    lasts. name: what it is about, in few words. trouble, text, cause: of the gravest failure.
    began, opened, closed, acknowledged: RFC 3339 in UTC, null when that was not. duration_s:
    seconds up to its end or, while it lasts, up to when this was made. flapping: whether it goes up
    and down. count, ill: how many members there are, and how many are not well. members: the first
    100, with key, name, url, began, ended and text. url: the incident's page, "" for none.
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
        "began": stamp(incident.began),
        "opened": stamp(incident.opened),
        "closed": stamp(incident.closed),
        "duration_s": round(facts.seconds, 3),
        "flapping": incident.flapping,
        "acknowledged": stamp(incident.acknowledged),
        "acknowledged_by": tidy(incident.acknowledged_by),
        "count": facts.count,
        "ill": facts.ill,
        "members": [_member(member) for member in facts.first(MOST_MEMBERS)],
        "url": facts.link,
    }


def _member(member: Member) -> dict[str, object]:
    return {
        "key": tidy(member.key, 2000),
        "name": tidy(member.shown),
        "url": tidy(member.url, 2000),
        "began": stamp(member.began),
        "ended": stamp(member.ended),
        "text": tidy(member.text),
    }
