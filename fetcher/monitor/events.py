"""What happens to a check, in the order in which it happens.

    check runner ─► check_finished          deliverer ─► channel_failing
    evaluator ────► observed                             channel_recovered
    commit loop ──► committing, committed

The parts of the monitor do not call each other. Each reports what it has done as one of these
events, and `Monitor` passes it on to the part that comes next.
"""

from dataclasses import dataclass
from typing import Protocol

from fetcher.model import Result
from fetcher.monitor.commit import Commit
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.target_state import Observation


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check of a target.

    target: as it was configured when the check began. due: when the check should have begun, in
    seconds since the epoch.
    """

    target: MonitorTarget
    due: float


class Events(Protocol):
    """What the parts of a monitor report; all of it on the event loop, and none of it waits."""

    def check_finished(self, check: PlannedCheck, result: Result) -> None:
        """The check runner has the engine's result.

        The target stays marked as running in the schedule until it is observed.
        """

    def observed(self, check: PlannedCheck, observation: Observation) -> None:
        """The evaluator has an observation that can be believed, or one that says nothing.

        The observations of a target come in the order of its checks.
        """

    def committing(self, now: float) -> None:
        """The commit loop is about to write: whatever belongs in the commit must be pending now.

        now: seconds since the epoch.
        """

    def committed(self, commit: Commit) -> None:
        """The commit loop has written a commit to disk: its messages may be sent."""

    def channel_failing(self, channel: str, error: str, since: float) -> None:
        """The deliverer has failed several times in a row to send through a channel.

        since: when the first of these deliveries failed, in seconds since the epoch.
        """

    def channel_recovered(self, channel: str) -> None:
        """A channel that was reported as failing delivers again, or was removed."""
