"""An incident that lasts, in a form that thousands can join in one go."""

from dataclasses import dataclass, field, replace

from fetcher.monitor.incident import Incident, Member
from fetcher.monitor.incidents.changed import Changed
from fetcher.monitor.incidents.opening import raised, widened

NO_LONGER_WATCHED = "no longer watched"
"""What stands in the place of a member's reason when the configuration names it no more."""


@dataclass(slots=True, eq=False)
class Draft:
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
    def of(cls, incident: Incident) -> "Draft":
        """Go on with an incident as it stands."""
        members = {member.key: member for member in incident.members}
        ill = sum([member.ended is None for member in incident.members])
        return cls(incident, members, set(incident.causes), ill)

    def join(self, changed: Changed) -> None:
        """Take a target in, or back in."""
        member = changed.member
        self.members.pop(member.key, None)  # members stand in the order in which they got worse
        self.members[member.key] = member
        self.ill += 1
        self.causes |= changed.causes.keys
        self.value = raised(widened(self.value, changed), changed)
        self.touched = True

    def update(self, changed: Changed) -> None:
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
