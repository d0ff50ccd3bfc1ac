"""How an incident begins, and how it gets worse.

Whether a failure belongs to an incident that lasts.

A change of a target's condition, with all that an incident needs to know of it.

Incidents about the monitor itself.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from fetcher.judgement.verdict import Trouble
from fetcher.monitor.incident import About, Incident, Member
from fetcher.monitor.incidents.causes import RESOLVER, Causes
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.target_state import Condition, ConditionChange, Observation


@dataclass(frozen=True, slots=True)
class ChangedTarget:
    """How a target is now.

    observation: of the check that made the change. causes: of that. quiet: work is announced, so
    that what gets worse opens and joins no incident.
    """

    watched: MonitorTarget
    change: ConditionChange
    observation: Observation
    causes: Causes
    quiet: bool = False

    @property
    def ill(self) -> bool:
        """Whether people want to know of it."""
        after = self.change.after
        return after is Condition.DOWN or (
            after is Condition.DEGRADED and self.watched.policy.alert_degraded
        )

    @property
    def trouble(self) -> str:
        """The kind of trouble, "" when there is none."""
        trouble = self.observation.trouble
        return "" if trouble is None else trouble.value

    @property
    def member(self) -> Member:
        """What an incident keeps of the target."""
        watched = self.watched
        text, began = self.observation.text, self.change.began
        return Member(watched.key, watched.address, watched.shown, began, text=text)


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


def gravity_of(changed: ChangedTarget) -> Gravity:
    """Say how grave a change is."""
    return gravity(changed.change.after, changed.trouble)


def fits(incident: Incident, changed: ChangedTarget, now: float) -> bool:
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


def _wanted(changed: ChangedTarget) -> Audience:
    policy = changed.watched.policy
    return frozenset(policy.channels), frozenset(policy.escalate_to)


def opened(incident: str, changed: ChangedTarget) -> Incident:
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


def widened(incident: Incident, changed: ChangedTarget) -> Incident:
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


def raised(incident: Incident, changed: ChangedTarget) -> Incident:
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


def sight_lost(
    incident: str,
    now: float,
    since: float,
    why: str,
    channels: Iterable[str],
    affected: int = 0,
) -> Incident:
    """Open an incident: the monitor cannot see; incident: its id.

    since: when the first check began that could not. why: in plain words. affected: how many checks
    were not believed so far, 0 when that is not known.
    """
    checks = "1 check" if affected == 1 else f"{affected:,} checks"
    cause = f"{checks} so far not believed" if affected else ""
    return _about(About.SIGHT, incident, now, since, why, channels, cause)


def sight_back(incident: Incident, now: float) -> Incident:
    """Close it: the monitor can see again."""
    return _closed(incident, now)


def channel_failing(
    incident: str, now: float, since: float, channel: str, error: str, channels: Iterable[str]
) -> Incident:
    """Open an incident: a channel does not deliver; incident: its id.

    since: when that began. error: in plain words. channels: all there are; the others are told.
    """
    others = [other for other in channels if other != channel]
    return _about(About.CHANNEL, incident, now, since, error, others, channel)


def channel_mended(incident: Incident, now: float) -> Incident:
    """Close it: the channel delivers again."""
    return _closed(incident, now)


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
        tell_from=now,
    )


def _closed(incident: Incident, now: float) -> Incident:
    return incident if incident.closed is not None else replace(incident, closed=now)
