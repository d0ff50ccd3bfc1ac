"""The gate with control targets: what they answer decides, and nothing else."""

import pytest

from fetcher.monitor.connectivity import ControlGate
from fetcher.monitor.connectivity.control_targets import LONGEST_ROUND
from fetcher.monitor.plan import SelfSettings
from tests.monitor.connectivity.checks import OWN, answered, failed, fault, released, seen, silent


@pytest.fixture
def gate() -> ControlGate[str]:
    """A new one."""
    return ControlGate(OWN)


def test_answers_pass_at_once(gate: ControlGate[str]) -> None:
    """Whatever was answered holds, and asks for no control."""
    assert released(gate.put(seen("a", 1.0), 1.0)) == ["a@1.0"]
    assert not gate.wants_controls(1.0)
    assert gate.waiting == 0


def test_a_failure_holds_once_a_control_has_answered(gate: ControlGate[str]) -> None:
    """The failure waits, a control is asked, and its answer lets the failure through."""
    assert gate.put(failed("a", 1.0), 1.0) == []
    assert gate.wants_controls(1.0)
    gate.control_round_started(1.0)
    assert not gate.wants_controls(1.2)
    assert released(gate.control_round_ended(answered(1.0, 1.3), 1.3)) == ["a@1.0"]
    assert gate.offline is None
    assert not gate.wants_controls(100.0)


def test_an_answer_while_a_check_ran_lets_it_through_at_once(gate: ControlGate[str]) -> None:
    """It needs no new round when one was answered in its second half."""
    gate.put(failed("a", 1.0), 1.0)
    gate.control_round_ended(answered(1.0, 1.3), 1.3)
    assert released(gate.put(failed("b", 2.0, took=1.9), 2.0)) == ["b@2.0"]
    assert gate.put(failed("c", 3.0, took=2.9), 3.0) == []


def test_other_targets_prove_nothing(gate: ControlGate[str]) -> None:
    """One that stands in the same room answers whether the world can be seen or not."""
    gate.put(failed("a", 1.0), 1.0)
    assert released(gate.put(seen("b", 2.0), 2.0)) == ["b@2.0"]
    assert gate.waiting == 1


def test_when_no_control_answers_nothing_can_be_said(gate: ControlGate[str]) -> None:
    """All that waits, and all that fails until a control answers, says nothing of its target."""
    gate.put(failed("a", 1.0), 1.0)
    gate.put(failed("b", 2.0), 2.0)
    gate.control_round_started(1.0)
    assert released(gate.control_round_ended(silent(1.0, 6.0), 6.0)) == ["-a@1.0", "-b@2.0"]
    assert gate.offline is not None
    assert (gate.offline.since, gate.offline.why) == (0.9, "nobody there")
    assert released(gate.put(failed("c", 7.0), 7.0)) == ["-c@7.0"]
    assert released(gate.put(seen("d", 7.0), 7.0)) == ["d@7.0"]


def test_controls_are_asked_until_they_answer(gate: ControlGate[str]) -> None:
    """Though nothing is held any longer; how else would it be known that we are online again?"""
    gate.put(failed("a", 1.0), 1.0)
    gate.control_round_started(1.0)
    gate.control_round_ended(silent(1.0, 1.5), 1.5)
    assert not gate.wants_controls(5.9)
    assert gate.wants_controls(6.0)
    gate.control_round_started(6.0)
    gate.control_round_ended(answered(6.0, 6.1), 6.1)
    assert gate.offline is None
    assert not gate.wants_controls(100.0)


def test_what_began_in_the_dark_does_not_count_in_the_light(gate: ControlGate[str]) -> None:
    """Nor does what failed soon after: a network comes back in pieces."""
    gate.put(failed("a", 1.0), 1.0)
    gate.control_round_ended(silent(1.0, 1.5), 1.5)
    gate.control_round_ended(answered(6.0, 6.1), 6.1)
    assert released(gate.put(failed("b", 12.0, took=9.0), 12.0)) == ["-b@12.0"]
    assert released(gate.put(failed("c", 21.0), 21.0)) == ["-c@21.0"]
    assert gate.put(failed("d", 21.3), 21.3) == []


def test_a_round_that_fails_while_nothing_waits_is_no_darkness(gate: ControlGate[str]) -> None:
    """The controls may be ill themselves; that alone is nobody's business."""
    assert gate.control_round_ended(silent(1.0, 6.0), 6.0) == []
    assert gate.offline is None


def test_what_could_not_go_out_waits_as_well(gate: ControlGate[str]) -> None:
    """A route that is missing for one target only says nothing of the others."""
    gate.put(fault("a", 1.0), 1.0)
    assert released(gate.control_round_ended(answered(1.0, 1.3), 1.3)) == ["a@1.0"]
    assert gate.offline is None


def test_nobody_waits_for_ever(gate: ControlGate[str]) -> None:
    """Whoever forgets to ask the controls, or gets no word of them, can say nothing."""
    gate.put(failed("a", 1.0), 1.0)
    assert gate.tick(15.9) == []
    assert released(gate.tick(16.0)) == ["-a@1.0"]
    assert gate.wants_controls(16.0)


def test_a_round_that_is_under_way_may_come_to_its_end(gate: ControlGate[str]) -> None:
    """Patience is over only when the controls have had their time."""
    gate.put(failed("a", 1.0), 1.0)
    gate.control_round_started(15.0)
    assert gate.tick(16.0) == []
    assert released(gate.control_round_ended(answered(15.0, 19.0), 19.0)) == ["a@1.0"]
    gate.put(failed("a", 20.0), 20.0)
    gate.control_round_started(34.0)
    assert gate.tick(34.0 + LONGEST_ROUND - 0.1) == []
    assert released(gate.tick(34.0 + LONGEST_ROUND)) == ["-a@20.0"]


def test_news_that_come_late_change_what_they_can(gate: ControlGate[str]) -> None:
    """An answer from before a failure lets nothing through; whoever is due is settled all the
    same, and all others with it."""
    for number, host in enumerate("abc"):
        for key in (host, host.upper()):
            gate.put(failed("h" if key == host else host, 5.0 + number, key=key), 5.0 + number)
    out = released(gate.control_round_ended(answered(1.0, 1.3), 20.5))
    assert sorted(out) == ["-A@5.0", "-B@6.0", "-C@7.0", "-a@5.0", "-b@6.0", "-c@7.0"]
    assert gate.offline is not None
    assert gate.waiting == 0


def test_a_long_pause_is_no_reason_to_be_blind() -> None:
    """However seldom controls may be asked, it is in time for who waits."""
    gate: ControlGate[str] = ControlGate(SelfSettings(patience=10.0, control_pause=3600.0))
    gate.put(failed("a", 1.0), 1.0)
    gate.control_round_started(1.0)
    gate.control_round_ended(answered(1.0, 1.1), 1.1)
    gate.put(failed("a", 1.3), 1.3)
    assert not gate.wants_controls(1.3)
    assert gate.wants_controls(6.0)
    assert gate.tick(6.0) == []


def test_each_targets_checks_keep_their_order(gate: ControlGate[str]) -> None:
    """What was well stands behind an earlier failure that waits; other targets do not."""
    gate.put(failed("h", 1.0, key="a"), 1.0)
    assert gate.put(seen("h", 2.0, key="a"), 2.0) == []
    assert released(gate.put(seen("h", 2.0, key="b"), 2.0)) == ["b@2.0"]
    assert released(gate.control_round_ended(answered(1.0, 3.0), 3.0)) == ["a@1.0", "a@2.0"]


def test_at_the_end_what_waits_comes_out_undecided(gate: ControlGate[str]) -> None:
    """Nothing is lost when the program ends; what is certain holds all the same."""
    gate.put(failed("a", 1.0), 1.0)
    gate.put(seen("a", 2.0), 2.0)
    gate.put(failed("b", 2.0), 2.0)
    assert sorted(released(gate.drain("we stop"))) == ["-a@1.0", "-b@2.0", "a@2.0"]
    assert gate.waiting == 0
    assert gate.tick(100.0) == []
