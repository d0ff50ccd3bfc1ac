"""How many checks this machine can do."""

from itertools import count

import pytest

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.plan import Interval, MonitorTarget
from fetcher.monitor.schedule import calibrate, capacity
from fetcher.monitor.schedule.feasibility import checks_a_second


def watched(url: str, seconds: float = 60.0) -> MonitorTarget:
    """A target that is checked every so many seconds."""
    return MonitorTarget(url, url, Interval(seconds), NOTHING_SPECIAL)


PLAIN, TLS = watched("http://a.example/"), watched("HTTPS://a.example/")


def test_tls_takes_several_times_as_much() -> None:
    """A list of both lies between, each target as often as it is checked."""
    plain, tls = checks_a_second([PLAIN], 1e-5), checks_a_second([TLS], 1e-5)
    assert 2 < plain / tls < 5
    assert tls < checks_a_second([PLAIN, TLS], 1e-5) < plain
    rarely = checks_a_second([PLAIN, watched("https://a.example/", 1e9)], 1e-5)
    assert rarely == pytest.approx(plain, rel=1e-3)


def test_a_machine_of_half_the_speed_can_do_half() -> None:
    """Nothing but the speed of a judgement is taken from the machine."""
    assert checks_a_second([TLS], 2e-5) == checks_a_second([TLS], 1e-5) / 2


def test_a_list_without_targets_fits() -> None:
    """There is nothing to divide by zero."""
    assert checks_a_second([], 1e-5) > 0


def test_the_best_of_many_tries_counts() -> None:
    """A process that is disturbed has not become slower."""
    ticks = count()
    disturbed = calibrate(lambda: next(ticks) * 0.01 + (5.0 if next(ticks) % 7 == 0 else 0), 1.0)
    assert 0 < disturbed < 1e-3


def test_this_machine_can_do_some() -> None:
    """Measured in earnest."""
    assert 10 < capacity([PLAIN]) < 1_000_000
