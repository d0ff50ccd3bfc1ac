"""Targets that go up and down too often: each fall counts, but not each recovery is believed."""

from dataclasses import dataclass

from fetcher.monitor.folding.streak import Streak
from fetcher.monitor.state import State
from fetcher.monitor.watched import Policy


@dataclass(frozen=True, slots=True)
class Falls:
    """When a target got worse, of late (seconds since the epoch), and whether that is flapping."""

    times: tuple[float, ...] = ()
    flapping: bool = False


def after_fall(state: State, at: float, policy: Policy) -> Falls:
    """Note that a target got worse; it flaps from `flap_changes` falls within `flap_window` on.

    A target that goes down by way of degraded has fallen once. No more falls are kept than are
    needed to tell.
    """
    if policy.flap_changes <= 0:
        return Falls()
    if _still_falling(state):
        return Falls(state.falls, state.flapping)
    recent = [fall for fall in state.falls if 0 <= at - fall < policy.flap_window]
    times = (*recent, at)[-policy.flap_changes :]
    return Falls(times, state.flapping or len(times) == policy.flap_changes)


def after_recovery(state: State) -> Falls:
    """Note that a target got better, which ends its flapping."""
    return Falls() if state.flapping else Falls(state.falls)


def believed(state: State, better: Streak, at: float, policy: Policy) -> bool:
    """Whether a target may get better: one that flaps must have been better for `flap_quiet`."""
    damped = state.flapping and policy.flap_changes > 0
    return not damped or at - better.since >= policy.flap_quiet


def _still_falling(state: State) -> bool:
    """Whether the condition was reached by the latest fall, and not by getting better since."""
    return bool(state.falls) and state.falls[-1] >= state.since
