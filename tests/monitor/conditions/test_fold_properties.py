"""What holds for the fold of any row of checks."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fetcher.judgement.verdict import Health
from fetcher.monitor.conditions import next_state
from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import NEW, Condition, State
from tests.monitor.conditions.model import Model

BETTER_TO_WORSE = [Condition.UP, Condition.DEGRADED, Condition.DOWN]

policies = st.builds(
    Policy,
    failures_before_down=st.integers(1, 4),
    successes_before_up=st.integers(1, 4),
    flap_changes=st.integers(0, 3),
    flap_window=st.sampled_from([10.0, 60.0, 1000.0]),
    flap_quiet=st.sampled_from([0.0, 5.0, 20.0]),
)
healths = st.sampled_from(Health)
steps = st.sampled_from([1.0, 2.5, 15.0])
# Runs of the same make long rows, thresholds and quiet times likely.
rows = st.lists(
    st.tuples(healths, steps, st.booleans(), st.integers(1, 6)), min_size=1, max_size=25
).map(
    lambda runs: [
        (health, step, maintenance)
        for health, step, maintenance, count in runs
        for _ in range(count)
    ]
)
any_steps = st.lists(
    st.tuples(healths, st.floats(-1e10, 1e10), policies, st.booleans()), max_size=40
)


@given(policies, rows)
def test_the_fold_does_what_its_rules_say(
    policy: Policy, row: list[tuple[Health, float, bool]]
) -> None:
    """It remembers a few numbers, and comes to what one finds who looks at all checks again."""
    state, model, at = NEW, Model(policy), 1e9
    for health, step, maintenance in row:
        at += step
        state, _ = next_state(state, health, at, policy, maintenance=maintenance)
        assert state.condition is model.check(health, at, maintenance)
        assert state.flapping == model.flapping


@given(any_steps)
def test_whatever_comes_state_and_change_agree(
    row: list[tuple[Health, float, Policy, bool]],
) -> None:
    """Also with a policy that changes and a clock that jumps, nothing raises or contradicts."""
    state = NEW
    for health, at, policy, maintenance in row:
        after, change = next_state(state, health, at, policy, maintenance=maintenance)
        assert (after, change) == next_state(state, health, at, policy, maintenance=maintenance)
        assert (change is None) == (after.condition is state.condition)
        if change:
            assert (change.before, change.after) == (state.condition, after.condition)
            assert (change.at, change.began) == (at, after.since)
            assert change.began <= at
            worse = BETTER_TO_WORSE.index(after.condition) > 0 and (
                state.condition is Condition.NEW
                or BETTER_TO_WORSE.index(after.condition) > BETTER_TO_WORSE.index(state.condition)
            )
            assert not (worse and maintenance)
        if health is Health.UNKNOWN or after == state:
            assert after is state
        assert after.condition is not Condition.NEW or state.condition is Condition.NEW
        assert not after.flapping or after.condition in (Condition.DEGRADED, Condition.DOWN)
        state = after


@given(policies, rows)
def test_down_takes_as_many_unhealthy_checks_in_a_row(
    policy: Policy, row: list[tuple[Health, float, bool]]
) -> None:
    """Those that could not see are left out; nothing else may be among them."""
    state, at, seen = NEW, 1e9, list[Health]()
    for health, step, maintenance in row:
        at += step
        state, change = next_state(state, health, at, policy, maintenance=maintenance)
        if health is not Health.UNKNOWN:
            seen.append(health)
        if change and change.after is Condition.DOWN:
            enough = policy.failures_before_down
            assert seen[-enough:] == [Health.UNHEALTHY] * enough


@given(policies, rows, healths)
def test_what_stays_the_same_is_soon_written_no_more(
    policy: Policy, row: list[tuple[Health, float, bool]], health: Health
) -> None:
    """After a bounded number of checks with one result, the state stays the same object."""
    state, at = NEW, 1e9
    for each, step, maintenance in row:
        at += step
        state, _ = next_state(state, each, at, policy, maintenance=maintenance)
    for _ in range(10):
        at += policy.flap_quiet + 1
        state, _ = next_state(state, health, at, policy)
    for _ in range(3):
        at += 1
        again, change = next_state(state, health, at, policy)
        assert again is state
        assert change is None


@given(policies, rows)
def test_what_is_kept_does_not_grow(policy: Policy, row: list[tuple[Health, float, bool]]) -> None:
    """However long a target is watched, and however often it falls."""
    state, at = NEW, 1e9
    for health, step, maintenance in row:
        at += step
        state, _ = next_state(state, health, at, policy, maintenance=maintenance)
        assert len(state.falls) <= policy.flap_changes
        assert max(state.bad, state.far) <= policy.failures_before_down or not state.bad
        assert max(state.good, state.far) <= policy.successes_before_up or not state.good


@given(policies, rows, rows)
def test_state_is_all_that_is_needed_after_a_restart(
    policy: Policy,
    before: list[tuple[Health, float, bool]],
    after: list[tuple[Health, float, bool]],
) -> None:
    """A copy of the state goes on exactly as the original does."""
    state, at = NEW, 1e9
    for health, step, maintenance in before:
        at += step
        state, _ = next_state(state, health, at, policy, maintenance=maintenance)
    loaded: State = replace(state)
    for health, step, maintenance in after:
        at += step
        state, change = next_state(state, health, at, policy, maintenance=maintenance)
        loaded, other = next_state(loaded, health, at, policy, maintenance=maintenance)
        assert (loaded, other) == (state, change)
