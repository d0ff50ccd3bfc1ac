"""Who is told what of an incident, and when.

Whether people asked not to be told of a target.

That someone knows of an incident.

Names for incidents that sort by time.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from random import Random

from fetcher.monitor.incident import (
    About,
    Incident,
    Member,
    Message,
    MessageKind,
    Silence,
    message_id,
)
from fetcher.monitor.incidents.incident_rules import last_told
from fetcher.monitor.plan import MonitorTarget

IsSilenced = Callable[[Member], bool]
"""Whether nobody is to be told of a target now: it is silenced, or work on it is announced."""

Planned = tuple[Incident, tuple[Message, ...]]


def plan_messages(incident: Incident, now: float, hushed: IsSilenced) -> Planned:
    """Plan what is to be told now; give the incident with that noted, and the messages.

    To be asked whenever an incident has changed, and at `next_time` while it lasts; of one that is
    over, once. The same incident at the same time gives the same messages, ids included.

    - DOWN to each channel, once `tell_from` has come or the incident is over. While all that are
      ill are hushed (at the end: all that were ill to the end), it waits; what ends unheard of is
      never told.
    - UP, at the end, to the channels that were told, and to no others. It is told even when the
      target is hushed by then: who was alarmed wants to know.
    - REMINDER to the same, when nobody was told for `remind_every`, and once when what they know as
      degraded went down. One that was missed is not made up for.
    - ESCALATION, once, when `escalate_after` is over since people were told.
    - Neither of the two when someone has acknowledged, or when all that are ill are hushed.
    - Of the monitor's own troubles a NOTICE, and that is all: its words are made when it is sent,
      which may be when it is over.
    """
    messages: tuple[Message, ...] = ()
    if incident.told_at is None:
        incident, messages = _tell(incident, now, hushed)
    elif _lasts_unheeded(incident) and not _all_hushed(incident, hushed):
        incident, messages = _tell_again(incident, now)
    if not incident.open and incident.about is About.TARGETS:
        messages += _to(incident.told, incident, MessageKind.UP, now)
    return incident, messages


def next_time(incident: Incident, hushed: IsSilenced) -> float | None:
    """When there may be something to tell by the clock alone, None when there will not be.

    When a silence or announced work ends is not known here.
    """
    if not incident.open or not _anyone(incident) or _all_hushed(incident, hushed):
        return None
    if incident.told_at is None:
        return incident.tell_from
    if not _lasts_unheeded(incident):
        return None
    times = (_reminder_due(incident), _escalation_due(incident))
    return min([time for time in times if time is not None], default=None)


def _tell(incident: Incident, now: float, hushed: IsSilenced) -> Planned:
    """Tell people for the first time, if that is to be now."""
    due = now >= incident.tell_from or not incident.open
    if not due or not _anyone(incident) or _all_hushed(incident, hushed):
        return incident, ()
    kind = MessageKind.DOWN if incident.about is About.TARGETS else MessageKind.NOTICE
    messages = _to(incident.channels, incident, kind, now)
    told = tuple([message.channel for message in messages])
    return replace(incident, told_at=now, told=told), messages


def _tell_again(incident: Incident, now: float) -> Planned:
    """Remind those who were told, and tell others, of what is due by now."""
    messages: tuple[Message, ...] = ()
    escalates, reminds = _escalation_due(incident), _reminder_due(incident)
    others = incident.escalate_to if escalates is not None and escalates <= now else ()
    if reminds is not None and reminds <= now:
        again = [channel for channel in incident.told if channel not in others]
        incident = replace(incident, reminded=incident.reminded + 1, reminded_at=now)
        messages += _to(again, incident, MessageKind.REMINDER, now, incident.reminded)
    if others:
        told = tuple(dict.fromkeys(incident.told + others))
        incident = replace(incident, escalated=now, told=told)
        messages += _to(others, incident, MessageKind.ESCALATION, now)
    return incident, messages


def _reminder_due(incident: Incident) -> float | None:
    """When those who were told are told again."""
    last = last_told(incident)
    if last is None or not incident.told:
        return None
    times = [incident.tell_from] if last < incident.tell_from else []
    if incident.remind_every is not None:
        times.append(last + incident.remind_every)
    return min(times, default=None)


def _escalation_due(incident: Incident) -> float | None:
    """When others are told as well."""
    if incident.escalated is not None or incident.escalate_after is None:
        return None
    if incident.told_at is None or not incident.escalate_to:
        return None
    return incident.told_at + incident.escalate_after


def _lasts_unheeded(incident: Incident) -> bool:
    if incident.about is not About.TARGETS:
        return False
    return incident.open and incident.acknowledged is None


def _anyone(incident: Incident) -> bool:
    """Whether there is anyone to tell, be it later."""
    if incident.channels:
        return True
    return bool(incident.escalate_to) and incident.escalate_after is not None


def _all_hushed(incident: Incident, hushed: IsSilenced) -> bool:
    """Whether nobody is to be told of any target that counts now."""
    if incident.about is not About.TARGETS:
        return False
    # Those who were ill to the end have the time of the end as theirs; while it lasts, both are
    # None.
    return all(hushed(member) for member in incident.members if member.ended == incident.closed)


def _to(
    channels: Iterable[str], incident: Incident, kind: MessageKind, now: float, number: int = 0
) -> tuple[Message, ...]:
    """One message for each channel, however often it is named."""
    return tuple(
        [
            Message(
                message_id(incident.id, kind, channel, number),
                incident.id,
                channel,
                kind,
                created=now,
                due=now,
            )
            for channel in dict.fromkeys(channels)
        ]
    )


def silenced(silences: Iterable[Silence], watched: MonitorTarget, now: float) -> bool:
    """Whether one of the silences that last fits the target."""
    return any(silence.until > now and matches(silence.pattern, watched) for silence in silences)


def matches(pattern: str, watched: MonitorTarget) -> bool:
    """Whether a pattern fits the key, the URL or the group as a whole, letter for letter.

    `*` stands for any text, `?` for one character. Brackets stand for themselves, for URLs have
    them around IPv6 addresses.
    """
    literal = pattern.replace("[", "[[]")
    names = (watched.key, watched.address, watched.group)
    return any(fnmatchcase(name, literal) for name in names if name)


def acknowledge(incident: Incident, at: float, by: str) -> Incident:
    """Note that someone knows; the first to say so counts, and only while the incident lasts."""
    if not incident.open or incident.acknowledged is not None:
        return incident
    return replace(incident, acknowledged=at, acknowledged_by=by)


def named(incidents: Iterable[Incident], beginning: str) -> Incident | None:
    """Find the incident whose id begins so; None when there is none, or more than one."""
    found = [incident for incident in incidents if incident.id.startswith(beginning)]
    return found[0] if beginning and len(found) == 1 else None


_BITS = 20


class Identifiers:
    """Gives ids of 16 hexadecimal digits: milliseconds since the epoch, then chance.

    Call it with the time, in seconds since the epoch. Each id sorts behind the one before, also
    within a millisecond and when the clock was set back (as monotonic ULIDs do).
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._latest = 0

    def __call__(self, now: float) -> str:
        made = int(now * 1000) << _BITS | self._random.getrandbits(_BITS)
        self._latest = max(made, self._latest + 1)
        return f"{self._latest:016x}"
