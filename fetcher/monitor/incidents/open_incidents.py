"""The open incidents, and how changes of targets alter them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from fetcher.monitor.incident import Incident, Member
from fetcher.monitor.incidents.incident_rules import (
    ChangedTarget,
    may_join,
    new_incident,
    widened,
    worsened,
)

NO_LONGER_MONITORED = "no longer monitored"
"""The text of a member that was removed from the configuration."""

REMOVED_TEXTS = frozenset({NO_LONGER_MONITORED, "no longer watched"})
"""The same in all versions: databases keep it."""


@dataclass(slots=True, eq=False)
class IncidentBuilder:
    """An incident while it changes, in a form that thousands can join at once; see `build`.

    Attributes:
        value: As it was built last, except for its members and causes.
        members: By key.
        causes: All that others can join by.
        failing: How many members have not recovered.
        touched: True if there is anything to build.
    """

    value: Incident
    members: dict[str, Member] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    failing: int = 0
    touched: bool = False

    @classmethod
    def of(cls, incident: Incident) -> "IncidentBuilder":
        """Continue with an incident as it is."""
        members = {member.key: member for member in incident.members}
        failing = sum([member.ended is None for member in incident.members])
        return cls(incident, members, set(incident.causes), failing)

    def join(self, change: ChangedTarget) -> None:
        """Add a target, or add it again."""
        member = change.member
        self.members.pop(member.key, None)  # members are in the order in which they got worse
        self.members[member.key] = member
        self.failing += 1
        self.causes |= change.causes.keys
        self.value = worsened(widened(self.value, change), change)
        self.touched = True

    def update(self, change: ChangedTarget) -> None:
        """Record another change of a target that is failing already."""
        before = self.value
        self.value = worsened(before, change)
        if change.change.flapping and not before.flapping:
            self.value = replace(self.value, flapping=True)
        if self.value is before:
            return
        member = self.members[change.target.key]
        self.members[member.key] = replace(member, text=change.observation.text)
        self.causes |= change.causes.keys
        self.touched = True

    def recover(self, key: str, at: float) -> None:
        """Record that a target has recovered."""
        self._end(replace(self.members[key], ended=at))

    def forget(self, key: str, at: float) -> None:
        """Remove a target that is no longer monitored; who was not notified is not notified now."""
        self._end(replace(self.members[key], ended=at, text=NO_LONGER_MONITORED))
        if not self.failing and self.value.notified_at is None:
            self.value = replace(self.value, channels=(), escalate_to=())

    def build(self) -> Incident:
        """Return the incident as it is now; it is closed if no member is failing."""
        if not self.touched:
            return self.value
        members, causes = tuple(self.members.values()), frozenset(self.causes)
        closed = None
        if not self.failing:
            closed = max([member.ended for member in members if member.ended is not None])
        self.value = replace(self.value, members=members, causes=causes, closed=closed)
        self.touched = False
        return self.value

    def _end(self, member: Member) -> None:
        self.members[member.key] = member
        self.failing -= 1
        self.touched = True


class OpenIncidents:
    """Turns changes of targets into incidents; holds those that are open, and no others.

    - A target that is down belongs to exactly one incident, and so does a degraded one if its
      policy wants people to know. It joins the oldest that has a cause in common with it and that
      it `may_join`, or else opens one.
    - An incident is closed when all of its targets have recovered, and is never opened again.
    - It is as severe as the worst that it has seen. When one that people know as degraded goes
      down, they are sent a reminder; there is no second DOWN.

    Args:
        incidents: Those that were open when the monitor last stopped.
        new_id: Makes an incident's id from the time in seconds since the epoch, as `IncidentIds`.
    """

    def __init__(
        self, incidents: Iterable[Incident] = (), *, new_id: Callable[[float], str]
    ) -> None:
        self._new_id = new_id
        self._open: dict[str, IncidentBuilder] = {}
        self._by_cause: dict[str, dict[str, IncidentBuilder]] = {}
        self._of_target: dict[str, IncidentBuilder] = {}
        for incident in sorted(incidents, key=lambda incident: incident.id):
            self.put(incident)

    @property
    def all(self) -> list[Incident]:
        """The open incidents, in the order in which they were opened."""
        return [builder.value for builder in self._open.values()]

    def get(self, incident: str) -> Incident | None:
        """Return the incident with this id, None if none is open."""
        builder = self._open.get(incident)
        return None if builder is None else builder.value

    def of_target(self, key: str) -> Incident | None:
        """Return the incident that a target is failing in, None if it is in none."""
        builder = self._of_target.get(key)
        return None if builder is None else builder.value

    def apply(self, changes: Iterable[ChangedTarget], now: float) -> list[Incident]:
        """Apply changes of targets; return every incident that is new or has changed.

        A change says how a target is, whatever it was before: applying one again changes nothing.
        """
        touched: dict[str, IncidentBuilder] = {}
        for change in changes:
            builder = self._apply(change, now)
            if builder is not None and builder.touched:
                touched[builder.value.id] = builder
        return [builder.build() for builder in touched.values()]

    def forget(self, keys: Iterable[str], now: float) -> list[Incident]:
        """Remove targets that are no longer monitored; return every incident that has changed."""
        touched: dict[str, IncidentBuilder] = {}
        for key in keys:
            builder = self._of_target.pop(key, None)
            if builder is not None:
                builder.forget(key, now)
                self._drop_if_recovered(builder)
                touched[builder.value.id] = builder
        return [builder.build() for builder in touched.values()]

    def put(self, incident: Incident) -> None:
        """Add or replace an incident that was planned, acknowledged, or is about the monitor.

        It replaces the one with the same id; one that is closed is dropped.
        """
        known = self._open.get(incident.id)
        if known is not None and incident.open and incident.members is known.value.members:
            known.value = incident
            return
        if known is not None:
            self._drop(known)
        if incident.open:
            self._add(IncidentBuilder.of(incident))

    def _apply(self, change: ChangedTarget, now: float) -> IncidentBuilder | None:
        """Apply one change; return the incident that it concerns."""
        key = change.target.key
        builder = self._of_target.get(key)
        if builder is None:
            return self._admit(change, now) if change.failing and not change.quiet else None
        if change.failing:
            builder.update(change)
            self._index(builder, change)
        else:
            del self._of_target[key]
            builder.recover(key, change.change.at)
            self._drop_if_recovered(builder)
        return builder

    def _admit(self, change: ChangedTarget, now: float) -> IncidentBuilder:
        """Find or open the incident of a target that was healthy."""
        builder = self._joinable(change, now)
        if builder is None:
            builder = IncidentBuilder.of(new_incident(self._new_id(now), change))
            self._open[builder.value.id] = builder
        builder.join(change)
        self._of_target[change.target.key] = builder
        self._index(builder, change)
        return builder

    def _joinable(self, change: ChangedTarget, now: float) -> IncidentBuilder | None:
        found = {
            incident: builder
            for key in change.causes.keys
            for incident, builder in self._by_cause.get(key, {}).items()
            if may_join(builder.value, change, now)
        }
        return found[min(found)] if found else None

    def _index(self, builder: IncidentBuilder, change: ChangedTarget) -> None:
        """Let others find an incident by the causes that a change has added to it."""
        for cause in change.causes.keys & builder.causes:
            self._by_cause.setdefault(cause, {})[builder.value.id] = builder

    def _drop_if_recovered(self, builder: IncidentBuilder) -> None:
        """Let no target join an incident that is over."""
        if not builder.failing:
            self._drop(builder)

    def _add(self, builder: IncidentBuilder) -> None:
        self._open[builder.value.id] = builder
        for cause in builder.causes:
            self._by_cause.setdefault(cause, {})[builder.value.id] = builder
        for member in builder.value.failing:
            self._of_target[member.key] = builder

    def _drop(self, builder: IncidentBuilder) -> None:
        del self._open[builder.value.id]
        for cause in builder.causes:
            sharing = self._by_cause.get(cause, {})
            sharing.pop(builder.value.id, None)
            if not sharing:
                self._by_cause.pop(cause, None)
        for key, member in builder.members.items():
            if member.ended is None:
                self._of_target.pop(key, None)
