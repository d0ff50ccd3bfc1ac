"""Where changes become incidents, and incidents become messages."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from fetcher.monitor.commit import OperatorCommand, OrderKind, PendingCommit
from fetcher.monitor.incident import Incident, Member, Message, Silence
from fetcher.monitor.incidents import (
    ChangedTarget,
    OpenIncidents,
    acknowledge,
    named,
    next_time,
    plan_messages,
    silenced,
)
from fetcher.monitor.plan import MonitorTarget

Planned = tuple[Incident, tuple[Message, ...]]

_LOOKED_AT = 30.0
"""Seconds after which an incident is looked at in any case: the end of a maintenance window or a
silence may be what people waited for."""


class IncidentManager:
    """Keeps the incidents that last and the silences, and plans what people are told.

    incidents: those that last. silences: likewise. watched: the targets by their keys, as they are
    now. in_maintenance: whether work on a target is announced at a time. new_id: gives the ids of
    incidents and silences. All that is to be written goes to `gathering`; all methods that change
    an incident return it. Times are seconds since the epoch.
    """

    def __init__(
        self,
        incidents: Iterable[Incident],
        silences: Iterable[Silence],
        watched: Mapping[str, MonitorTarget],
        in_maintenance: Callable[[MonitorTarget, float], bool],
        new_id: Callable[[float], str],
        gathering: PendingCommit,
    ) -> None:
        self._new_id = new_id
        self._book = OpenIncidents(incidents, new_id=new_id)
        self._silences = {silence.id: silence for silence in silences}
        self._watched = watched
        self._in_maintenance = in_maintenance
        self._gathering = gathering
        self._looked_at: dict[str, float] = {}
        self._ticked = -math.inf

    @property
    def open(self) -> Sequence[Incident]:
        """The incidents that last, in the order of their opening."""
        return self._book.open

    @property
    def silences(self) -> Sequence[Silence]:
        """The silences that last."""
        return list(self._silences.values())

    def get(self, incident: str) -> Incident | None:
        """Give an incident that lasts, by its id."""
        return self._book.get(incident)

    def latest(self, incident: Incident) -> Incident:
        """Give an incident as it is by now."""
        return self._book.get(incident.id) or incident

    def incident_of(self, key: str) -> str:
        """The id of the incident that a target is ill in, "" when there is none."""
        incident = self._book.of_target(key)
        return "" if incident is None else incident.id

    def is_silenced(self, watched: MonitorTarget, now: float) -> bool:
        """Whether nobody is told of a target."""
        return bool(self._silences) and silenced(self._silences.values(), watched, now)

    def change(self, changes: Iterable[ChangedTarget], now: float) -> list[Incident]:
        """Take in how targets are now."""
        return [self._planned(incident, now) for incident in self._book.apply(changes, now)]

    def forget(self, keys: Iterable[str], now: float) -> list[Incident]:
        """Let go of targets that are watched no more."""
        return [self._planned(incident, now) for incident in self._book.forget(keys, now)]

    def tick(self, now: float) -> list[Incident]:
        """Do what the clock alone makes due: first words, reminders, escalations."""
        for ended in [s for s in self._silences.values() if s.until <= now]:
            self._end_silence(ended)
        if now < self._ticked:
            self._looked_at.clear()  # the clock was set back, and all is further away than it was
        self._ticked = now
        touched = []
        for incident in self._book.open:
            if self._looked_at.get(incident.id, -math.inf) <= now:
                planned, messages = self._plan(incident, now)
                if planned is not incident:
                    touched.append(self._kept(planned, messages))
        return touched

    def put(self, incident: Incident, now: float) -> Incident:
        """Take an incident that was made elsewhere, such as one about the monitor itself."""
        return self._planned(incident, now)

    def acknowledge(self, beginning: str, at: float, by: str) -> Incident | None:
        """Note that someone knows of an incident; None when not just one has such an id."""
        found = named(self._book.open, beginning)
        if found is None:
            return None
        return self._planned(acknowledge(found, at, by), at)

    def silence(self, pattern: str, until: float, by: str, why: str, now: float) -> Silence:
        """Tell nobody of targets that fit a pattern, until then."""
        silence = Silence(self._new_id(now), pattern, until, by, why, now)
        self._silences[silence.id] = silence
        self._gathering.silences[silence.id] = silence
        self._looked_at.clear()
        return silence

    def unsilence(self, beginning: str, now: float) -> bool:
        """End a silence; whether there was just one with such an id."""
        found = [s for s in self._silences.values() if s.id.startswith(beginning)]
        if len(found) != 1 or not beginning:
            return False
        self._end_silence(found[0])
        return True

    def is_done(self, order: OperatorCommand) -> bool:
        """Whether an order was carried out, and that is only not written yet."""
        return order.number in self._gathering.done

    def carry_out(self, order: OperatorCommand, now: float) -> bool:
        """Do what was asked from another process; whether there was anything to do."""
        if self.is_done(order):
            return True
        self._gathering.done.add(order.number)
        match order.kind:
            case OrderKind.ACKNOWLEDGE:
                return self.acknowledge(order.subject, now, order.by) is not None
            case OrderKind.SILENCE:
                return bool(self.silence(order.subject, order.until, order.by, order.why, now))
            case OrderKind.UNSILENCE:
                return self.unsilence(order.subject, now)

    def _planned(self, incident: Incident, now: float) -> Incident:
        """Take an incident that is new or has changed."""
        return self._kept(*self._plan(incident, now))

    def _plan(self, incident: Incident, now: float) -> Planned:
        """Plan what people are told of an incident, and when to look at it again."""

        def hushed(member: Member) -> bool:
            return self._is_hushed(member, now)

        planned, messages = plan_messages(_by_this_clock(incident, now), now, hushed)
        due = next_time(planned, hushed)
        later = now + _LOOKED_AT
        self._looked_at[planned.id] = later if due is None else min(max(due, now), later)
        return planned, messages

    def _kept(self, incident: Incident, messages: Iterable[Message]) -> Incident:
        self._book.put(incident)
        self._gathering.incidents[incident.id] = incident
        self._gathering.messages.update({message.id: message for message in messages})
        if not incident.open:
            self._looked_at.pop(incident.id, None)
        return incident

    def _is_hushed(self, member: Member, now: float) -> bool:
        watched = self._watched.get(member.key)
        if watched is None:
            return False
        return self.is_silenced(watched, now) or self._in_maintenance(watched, now)

    def _end_silence(self, silence: Silence) -> None:
        del self._silences[silence.id]
        self._gathering.silences.pop(silence.id, None)
        self._gathering.unsilenced.add(silence.id)
        self._looked_at.clear()


def _by_this_clock(incident: Incident, now: float) -> Incident:
    """Let nobody wait for the time at which an incident was opened, by a clock set back since."""
    if incident.told_at is None and now < incident.opened:
        return replace(incident, tell_from=min(incident.tell_from, now))
    return incident
