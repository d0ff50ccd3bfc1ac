"""A change of a target's condition, with all that an incident needs to know of it."""

from dataclasses import dataclass

from fetcher.monitor.incident import Member
from fetcher.monitor.incidents.causes import Causes
from fetcher.monitor.observation import Observation
from fetcher.monitor.state import Change, Condition
from fetcher.monitor.watched import Watched


@dataclass(frozen=True, slots=True)
class Changed:
    """How a target is now.

    observation: of the check that made the change. causes: of that. quiet: work is announced, so
    that what gets worse opens and joins no incident.
    """

    watched: Watched
    change: Change
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
