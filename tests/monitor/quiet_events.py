"""Events that nobody listens to; tests override those that matter to them."""

from fetcher.model import Result
from fetcher.monitor.commit import Commit
from fetcher.monitor.events import Events, PlannedCheck
from fetcher.monitor.target_state import Observation


class QuietEvents(Events):
    """Ignores everything."""

    def check_finished(self, check: PlannedCheck, result: Result) -> None:
        """Ignore it."""

    def observed(self, check: PlannedCheck, observation: Observation) -> None:
        """Ignore it."""

    def committing(self, now: float) -> None:
        """Ignore it."""

    def committed(self, commit: Commit) -> None:
        """Ignore it."""

    def channel_failing(self, channel: str, error: str, since: float) -> None:
        """Ignore it."""

    def channel_recovered(self, channel: str) -> None:
        """Ignore it."""
