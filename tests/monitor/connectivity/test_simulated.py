"""Cuts of our own network, simulated: nobody is blamed for them, and who is down is found all the
same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.monitor.connectivity import ControlGate, Gate, PeerGate
from fetcher.monitor.plan import SelfSettings
from tests.monitor.connectivity.simulated import CONTROL_TIMEOUT, TIMEOUT, Item, Simulation

OWN = SelfSettings()
BEGIN = 300.0
EVERY = 10.0


def make_gate(controls: bool) -> Gate[Item]:
    """A new gate of either kind."""
    return ControlGate(OWN) if controls else PeerGate(OWN)


@settings(max_examples=30)
@given(
    hosts=st.integers(1, 60),
    every=st.sampled_from([10.0, 60.0, 300.0]),
    longer=st.floats(0.0, 1000.0),
    offset=st.floats(0.0, 60.0),
)
def test_with_controls_nobody_is_blamed(
    hosts: int, every: float, longer: float, offset: float
) -> None:
    """Whatever the number of hosts, no failure holds of a cut that can be noticed while it lasts.

    That takes until the next check, until that has failed, and until a control has failed too.
    """
    begin = BEGIN + offset
    cut = (begin, begin + every / hosts + TIMEOUT + CONTROL_TIMEOUT + longer)
    simulation = Simulation(ControlGate(OWN), hosts, every, (cut,))
    simulation.run(cut[1] + 3 * every)
    assert simulation.believed == []
    assert simulation.fine
    assert simulation.offline <= 1


@settings(max_examples=40)
@given(hosts=st.integers(5, 60), longer=st.floats(0.0, 1000.0), offset=st.floats(0.0, 60.0))
def test_without_controls_nobody_is_blamed(hosts: int, longer: float, offset: float) -> None:
    """That is so too where enough hosts are asked, and fail, while the cut lasts."""
    begin = BEGIN + offset
    cut = (begin, begin + EVERY + TIMEOUT + longer)
    simulation = Simulation(PeerGate(OWN), hosts, EVERY, (cut,))
    simulation.run(cut[1] + 60.0)
    assert simulation.believed == []
    assert simulation.fine
    assert simulation.offline <= 1


@pytest.mark.parametrize("controls", [True, False])
def test_five_minutes_of_darkness_are_one(controls: bool) -> None:
    """A thousand targets a minute: all that failed in it says nothing, and it is offline once."""
    gate = make_gate(controls)
    simulation = Simulation(gate, 1000, 60.0, ((BEGIN, BEGIN + 300.0),))
    simulation.run(BEGIN + 600.0)
    assert simulation.believed == []
    assert simulation.offline == 1
    assert len(simulation.undecided) > 4 * 1000
    assert min(began for _, began in simulation.undecided) > BEGIN - 10.0
    assert max(began for _, began in simulation.undecided) < BEGIN + 300.0


@pytest.mark.parametrize("controls", [True, False])
@pytest.mark.parametrize("share", [1, 15, 19])
def test_who_is_down_is_found(controls: bool, share: int) -> None:
    """Be it one of twenty hosts, or all but one: each failure holds, from the fourth round on."""
    gate = make_gate(controls)
    down = {f"h{number}": BEGIN for number in range(share)}
    simulation = Simulation(gate, 20, 60.0, (), down)
    simulation.run(BEGIN + 600.0)
    late = [began for _, began in simulation.undecided if began > BEGIN + 4 * 60.0]
    assert late == []
    assert {host for host, _ in simulation.believed} == set(down)
    if controls:
        assert simulation.undecided == []


def test_who_is_down_is_found_after_a_cut() -> None:
    """A host that goes down while offline is blamed once online, and no other."""
    down = {"h3": BEGIN + 30.0}
    simulation = Simulation(ControlGate(OWN), 20, 60.0, ((BEGIN, BEGIN + 120.0),), down)
    simulation.run(BEGIN + 400.0)
    assert {host for host, _ in simulation.believed} == {"h3"}
