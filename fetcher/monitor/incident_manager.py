"""Where changes become incidents, and incidents become messages."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from fetcher.monitor.commit import OperatorCommand, OrderKind, PendingCommit
from fetcher.monitor.conditions import MaintenanceCalendar
from fetcher.monitor.incident import Incident, Member, Message, Silence
from fetcher.monitor.incidents import (
    ChangedTarget,
    OpenIncidents,
    acknowledge,
    find_by_prefix,
    matches_any,
    next_time,
    plan_messages,
)
from fetcher.monitor.plan import MonitorTarget

Planned = tuple[Incident, tuple[Message, ...]]

_REVIEW_EVERY = 30.0
"""Seconds after which an incident is reviewed in any case: alerts may have waited for the end of a
maintenance window or a silence."""


class IncidentManager:
    """Keeps the open incidents and the silences, and plans the messages about them.

    All methods that change an incident return it.

    Args:
        incidents: Those that are open.
        silences: Those in force.
        targets: By key, always current.
        calendar: Knows the maintenance windows.
        new_id: Makes the ids of incidents and silences.
        pending: Where everything to be written goes.
    """

    def __init__(
        self,
        incidents: Iterable[Incident],
        silences: Iterable[Silence],
        targets: Mapping[str, MonitorTarget],
        calendar: MaintenanceCalendar,
        new_id: Callable[[float], str],
        pending: PendingCommit,
    ) -> None:
        self._new_id = new_id
        self._open = OpenIncidents(incidents, new_id=new_id)
        self._silences = {silence.id: silence for silence in silences}
        self._targets = targets
        self._calendar = calendar
        self._pending = pending
        self._review_at: dict[str, float] = {}
        self._last_tick = -math.inf

    @property
    def open(self) -> Sequence[Incident]:
        """The open incidents, in the order in which they were opened."""
        return self._open.all

    @property
    def silences(self) -> Sequence[Silence]:
        """The silences in force."""
        return list(self._silences.values())

    def get(self, incident: str) -> Incident | None:
        """Return an open incident by its id."""
        return self._open.get(incident)

    def latest(self, incident: Incident) -> Incident:
        """Return the current version of an incident."""
        return self._open.get(incident.id) or incident

    def incident_of(self, key: str) -> str:
        """Return the id of the open incident that a target is failing in, "" for none."""
        incident = self._open.of_target(key)
        return "" if incident is None else incident.id

    def is_silenced(self, target: MonitorTarget, now: float) -> bool:
        """True if a silence mutes the target."""
        return bool(self._silences) and matches_any(self._silences.values(), target, now)

    def apply(self, changes: Iterable[ChangedTarget], now: float) -> list[Incident]:
        """Apply changes of targets' conditions."""
        return [self._put(incident, now) for incident in self._open.apply(changes, now)]

    def forget(self, keys: Iterable[str], now: float) -> list[Incident]:
        """Remove targets that are no longer monitored."""
        return [self._put(incident, now) for incident in self._open.forget(keys, now)]

    def tick(self, now: float) -> list[Incident]:
        """Plan what the clock alone makes due: first alerts, reminders, escalations."""
        for expired in [s for s in self._silences.values() if s.until <= now]:
            self._end_silence(expired)
        if now < self._last_tick:
            self._review_at.clear()  # the clock was set back, and everything is further away now
        self._last_tick = now
        touched = []
        for incident in self._open.all:
            if self._review_at.get(incident.id, -math.inf) <= now:
                planned, messages = self._plan(incident, now)
                if planned is not incident:
                    touched.append(self._store(planned, messages))
        return touched

    def put(self, incident: Incident, now: float) -> Incident:
        """Add or replace an incident made elsewhere, such as one about the monitor itself."""
        return self._put(incident, now)

    def acknowledge(self, prefix: str, at: float, by: str) -> Incident | None:
        """Acknowledge the one incident whose id starts with `prefix`; None if there is none."""
        found = find_by_prefix(self._open.all, prefix)
        if found is None:
            return None
        return self._put(acknowledge(found, at, by), at)

    def silence(self, pattern: str, until: float, by: str, why: str, now: float) -> Silence:
        """Mute alerts for matching targets until then."""
        silence = Silence(self._new_id(now), pattern, until, by, why, now)
        self._silences[silence.id] = silence
        self._pending.silences[silence.id] = silence
        self._review_at.clear()
        return silence

    def unsilence(self, prefix: str, now: float) -> bool:
        """End the one silence whose id starts with `prefix`; return False if there is none."""
        found = [s for s in self._silences.values() if s.id.startswith(prefix)]
        if len(found) != 1 or not prefix:
            return False
        self._end_silence(found[0])
        return True

    def is_done(self, order: OperatorCommand) -> bool:
        """True if an order was carried out, but that has not been written yet."""
        return order.number in self._pending.done

    def carry_out(self, order: OperatorCommand, now: float) -> bool:
        """Carry out an order from another process; return False if it matches nothing."""
        if self.is_done(order):
            return True
        self._pending.done.add(order.number)
        match order.kind:
            case OrderKind.ACKNOWLEDGE:
                return self.acknowledge(order.subject, now, order.by) is not None
            case OrderKind.SILENCE:
                return bool(self.silence(order.subject, order.until, order.by, order.why, now))
            case OrderKind.UNSILENCE:
                return self.unsilence(order.subject, now)

    def _put(self, incident: Incident, now: float) -> Incident:
        return self._store(*self._plan(incident, now))

    def _plan(self, incident: Incident, now: float) -> Planned:
        """Plan the messages about an incident, and when to review it again."""

        def is_muted(member: Member) -> bool:
            return self._is_muted(member, now)

        planned, messages = plan_messages(_by_this_clock(incident, now), now, is_muted)
        due = next_time(planned, is_muted)
        later = now + _REVIEW_EVERY
        self._review_at[planned.id] = later if due is None else min(max(due, now), later)
        return planned, messages

    def _store(self, incident: Incident, messages: Iterable[Message]) -> Incident:
        self._open.put(incident)
        self._pending.incidents[incident.id] = incident
        self._pending.messages.update({message.id: message for message in messages})
        if not incident.open:
            self._review_at.pop(incident.id, None)
        return incident

    def _is_muted(self, member: Member, now: float) -> bool:
        """True if the target is silenced or in maintenance."""
        target = self._targets.get(member.key)
        if target is None:
            return False
        if self.is_silenced(target, now):
            return True
        return self._calendar.window_at(target.windows, now) is not None

    def _end_silence(self, silence: Silence) -> None:
        del self._silences[silence.id]
        self._pending.silences.pop(silence.id, None)
        self._pending.unsilenced.add(silence.id)
        self._review_at.clear()


def _by_this_clock(incident: Incident, now: float) -> Incident:
    """Do not wait for a time that lies in the future only because the clock was set back."""
    if incident.notified_at is None and now < incident.opened:
        return replace(incident, notify_from=min(incident.notify_from, now))
    return incident
