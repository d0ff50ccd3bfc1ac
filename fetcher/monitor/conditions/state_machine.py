"""The state machine of a target: its condition, from one check to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fetcher.judgement.verdict import Health
from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import Condition, ConditionChange, State

_LADDER = (Condition.UP, Condition.DEGRADED, Condition.DOWN)
# A new target is given the benefit of the doubt: it goes down like one that is up.
_LEVEL = {Condition.NEW: 0, Condition.UP: 0, Condition.DEGRADED: 1, Condition.DOWN: 2}
_FOUND = {
    Health.HEALTHY: Condition.UP,
    Health.DEGRADED: Condition.DEGRADED,
    Health.UNHEALTHY: Condition.DOWN,
}


@dataclass(frozen=True, slots=True)
class Streak:
    """Checks in a row that agree, and when the first of them was, in seconds since the epoch."""

    count: int = 0
    since: float = 0.0

    def longer(self, at: float, enough: int) -> Streak:
        """Return the streak with one more check.

        It is counted no further than `enough`, so that a streak that has to wait for something else
        (the end of a maintenance window) is not written with every check.
        """
        if not self.count:
            return Streak(1, at)
        # If the clock was set back, what seems to lie in the future is not believed.
        return Streak(max(self.count, min(self.count + 1, enough)), min(self.since, at))

    def reaches(self, enough: int) -> bool:
        """True if these are enough; at least one check is needed for anything."""
        return self.count >= max(enough, 1)


NO_STREAK = Streak()


@dataclass(frozen=True, slots=True)
class Falls:
    """When a target recently got worse (seconds since the epoch), and whether it is flapping."""

    times: tuple[float, ...] = ()
    flapping: bool = False


def next_state(
    state: State, health: Health, at: float, policy: Policy, *, maintenance: bool = False
) -> tuple[State, ConditionChange | None]:
    """Return the state after one more check, and the change of condition if there is one.

    Worse: when `failures_before_down` checks in a row were all worse than the condition, it becomes
    the mildest of what they found: up, then unhealthy, degraded, unhealthy (of 3) is degraded, and
    down only after three unhealthy ones in a row, those already seen included. Better: when
    `successes_before_up` checks in a row were better, it becomes the worst of what they found. A
    new target is up with its first healthy check.

    A target that flaps gets worse as usual, but better only if it has also been better for
    `flap_quiet` seconds without interruption. Within maintenance nothing gets worse; failures are
    counted, so that the first check afterwards that still fails makes the change at once.

    An undecided check leaves the state as it was. So does one that only confirms it: the very same
    object is returned, and there is nothing to write.

    Args:
        state: Before the check.
        health: What the check found.
        at: When it began, in seconds since the epoch.
        policy: The target's.
        maintenance: True within a maintenance window.
    """
    found = _FOUND.get(health)
    if found is None:
        return state, None
    if state.condition is Condition.NEW and found is Condition.UP:
        return _changed(state, found, Streak(1, at), at, Falls())
    distance = _LEVEL[found] - _LEVEL[state.condition]
    if not distance:
        return _with_streaks(state), None
    if distance > 0:
        return _worse(state, distance, at, policy, maintenance)
    return _better(state, distance, at, policy)


def _worse(
    state: State, distance: int, at: float, policy: Policy, maintenance: bool
) -> tuple[State, ConditionChange | None]:
    enough = policy.failures_before_down
    near = Streak(state.bad, state.worse_since).longer(at, enough)
    far = _far(state, distance, at, enough)
    if maintenance or not near.reaches(enough):
        return _with_streaks(state, worse=near, far=far), None
    falls = after_fall(state, at, policy)
    if far.reaches(enough):
        return _changed(state, Condition.DOWN, far, at, falls)
    after = _LADDER[_LEVEL[state.condition] + 1]
    # What was two levels off is now one level off, and continues to be counted.
    return _changed(state, after, near, at, falls, worse=far)


def _better(
    state: State, distance: int, at: float, policy: Policy
) -> tuple[State, ConditionChange | None]:
    enough = policy.successes_before_up
    near = Streak(state.good, state.better_since).longer(at, enough)
    far = _far(state, distance, at, enough)
    if not near.reaches(enough) or not is_recovery_believed(state, near, at, policy):
        return _with_streaks(state, better=near, far=far), None
    falls = after_recovery(state)
    if far.reaches(enough):
        return _changed(state, Condition.UP, far, at, falls)
    after = _LADDER[_LEVEL[state.condition] - 1]
    return _changed(state, after, near, at, falls, better=far)


def _far(state: State, distance: int, at: float, enough: int) -> Streak:
    """Return the streak of checks two levels off, which ends with one that was not."""
    if abs(distance) < 2:
        return NO_STREAK
    return Streak(state.far, state.far_since).longer(at, enough)


def _with_streaks(
    state: State,
    *,
    worse: Streak = NO_STREAK,
    better: Streak = NO_STREAK,
    far: Streak = NO_STREAK,
) -> State:
    """Return the state with these streaks; the very same if it has them, so nothing is written."""
    counted = replace(
        state,
        bad=worse.count,
        worse_since=worse.since,
        good=better.count,
        better_since=better.since,
        far=far.count,
        far_since=far.since,
    )
    return state if counted == state else counted


def _changed(
    state: State,
    after: Condition,
    shown: Streak,
    at: float,
    falls: Falls,
    *,
    worse: Streak = NO_STREAK,
    better: Streak = NO_STREAK,
) -> tuple[State, ConditionChange]:
    """Return the state after a change that a streak has shown, and the change."""
    new = State(after, shown.since, falls=falls.times, flapping=falls.flapping)
    flapping = state.flapping or new.flapping
    change = ConditionChange(at, shown.since, state.condition, after, flapping)
    return _with_streaks(new, worse=worse, better=better), change


def after_fall(state: State, at: float, policy: Policy) -> Falls:
    """Record that a target got worse; it flaps after `flap_changes` falls within `flap_window`.

    A target that goes down by way of degraded has fallen once. No more falls are kept than needed
    to tell.
    """
    if policy.flap_changes <= 0:
        return Falls()
    if _still_falling(state):
        return Falls(state.falls, state.flapping)
    recent = [fall for fall in state.falls if 0 <= at - fall < policy.flap_window]
    times = (*recent, at)[-policy.flap_changes :]
    return Falls(times, state.flapping or len(times) == policy.flap_changes)


def after_recovery(state: State) -> Falls:
    """Record that a target got better, which ends its flapping."""
    return Falls() if state.flapping else Falls(state.falls)


def is_recovery_believed(state: State, better: Streak, at: float, policy: Policy) -> bool:
    """True if a target may get better: one that flaps must have been better for `flap_quiet`."""
    damped = state.flapping and policy.flap_changes > 0
    return not damped or at - better.since >= policy.flap_quiet


def _still_falling(state: State) -> bool:
    """True if the condition was reached by the latest fall, and not by getting better since."""
    return bool(state.falls) and state.falls[-1] >= state.since
