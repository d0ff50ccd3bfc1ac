"""When a failure opens an incident, joins one or makes it worse; incidents about the monitor."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from fetcher.judgement.verdict import Trouble
from fetcher.monitor.incident import About, Incident, Member
from fetcher.monitor.incidents.causes import RESOLVER, Causes
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.target_state import Condition, ConditionChange, Observation

FRESH = 3600.0
"""Seconds after the opening of an incident in which others still join it."""

AT_ONCE = 300.0
"""Seconds within which names stop resolving if name servers are the cause."""

Audience = tuple[frozenset[str], frozenset[str]]

_NO_ANSWER = frozenset({Trouble.DNS, Trouble.CONNECT, Trouble.TLS, Trouble.TIMEOUT})


@dataclass(frozen=True, slots=True)
class ChangedTarget:
    """A change of a target's condition, with everything that an incident needs to know about it.

    Attributes:
        target: As it is configured.
        change: Of its condition.
        observation: Of the check that made the change.
        causes: Of that.
        quiet: True within maintenance, so that what gets worse opens and joins no incident.
    """

    target: MonitorTarget
    change: ConditionChange
    observation: Observation
    causes: Causes
    quiet: bool = False

    @property
    def failing(self) -> bool:
        """True if people want to know about the condition that the target is in now."""
        after = self.change.after
        return after is Condition.DOWN or (
            after is Condition.DEGRADED and self.target.policy.alert_degraded
        )

    @property
    def trouble(self) -> str:
        """The kind of problem, "" if there is none."""
        trouble = self.observation.trouble
        return "" if trouble is None else trouble.value

    @property
    def member(self) -> Member:
        """What an incident keeps of the target."""
        target = self.target
        text, began = self.observation.text, self.change.began
        return Member(target.key, target.address, target.shown, began, text=text)


class Severity(IntEnum):
    """How much a failure says: it answers, but not well; it answers wrongly; it does not answer."""

    POOR = 0
    WRONG = 1
    SILENT = 2


def severity(condition: Condition, trouble: str) -> Severity:
    """Return how severe a failure, or an incident, is."""
    if condition is not Condition.DOWN:
        return Severity.POOR
    return Severity.SILENT if trouble in _NO_ANSWER else Severity.WRONG


def severity_of(change: ChangedTarget) -> Severity:
    """Return how severe a change is."""
    return severity(change.change.after, change.trouble)


def may_join(incident: Incident, change: ChangedTarget, now: float) -> bool:
    """True if a failure belongs to an incident that it has a cause in common with.

    The same people have to be notified: who joins an incident causes no new message, and others
    would never hear of it. For the same reason the incident must be one that nobody was notified of
    yet, or FRESH: a page that has been broken for weeks must not hide that its whole host is now.
    And names that fail because of name servers belong together only if they start to within a few
    minutes.
    """
    if incident.about is not About.TARGETS or _audience(incident) != _wanted(change):
        return False
    if incident.causes & change.causes.keys == {RESOLVER} and now - incident.opened > AT_ONCE:
        return False
    return incident.notified_at is None or now - incident.opened <= FRESH


def _audience(incident: Incident) -> Audience:
    return frozenset(incident.channels), frozenset(incident.escalate_to)


def _wanted(change: ChangedTarget) -> Audience:
    policy = change.target.policy
    return frozenset(policy.channels), frozenset(policy.escalate_to)


def new_incident(incident: str, change: ChangedTarget) -> Incident:
    """Return the incident that a failure opens, without members yet; incident: its id."""
    policy, noticed = change.target.policy, change.change
    return Incident(
        incident,
        noticed.began,
        noticed.at,
        noticed.after,
        change.trouble,
        change.observation.text,
        causes=change.causes.keys,
        cause=change.causes.words,
        channels=policy.channels,
        escalate_to=policy.escalate_to,
        notify_from=noticed.at + policy.group_wait,
        remind_every=policy.remind_every,
        escalate_after=policy.escalate_after,
    )


def widened(incident: Incident, change: ChangedTarget) -> Incident:
    """Add what one more target brings along: an earlier beginning, a more impatient policy.

    Return the same object if it brings nothing.
    """
    policy, noticed = change.target.policy, change.change
    began = min(incident.began, noticed.began)
    flapping = incident.flapping or noticed.flapping
    remind_every = _smaller(incident.remind_every, policy.remind_every)
    escalate_after = _smaller(incident.escalate_after, policy.escalate_after)
    notify_from = incident.notify_from
    if incident.notified_at is None:
        notify_from = min(notify_from, noticed.at + policy.group_wait)
    # Thousands may join at once, and nearly all bring nothing.
    before = (
        incident.began,
        incident.flapping,
        incident.remind_every,
        incident.escalate_after,
        incident.notify_from,
    )
    if before == (began, flapping, remind_every, escalate_after, notify_from):
        return incident
    return replace(
        incident,
        began=began,
        flapping=flapping,
        remind_every=remind_every,
        escalate_after=escalate_after,
        notify_from=notify_from,
    )


def worsened(incident: Incident, change: ChangedTarget) -> Incident:
    """Adopt what is more severe than everything before; return the same object if it is not.

    An incident never gets milder before it is over. When one that people know as degraded goes
    down, they are notified once more (`notify_from` is then later than the last message), and it
    counts as not acknowledged again.
    """
    if severity_of(change) <= severity(incident.condition, incident.trouble):
        return incident
    worse = replace(
        incident,
        trouble=change.trouble,
        text=change.observation.text,
        cause=change.causes.words,
    )
    if incident.condition is Condition.DOWN:
        return worse
    notify_from, last = incident.notify_from, last_notified(incident)
    if last is not None:
        notify_from = max(change.change.at, math.nextafter(last, math.inf))
    return replace(
        worse,
        condition=Condition.DOWN,
        notify_from=notify_from,
        acknowledged=None,
        acknowledged_by="",
    )


def last_notified(incident: Incident) -> float | None:
    """Return when people were last notified that it is open, None if they were not at all."""
    return incident.notified_at if incident.reminded_at is None else incident.reminded_at


def _smaller(one: float | None, other: float | None) -> float | None:
    """Return the smaller of two; None is none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def connectivity_lost(
    incident: str,
    now: float,
    since: float,
    why: str,
    channels: Iterable[str],
    affected: int = 0,
) -> Incident:
    """Return an incident: the monitor is offline.

    Args:
        incident: Its id.
        now: Seconds since the epoch.
        since: When the first check began that remained undecided because of it.
        why: In plain words.
        channels: Who is notified.
        affected: How many checks remained undecided so far, 0 if unknown.
    """
    checks = "1 check" if affected == 1 else f"{affected:,} checks"
    cause = f"{checks} undecided so far" if affected else ""
    return _about(About.CONNECTIVITY, incident, now, since, why, channels, cause)


def channel_failing(
    incident: str, now: float, since: float, channel: str, error: str, channels: Iterable[str]
) -> Incident:
    """Return an incident: a channel does not deliver.

    Args:
        incident: Its id.
        now: Seconds since the epoch.
        since: When the failures began.
        channel: Its name.
        error: In plain words.
        channels: All that there are; the others are notified.
    """
    others = [other for other in channels if other != channel]
    return _about(About.CHANNEL, incident, now, since, error, others, channel)


def resolve(incident: Incident, now: float) -> Incident:
    """Close an incident about the monitor itself."""
    return incident if incident.closed is not None else replace(incident, closed=now)


def _about(
    about: About,
    incident: str,
    now: float,
    since: float,
    text: str,
    channels: Iterable[str],
    cause: str,
) -> Incident:
    return Incident(
        incident,
        began=since,
        opened=now,
        condition=Condition.DOWN,
        trouble=about.value,
        text=text,
        about=about,
        cause=cause,
        channels=tuple(dict.fromkeys(channels)),
        notify_from=now,
    )
