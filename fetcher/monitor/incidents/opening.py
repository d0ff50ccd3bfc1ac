"""How an incident begins, and how it gets worse."""

import math
from dataclasses import replace

from fetcher.monitor.incident import Incident
from fetcher.monitor.incidents.changed import Changed
from fetcher.monitor.incidents.joining import gravity, gravity_of
from fetcher.monitor.state import Condition


def opened(incident: str, changed: Changed) -> Incident:
    """Make an incident of a failure, without members yet; incident: its id."""
    policy, change = changed.watched.policy, changed.change
    return Incident(
        incident,
        change.began,
        change.at,
        change.after,
        changed.trouble,
        changed.observation.text,
        causes=changed.causes.keys,
        cause=changed.causes.words,
        channels=policy.channels,
        escalate_to=policy.escalate_to,
        tell_from=change.at + policy.group_wait,
        remind_every=policy.remind_every,
        escalate_after=policy.escalate_after,
    )


def widened(incident: Incident, changed: Changed) -> Incident:
    """Add what one more target brings along: an earlier beginning, people who are more impatient.

    The same object when it brings nothing.
    """
    policy, change = changed.watched.policy, changed.change
    began = min(incident.began, change.began)
    flapping = incident.flapping or change.flapping
    remind_every = _least(incident.remind_every, policy.remind_every)
    escalate_after = _least(incident.escalate_after, policy.escalate_after)
    tell_from = incident.tell_from
    if incident.told_at is None:
        tell_from = min(tell_from, change.at + policy.group_wait)
    # Thousands may join in one go, and nearly all bring nothing.
    before = (
        incident.began,
        incident.flapping,
        incident.remind_every,
        incident.escalate_after,
        incident.tell_from,
    )
    if before == (began, flapping, remind_every, escalate_after, tell_from):
        return incident
    return replace(
        incident,
        began=began,
        flapping=flapping,
        remind_every=remind_every,
        escalate_after=escalate_after,
        tell_from=tell_from,
    )


def raised(incident: Incident, changed: Changed) -> Incident:
    """Take over what is graver than all before; the same object when it is not.

    An incident never gets milder before it is over. When one that people know as degraded goes
    down, they are told once more (`tell_from` is then later than what they were told), and nobody
    has acknowledged that yet.
    """
    if gravity_of(changed) <= gravity(incident.condition, incident.trouble):
        return incident
    worse = replace(
        incident,
        trouble=changed.trouble,
        text=changed.observation.text,
        cause=changed.causes.words,
    )
    if incident.condition is Condition.DOWN:
        return worse
    tell_from, last = incident.tell_from, last_told(incident)
    if last is not None:
        tell_from = max(changed.change.at, math.nextafter(last, math.inf))
    return replace(
        worse,
        condition=Condition.DOWN,
        tell_from=tell_from,
        acknowledged=None,
        acknowledged_by="",
    )


def last_told(incident: Incident) -> float | None:
    """When people were last told that it lasts, None when they were not told at all."""
    return incident.told_at if incident.reminded_at is None else incident.reminded_at


def _least(one: float | None, other: float | None) -> float | None:
    """The smaller of two; None is none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
