"""Who is sent which message about an incident, and when; silences, acknowledgements and ids."""

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
from fetcher.monitor.incidents.incident_rules import last_notified
from fetcher.monitor.plan import MonitorTarget

IsSilenced = Callable[[Member], bool]
"""True if alerts about a target are muted now: by a silence or a maintenance window."""

Planned = tuple[Incident, tuple[Message, ...]]

_RANDOM_BITS = 20


def plan_messages(incident: Incident, now: float, is_silenced: IsSilenced) -> Planned:
    """Plan what is sent now; return the incident with that noted, and the messages.

    To be called whenever an incident has changed, and at `next_time` while it is open; once when it
    is closed. The same incident at the same time gives the same messages, ids included.

    - DOWN to each channel, once `notify_from` has come or the incident is closed. While all failing
      members are silenced (at the end: all that failed until the end), it waits; an incident that
      closes before anyone was notified is never reported.
    - UP, at the end, to the channels that were notified, and to no others. It is sent even if the
      target is silenced by then: whoever was alarmed wants to know.
    - REMINDER to the same, when nothing was sent for `remind_every`, and once when what they know
      as degraded went down. One that was missed is not made up for.
    - ESCALATION, once, `escalate_after` after the first message.
    - Neither of the two if someone has acknowledged, or if all failing members are silenced.
    - About the monitor itself a NOTICE, and nothing else: its text is made when it is sent, which
      may be when the incident is closed.
    """
    messages: tuple[Message, ...] = ()
    if incident.notified_at is None:
        incident, messages = _notify(incident, now, is_silenced)
    elif _is_unattended(incident) and not _all_silenced(incident, is_silenced):
        incident, messages = _notify_again(incident, now)
    if not incident.open and incident.about is About.TARGETS:
        messages += _to(incident.notified, incident, MessageKind.UP, now)
    return incident, messages


def next_time(incident: Incident, is_silenced: IsSilenced) -> float | None:
    """Return when a message may be due by the clock alone, None if none will be.

    When a silence or a maintenance window ends is not known here.
    """
    if not incident.open or not _has_audience(incident) or _all_silenced(incident, is_silenced):
        return None
    if incident.notified_at is None:
        return incident.notify_from
    if not _is_unattended(incident):
        return None
    times = (_reminder_due(incident), _escalation_due(incident))
    return min([time for time in times if time is not None], default=None)


def _notify(incident: Incident, now: float, is_silenced: IsSilenced) -> Planned:
    """Notify people for the first time, if that is due."""
    due = now >= incident.notify_from or not incident.open
    if not due or not _has_audience(incident) or _all_silenced(incident, is_silenced):
        return incident, ()
    kind = MessageKind.DOWN if incident.about is About.TARGETS else MessageKind.NOTICE
    messages = _to(incident.channels, incident, kind, now)
    notified = tuple([message.channel for message in messages])
    return replace(incident, notified_at=now, notified=notified), messages


def _notify_again(incident: Incident, now: float) -> Planned:
    """Send the reminders and the escalation that are due."""
    messages: tuple[Message, ...] = ()
    escalates, reminds = _escalation_due(incident), _reminder_due(incident)
    others = incident.escalate_to if escalates is not None and escalates <= now else ()
    if reminds is not None and reminds <= now:
        again = [channel for channel in incident.notified if channel not in others]
        incident = replace(incident, reminded=incident.reminded + 1, reminded_at=now)
        messages += _to(again, incident, MessageKind.REMINDER, now, incident.reminded)
    if others:
        notified = tuple(dict.fromkeys(incident.notified + others))
        incident = replace(incident, escalated=now, notified=notified)
        messages += _to(others, incident, MessageKind.ESCALATION, now)
    return incident, messages


def _reminder_due(incident: Incident) -> float | None:
    """Return when the next reminder is due."""
    last = last_notified(incident)
    if last is None or not incident.notified:
        return None
    times = [incident.notify_from] if last < incident.notify_from else []
    if incident.remind_every is not None:
        times.append(last + incident.remind_every)
    return min(times, default=None)


def _escalation_due(incident: Incident) -> float | None:
    """Return when the escalation is due."""
    if incident.escalated is not None or incident.escalate_after is None:
        return None
    if incident.notified_at is None or not incident.escalate_to:
        return None
    return incident.notified_at + incident.escalate_after


def _is_unattended(incident: Incident) -> bool:
    """True if an incident about targets is open and nobody has acknowledged it."""
    if incident.about is not About.TARGETS:
        return False
    return incident.open and incident.acknowledged is None


def _has_audience(incident: Incident) -> bool:
    """True if there is anyone to notify, now or later."""
    if incident.channels:
        return True
    return bool(incident.escalate_to) and incident.escalate_after is not None


def _all_silenced(incident: Incident, is_silenced: IsSilenced) -> bool:
    """True if all members that count now are silenced."""
    if incident.about is not About.TARGETS:
        return False
    # Those that failed until the end have the incident's end as theirs; while it is open, both are
    # None.
    return all(
        is_silenced(member) for member in incident.members if member.ended == incident.closed
    )


def _to(
    channels: Iterable[str], incident: Incident, kind: MessageKind, now: float, number: int = 0
) -> tuple[Message, ...]:
    """Return one message for each channel, however often it is named."""
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


def matches_any(silences: Iterable[Silence], target: MonitorTarget, now: float) -> bool:
    """True if one of the silences in force matches the target."""
    return any(silence.until > now and matches(silence.pattern, target) for silence in silences)


def matches(pattern: str, target: MonitorTarget) -> bool:
    """True if a pattern matches the key, the URL or the group as a whole; case matters.

    `*` stands for any text, `?` for one character. Brackets stand for themselves, for URLs have
    them around IPv6 addresses.
    """
    literal = pattern.replace("[", "[[]")
    names = (target.key, target.address, target.group)
    return any(fnmatchcase(name, literal) for name in names if name)


def acknowledge(incident: Incident, at: float, by: str) -> Incident:
    """Acknowledge an incident; the first to do so counts, and only while it is open."""
    if not incident.open or incident.acknowledged is not None:
        return incident
    return replace(incident, acknowledged=at, acknowledged_by=by)


def find_by_prefix(incidents: Iterable[Incident], prefix: str) -> Incident | None:
    """Return the incident whose id starts like this; None if there is none, or more than one."""
    found = [incident for incident in incidents if incident.id.startswith(prefix)]
    return found[0] if prefix and len(found) == 1 else None


class IncidentIds:
    """Makes ids of 16 hexadecimal digits that sort by time: milliseconds since the epoch, random.

    Call it with the time, in seconds since the epoch. Each id sorts after the previous one, also
    within a millisecond and when the clock was set back (like monotonic ULIDs).
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._latest = 0

    def __call__(self, now: float) -> str:
        made = int(now * 1000) << _RANDOM_BITS | self._random.getrandbits(_RANDOM_BITS)
        self._latest = max(made, self._latest + 1)
        return f"{self._latest:016x}"
