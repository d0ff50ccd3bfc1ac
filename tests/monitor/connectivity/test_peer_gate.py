"""The gate without control targets: whether anyone else answers."""

import pytest

from fetcher.monitor.connectivity import PeerGate
from tests.monitor.connectivity.checks import OWN, answered, failed, fault, released, seen


@pytest.fixture
def gate() -> PeerGate[str]:
    """A new one, which has seen somebody."""
    gate: PeerGate[str] = PeerGate(OWN)
    gate.put(seen("z", 0.0), 0.0)
    return gate


def test_a_failure_holds_once_another_host_has_answered(gate: PeerGate[str]) -> None:
    """The next answer of anybody else will do."""
    assert gate.put(failed("a", 1.0), 1.0) == []
    assert released(gate.put(seen("b", 2.0), 2.0)) == ["a@1.0", "b@2.0"]


def test_an_answer_while_a_check_ran_lets_it_through_at_once(gate: PeerGate[str]) -> None:
    """Most failures take their time, and others answer meanwhile."""
    gate.put(seen("b", 2.0), 2.0)
    assert released(gate.put(failed("a", 3.0, took=2.5), 3.0)) == ["a@3.0"]


def test_an_answer_when_a_check_had_just_begun_is_none(gate: PeerGate[str]) -> None:
    """It may have been the last before the network was cut."""
    gate.put(seen("b", 2.0), 2.0)
    assert gate.put(failed("a", 10.0, took=9.0), 10.0) == []


def test_the_same_host_is_no_witness(gate: PeerGate[str]) -> None:
    """Neither before nor after; the one before it on another host still counts."""
    gate.put(failed("a", 3.0, key="a1"), 3.0)
    assert released(gate.put(seen("a", 4.0, key="a2"), 4.0)) == ["a2@4.0"]
    assert gate.put(failed("a", 4.5, took=1.5, key="a3"), 4.5) == []
    assert released(gate.put(failed("a", 5.0, took=12.0, key="a4"), 5.0)) == ["a4@5.0"]


def test_a_lonely_failure_holds_when_patience_is_over(gate: PeerGate[str]) -> None:
    """Who watches one host, or asks seldom, hears of it all the same."""
    gate.put(failed("a", 1.0), 1.0)
    gate.put(failed("b", 5.0), 5.0)
    gate.put(failed("c", 6.0), 6.0)
    assert gate.tick(15.9) == []
    assert released(gate.tick(16.0)) == ["a@1.0"]
    assert gate.offline is None


def test_when_many_fall_silent_nothing_can_be_said(gate: PeerGate[str]) -> None:
    """Three others that nobody answers for make it our fault; and so it stays until one answers."""
    for number, host in enumerate("abcd"):
        gate.put(failed(host, 1.0 + number), 1.0 + number)
    assert released(gate.tick(16.0)) == ["-a@1.0", "-b@2.0", "-c@3.0", "-d@4.0"]
    assert gate.offline is not None
    assert gate.offline.since == 0.9
    assert "4 hosts" in gate.offline.why
    assert released(gate.put(failed("e", 17.0), 17.0)) == ["-e@17.0"]
    assert released(gate.put(seen("f", 18.0), 18.0)) == ["f@18.0"]
    assert gate.offline is None
    assert released(gate.put(failed("g", 30.0, took=14.0), 30.0)) == ["-g@30.0"]


def test_a_dark_moment_shorter_than_patience_excuses_too(gate: PeerGate[str]) -> None:
    """The online comes back before anyone has waited long enough."""
    for number, host in enumerate("abcd"):
        gate.put(failed(host, 1.0 + number), 1.0 + number)
    assert released(gate.put(seen("f", 5.0), 5.0)) == [
        "-a@1.0",
        "-b@2.0",
        "-c@3.0",
        "-d@4.0",
        "f@5.0",
    ]
    assert gate.offline is None


def test_failures_in_a_row_are_chance_where_much_is_asked(gate: PeerGate[str]) -> None:
    """Between two answers half a second apart nobody was offline."""
    for host in "abcdef":
        gate.put(failed(host, 0.3), 0.3)
    assert released(gate.put(seen("y", 0.5), 0.5)) == [
        *[f"{host}@0.3" for host in "abcdef"],
        "y@0.5",
    ]


def test_those_that_are_down_for_good_do_not_excuse_each_other(gate: PeerGate[str]) -> None:
    """Four of five hosts go down: what is our fault at first is theirs in the next round."""
    hosts = "abcd"
    outcomes = []
    for round in range(1, 4):
        start = 60.0 * round
        for number, host in enumerate(hosts):
            outcomes += released(gate.put(failed(host, start + number), start + number))
        outcomes += released(gate.tick(start + 30.0))
        outcomes += released(gate.put(seen("z", start + 40.0), start + 40.0))
    bad = [outcome for outcome in outcomes if outcome[0] in "-abcd"]
    assert bad[:4] == ["-a@60.0", "-b@61.0", "-c@62.0", "-d@63.0"]
    assert len(bad[4:]) == 8
    assert not any(outcome.startswith("-") for outcome in bad[4:])


def test_a_fault_of_ours_without_a_witness_is_darkness(gate: PeerGate[str]) -> None:
    """One is enough: it says itself that it was here."""
    gate.put(fault("a", 1.0), 1.0)
    assert released(gate.tick(16.0)) == ["-a@1.0"]
    assert gate.offline is not None
    assert "no route" in gate.offline.why


def test_a_target_without_a_route_makes_no_darkness_twice(gate: PeerGate[str]) -> None:
    """What could not be reached before an answer, and cannot after it, is its own affair."""
    gate.put(fault("a", 1.0), 1.0)
    gate.tick(16.0)
    gate.put(seen("z", 30.0), 30.0)
    gate.put(fault("a", 61.0), 61.0)
    assert released(gate.tick(76.0)) == ["a@61.0"]
    assert gate.offline is None


def test_nobody_is_asked(gate: PeerGate[str]) -> None:
    """There are no controls, and news of them changes nothing."""
    gate.put(failed("a", 1.0), 1.0)
    assert not gate.wants_controls(2.0)
    gate.control_round_started(2.0)
    assert gate.control_round_ended(answered(2.0, 3.0), 3.0) == []
    assert gate.waiting == 1
