"""Whether a failure belongs to an incident that lasts."""

from enum import IntEnum

from fetcher.judgement.verdict import Trouble
from fetcher.monitor.incident import About, Incident
from fetcher.monitor.incidents.causes import RESOLVER
from fetcher.monitor.incidents.changed import Changed
from fetcher.monitor.state import Condition

FRESH = 3600.0
"""Seconds after the opening of an incident in which others still belong to it."""

AT_ONCE = 300.0
"""Seconds within which names stop to resolve when name servers are the cause."""

Audience = tuple[frozenset[str], frozenset[str]]

_NO_ANSWER = frozenset({Trouble.DNS, Trouble.CONNECT, Trouble.TLS, Trouble.TIMEOUT})


class Gravity(IntEnum):
    """How much a failure says: it answers, but not well; it answers wrongly; it does not answer."""

    POOR = 0
    WRONG = 1
    SILENT = 2


def gravity(condition: Condition, trouble: str) -> Gravity:
    """Say how grave a failure, or an incident, is."""
    if condition is not Condition.DOWN:
        return Gravity.POOR
    return Gravity.SILENT if trouble in _NO_ANSWER else Gravity.WRONG


def gravity_of(changed: Changed) -> Gravity:
    """Say how grave a change is."""
    return gravity(changed.change.after, changed.trouble)


def fits(incident: Incident, changed: Changed, now: float) -> bool:
    """Whether a failure belongs to an incident that it has a cause in common with.

    The same people have to be told: who joins an incident is not told of anew, and others would
    never hear of it. For the same reason it has to be one that nobody was told of yet, or that is
    FRESH: a page that has been broken for weeks must not hide that all of its host is now. And
    names that fail for the name servers' sake belong together only when they begin to within a few
    minutes.
    """
    if incident.about is not About.TARGETS or _audience(incident) != _wanted(changed):
        return False
    if incident.causes & changed.causes.keys == {RESOLVER} and now - incident.opened > AT_ONCE:
        return False
    return incident.told_at is None or now - incident.opened <= FRESH


def _audience(incident: Incident) -> Audience:
    return frozenset(incident.channels), frozenset(incident.escalate_to)


def _wanted(changed: Changed) -> Audience:
    policy = changed.watched.policy
    return frozenset(policy.channels), frozenset(policy.escalate_to)
