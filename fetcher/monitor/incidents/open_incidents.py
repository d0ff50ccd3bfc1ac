"""The incidents that last.

An incident that lasts, in a form that thousands can join in one go.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from fetcher.monitor.incident import Incident, Member
from fetcher.monitor.incidents.incident_rules import ChangedTarget, fits, opened, raised, widened

NO_LONGER_WATCHED = "no longer watched"
"""What stands in the place of a member's reason when the configuration names it no more."""


@dataclass(slots=True, eq=False)
class IncidentBuilder:
    """An incident while it changes; `settle` makes a value of it.

    value: as it was settled last, but for its members and causes, which are in `members` (by key)
    and `causes`. ill: how many members are not well. touched: whether there is anything to settle.
    """

    value: Incident
    members: dict[str, Member] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    ill: int = 0
    touched: bool = False

    @classmethod
    def of(cls, incident: Incident) -> "IncidentBuilder":
        """Go on with an incident as it stands."""
        members = {member.key: member for member in incident.members}
        ill = sum([member.ended is None for member in incident.members])
        return cls(incident, members, set(incident.causes), ill)

    def join(self, changed: ChangedTarget) -> None:
        """Take a target in, or back in."""
        member = changed.member
        self.members.pop(member.key, None)  # members stand in the order in which they got worse
        self.members[member.key] = member
        self.ill += 1
        self.causes |= changed.causes.keys
        self.value = raised(widened(self.value, changed), changed)
        self.touched = True

    def update(self, changed: ChangedTarget) -> None:
        """Note how a target that is ill goes on."""
        before = self.value
        self.value = raised(before, changed)
        if changed.change.flapping and not before.flapping:
            self.value = replace(self.value, flapping=True)
        if self.value is before:
            return
        member = self.members[changed.watched.key]
        self.members[member.key] = replace(member, text=changed.observation.text)
        self.causes |= changed.causes.keys
        self.touched = True

    def end(self, key: str, at: float) -> None:
        """Note that a target is well."""
        self._end(replace(self.members[key], ended=at))

    def forget(self, key: str, at: float) -> None:
        """Let a target go that is watched no more; nobody is told of it who has not heard of it."""
        self._end(replace(self.members[key], ended=at, text=NO_LONGER_WATCHED))
        if not self.ill and self.value.told_at is None:
            self.value = replace(self.value, channels=(), escalate_to=())

    def settle(self) -> Incident:
        """Make a value of what it has come to; it is closed when nobody is ill."""
        if not self.touched:
            return self.value
        members, causes = tuple(self.members.values()), frozenset(self.causes)
        closed = None
        if not self.ill:
            closed = max([member.ended for member in members if member.ended is not None])
        self.value = replace(self.value, members=members, causes=causes, closed=closed)
        self.touched = False
        return self.value

    def _end(self, member: Member) -> None:
        self.members[member.key] = member
        self.ill -= 1
        self.touched = True


class OpenIncidents:
    """Turns changes of targets into incidents; holds those that last, and no others.

    open_incidents: those that lasted when the monitor was last stopped. new_id: gives an incident's
    id, from the time in seconds since the epoch; `Identifiers` is one.

    - A target that is down belongs to exactly one incident, and so does a degraded one, if its
      policy wants people to know. It joins the oldest that has a cause in common with it and that
      it fits (`joining.fits`), or else opens one.
    - An incident is over when all of its targets are well, and is then never opened again.
    - It is as grave as the worst that it has seen. When one that people know as degraded goes down,
      they are told once more, by a reminder; there is no second DOWN.
    """

    def __init__(
        self, open_incidents: Iterable[Incident] = (), *, new_id: Callable[[float], str]
    ) -> None:
        self._new_id = new_id
        self._open: dict[str, IncidentBuilder] = {}
        self._by_cause: dict[str, dict[str, IncidentBuilder]] = {}
        self._of_target: dict[str, IncidentBuilder] = {}
        for incident in sorted(open_incidents, key=lambda incident: incident.id):
            self.put(incident)

    @property
    def open(self) -> list[Incident]:
        """The incidents that last, in the order of their opening."""
        return [draft.value for draft in self._open.values()]

    def get(self, incident: str) -> Incident | None:
        """Give the incident of this id, None when there is none that lasts."""
        draft = self._open.get(incident)
        return None if draft is None else draft.value

    def of_target(self, key: str) -> Incident | None:
        """Give the incident that a target is ill in, None when it is in none."""
        draft = self._of_target.get(key)
        return None if draft is None else draft.value

    def apply(self, changes: Iterable[ChangedTarget], now: float) -> list[Incident]:
        """Take in how targets are; give every incident that is new or has changed.

        A change says how a target is, whatever it was before: the same one again changes nothing.
        """
        touched: dict[str, IncidentBuilder] = {}
        for changed in changes:
            draft = self._take(changed, now)
            if draft is not None and draft.touched:
                touched[draft.value.id] = draft
        return [draft.settle() for draft in touched.values()]

    def forget(self, keys: Iterable[str], now: float) -> list[Incident]:
        """Let go of targets that are watched no more; give every incident that has changed."""
        touched: dict[str, IncidentBuilder] = {}
        for key in keys:
            draft = self._of_target.pop(key, None)
            if draft is not None:
                draft.forget(key, now)
                self._close_if_well(draft)
                touched[draft.value.id] = draft
        return [draft.settle() for draft in touched.values()]

    def put(self, incident: Incident) -> None:
        """Take an incident as it is now: planned, acknowledged, or about the monitor itself.

        It takes the place of the one with the same id; one that is closed is dropped.
        """
        known = self._open.get(incident.id)
        if known is not None and incident.open and incident.members is known.value.members:
            known.value = incident
            return
        if known is not None:
            self._drop(known)
        if incident.open:
            self._add(IncidentBuilder.of(incident))

    def _take(self, changed: ChangedTarget, now: float) -> IncidentBuilder | None:
        """Note one change; give the incident that it concerns."""
        key = changed.watched.key
        draft = self._of_target.get(key)
        if draft is None:
            return self._admit(changed, now) if changed.ill and not changed.quiet else None
        if changed.ill:
            draft.update(changed)
            self._index(draft, changed)
        else:
            del self._of_target[key]
            draft.end(key, changed.change.at)
            self._close_if_well(draft)
        return draft

    def _admit(self, changed: ChangedTarget, now: float) -> IncidentBuilder:
        """Find or open the incident of a target that was well."""
        draft = self._fitting(changed, now)
        if draft is None:
            draft = IncidentBuilder.of(opened(self._new_id(now), changed))
            self._open[draft.value.id] = draft
        draft.join(changed)
        self._of_target[changed.watched.key] = draft
        self._index(draft, changed)
        return draft

    def _fitting(self, changed: ChangedTarget, now: float) -> IncidentBuilder | None:
        found = {
            incident: draft
            for key in changed.causes.keys
            for incident, draft in self._by_cause.get(key, {}).items()
            if fits(draft.value, changed, now)
        }
        return found[min(found)] if found else None

    def _index(self, draft: IncidentBuilder, changed: ChangedTarget) -> None:
        """Let others find an incident by the causes that a change has added to it."""
        for cause in changed.causes.keys & draft.causes:
            self._by_cause.setdefault(cause, {})[draft.value.id] = draft

    def _close_if_well(self, draft: IncidentBuilder) -> None:
        """Let nobody join an incident any more that is over."""
        if not draft.ill:
            self._drop(draft)

    def _add(self, draft: IncidentBuilder) -> None:
        self._open[draft.value.id] = draft
        for cause in draft.causes:
            self._by_cause.setdefault(cause, {})[draft.value.id] = draft
        for member in draft.value.ill:
            self._of_target[member.key] = draft

    def _drop(self, draft: IncidentBuilder) -> None:
        del self._open[draft.value.id]
        for cause in draft.causes:
            named = self._by_cause.get(cause, {})
            named.pop(draft.value.id, None)
            if not named:
                self._by_cause.pop(cause, None)
        for key, member in draft.members.items():
            if member.ended is None:
                self._of_target.pop(key, None)
