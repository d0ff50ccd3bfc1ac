"""What a row of checks comes to, by example."""

from dataclasses import replace

import pytest

from fetcher.judgement.verdict import Health
from fetcher.monitor.conditions import next_state
from fetcher.monitor.target_state import NEW, Condition, ConditionChange, State
from tests.monitor.conditions.making import PLAIN, UP, conditions, fold_all, ways


@pytest.mark.parametrize(
    ("checks", "held"),
    [
        # new: the first healthy check is enough, all else takes three in a row
        ("h", "u"),
        ("uh", "nu"),
        ("uuu", "nnD"),
        ("ddd", "nnd"),
        ("ududu", "nnddd"),
        ("???h", "nnnu"),
        # up: the mildest of three that were worse
        ("huuu", "uuuD"),
        ("huuhuu", "uuuuuu"),
        ("hudu", "uuud"),
        ("hduu", "uuud"),
        ("hduuu", "uuudD"),
        ("hududuuu", "uuuddddD"),
        ("hdddddd", "uuudddd"),
        ("hduuduuu", "uuuddddD"),
        # unknown neither counts nor breaks a row
        ("hu?u?u", "uuuuuD"),
        ("huuuh?h", "uuuDDDu"),
        # down: the worst of two that were better
        ("uuuhh", "nnDDu"),
        ("uuuhuh", "nnDDDD"),
        ("uuuhd", "nnDDd"),
        ("uuudh", "nnDDd"),
        ("uuudhh", "nnDDdu"),
        ("uuudd", "nnDDd"),
        # degraded: both ways
        ("dddhh", "nnddu"),
        ("dddhdh", "nndddd"),
        ("ddduuu", "nndddD"),
        ("dddudu", "nndddd"),
    ],
)
def test_conditions_follow_from_checks(checks: str, held: str) -> None:
    """Three checks in a row make it worse, two make it better, and only as far as all agree."""
    assert conditions(checks) == held


@pytest.mark.parametrize(
    ("checks", "held"),
    [
        ("hUUUU", "uuuuu"),
        ("hUUUUu", "uuuuuD"),
        ("hUUUUd", "uuuuud"),
        ("hUUUUh", "uuuuuu"),
        ("hUUUUhuu", "uuuuuuuu"),
        ("UUUU", "nnnn"),
        ("UUUUu", "nnnnD"),
        ("H", "u"),
        ("uuuHH", "nnDDu"),
        ("uuuUDD", "nnDDDd"),
        ("dddUUUU", "nnddddd"),
        ("dddUUUUu", "nndddddD"),
    ],
)
def test_nothing_gets_worse_within_maintenance(checks: str, held: str) -> None:
    """It is counted all the same: the first check afterwards that still fails makes the change."""
    assert conditions(checks) == held


def test_thresholds_of_one_and_none_act_at_once() -> None:
    """One check is needed and enough."""
    for enough in (1, 0):
        policy = replace(PLAIN, failures_before_down=enough, successes_before_up=enough)
        assert conditions("hudh", policy) == "uDdu"
        assert conditions("dhu", policy) == "duD"


def test_a_change_says_when_it_was_noticed_and_when_it_began() -> None:
    """It begins with the first check of the row that shows it, and so does the condition."""
    state, changes = fold_all(NEW, "huh" + "d" + "uuu" + "h" + "hh")
    assert changes == [
        ConditionChange(1.0, 1.0, Condition.NEW, Condition.UP),
        ConditionChange(6.0, 4.0, Condition.UP, Condition.DEGRADED),
        ConditionChange(7.0, 5.0, Condition.DEGRADED, Condition.DOWN),
        ConditionChange(9.0, 8.0, Condition.DOWN, Condition.UP),
    ]
    assert state == State(Condition.UP, since=8.0)


def test_down_at_once_after_maintenance_began_with_the_first_that_failed() -> None:
    """What failed within the window is reported with its own beginning."""
    _, changes = fold_all(UP, "DUUUUu")
    assert changes == [ConditionChange(6.0, 2.0, Condition.UP, Condition.DOWN)]


def test_what_could_not_be_seen_changes_nothing() -> None:
    """The state before is given back, whatever it was in the middle of."""
    for checks in ("", "h", "uu", "uuuh", "ddd"):
        state, _ = fold_all(NEW, checks)
        assert next_state(state, Health.UNKNOWN, 99.0, PLAIN)[0] is state


@pytest.mark.parametrize("checks", ["h", "uuu", "ddd", "hUUU", "hDDD"])
def test_a_steady_state_stays_the_same_object(checks: str) -> None:
    """Nothing is written for it, not even for one that fails all through its maintenance."""
    state, _ = fold_all(NEW, checks)
    again, changes = fold_all(state, checks[-1] * 5, start=100.0)
    assert again is state
    assert changes == []


def test_a_policy_that_became_stricter_counts_on() -> None:
    """A row that was counted before a reload is not begun anew."""
    state, _ = fold_all(UP, "uu")
    _, changes = fold_all(state, "uuu", replace(PLAIN, failures_before_down=5), start=3.0)
    assert changes == [ConditionChange(5.0, 1.0, Condition.UP, Condition.DOWN)]


def test_a_policy_that_became_laxer_acts_on_what_was_counted() -> None:
    """The next check that fails makes the change."""
    state, _ = fold_all(UP, "UUU")
    _, changes = fold_all(state, "u", replace(PLAIN, failures_before_down=1), start=4.0)
    assert ways(changes) == ["up -> down"]


def test_a_clock_that_is_set_back_does_not_make_a_change_begin_in_the_future() -> None:
    """The row then begins with the first check by the new clock."""
    state, _ = fold_all(UP, "uu", start=1000.0)
    _, changes = fold_all(state, "u", start=10.0)
    assert changes == [ConditionChange(10.0, 10.0, Condition.UP, Condition.DOWN)]
