"""Targets that go up and down too often."""

from dataclasses import replace

from fetcher.monitor.plan import Policy
from fetcher.monitor.target_state import Condition, State
from tests.monitor.conditions.making import MINUTE, UP, fold_all, ways

POLICY = Policy(
    failures_before_down=2,
    successes_before_up=1,
    flap_changes=3,
    flap_window=3600.0,
    flap_quiet=900.0,
)
FALL = "uuh"


def flap(times: int, policy: Policy = POLICY, each: str = FALL) -> tuple[State, list[str]]:
    """Go down and up this many times, with a check a minute."""
    state, changes = fold_all(UP, each * times, policy, step=MINUTE)
    return state, ways(changes)


def test_below_the_number_of_falls_each_one_counts() -> None:
    """Twice down, twice up."""
    state, changes = flap(2)
    assert changes == ["up -> down", "down -> up"] * 2
    assert not state.flapping


def test_a_target_that_flaps_stays_down() -> None:
    """The third fall within the hour lasts, through twenty more."""
    state, changes = flap(23)
    assert changes == ["up -> down", "down -> up"] * 2 + ["up -> down"]
    assert state.flapping
    assert state.condition is Condition.DOWN


def test_flapping_ends_when_all_was_well_for_long_enough() -> None:
    """One change to up, quiet seconds after the first good check, which is when it began."""
    state, _ = flap(10)
    start = 31 * MINUTE
    state, changes = fold_all(state, "u" + "h" * 60, POLICY, start=start, step=MINUTE)
    (change,) = changes
    assert change.after is Condition.UP
    assert change.flapping
    assert change.began == start + MINUTE
    assert change.at == change.began + POLICY.flap_quiet
    assert state == State(Condition.UP, since=change.began)


def test_one_bad_check_breaks_the_quiet() -> None:
    """What was well before it does not count."""
    state, _ = flap(10)
    row = ("u" + "h" * 14) * 4 + "u"
    _, changes = fold_all(state, row, POLICY, start=40 * MINUTE, step=MINUTE)
    assert changes == []


def test_the_changes_say_that_it_flaps() -> None:
    """From the fall that makes it so, to the recovery that ends it."""
    state, changes = fold_all(UP, FALL * 5, POLICY, step=MINUTE)
    _, more = fold_all(state, "h" * 30, POLICY, start=20 * MINUTE, step=MINUTE)
    assert [change.flapping for change in [*changes, *more]] == [False] * 4 + [True] * 2


def test_falls_long_ago_do_not_count() -> None:
    """One fall in forty minutes is never three within the hour."""
    state, changes = flap(20, each=FALL + "h" * 37)
    assert changes == ["up -> down", "down -> up"] * 20
    assert len(state.falls) <= POLICY.flap_changes


def test_a_fall_by_way_of_degraded_is_one() -> None:
    """Slow, then down: that is one incident, and two of them are not three."""
    state, changes = flap(2, each="dduuhh")
    assert changes == ["up -> degraded", "degraded -> down", "down -> up"] * 2
    assert not state.flapping


def test_between_degraded_and_down_it_can_flap_too() -> None:
    """Each fall from degraded after it had got better is one of its own."""
    state, changes = flap(6, each="uud")
    again = ["degraded -> down", "down -> degraded", "degraded -> down"]
    assert changes == ["up -> down", "down -> degraded", *again]
    assert state.flapping


def test_a_target_that_flaps_still_gets_worse() -> None:
    """Only getting better is damped."""
    degraded = State(Condition.DEGRADED, since=0.0, falls=(0.0,), flapping=True)
    _, changes = fold_all(degraded, "uu", POLICY)
    assert ways(changes) == ["degraded -> down"]
    assert changes[0].flapping


def test_zero_turns_it_off() -> None:
    """Also for one that was flapping when that was configured."""
    never = replace(POLICY, flap_changes=0)
    _, changes = flap(20, never)
    assert changes == ["up -> down", "down -> up"] * 20
    state, _ = flap(10)
    _, after = fold_all(state, "h", never, start=40 * MINUTE)
    assert ways(after) == ["down -> up"]


def test_falls_in_the_future_of_a_clock_set_back_do_not_count() -> None:
    """Two falls by the wrong clock do not make the next one the third."""
    state, _ = flap(2)
    later = replace(state, falls=tuple(fall + 1e6 for fall in state.falls))
    state, changes = fold_all(later, "uu", POLICY, start=20 * MINUTE, step=MINUTE)
    assert ways(changes) == ["up -> down"]
    assert not state.flapping
