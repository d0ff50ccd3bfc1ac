"""A distribution is told exactly by class, and to within one percent by share."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.reports.report_stats import BOUNDS, Latencies

DURATIONS = st.lists(st.floats(0.05, 1_000_000), min_size=1)


def of(durations: list[float]) -> Latencies:
    """Count durations."""
    latencies = Latencies()
    for ms in durations:
        latencies.add(ms)
    return latencies


@given(DURATIONS)
def test_each_duration_is_in_one_class(durations: list[float]) -> None:
    """A class holds what is above the bound before its own, and not above that."""
    found = of(durations).classes
    bounds = [-math.inf, *BOUNDS, math.inf]
    expected = [sum(low < ms <= high for ms in durations) for low, high in pairwise(bounds)]
    assert found == expected


@given(DURATIONS, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_that_of_the_sorted_list(durations: list[float], share: float) -> None:
    """The nearest rank's own duration comes out, or up to a percent more, never above all."""
    exact = sorted(durations)[max(1, math.ceil(share * len(durations))) - 1]
    found = of(durations).quantile(share)
    assert exact * 0.999999 <= found <= min(exact * 1.0101, max(durations))


def test_one_duration_is_told_exactly() -> None:
    """What half of one took is what it took."""
    assert of([52.1]).quantile(0.5) == 52.1


@pytest.mark.parametrize("ms", [0.0, 0.001])
def test_nothing_is_too_short(ms: float) -> None:
    """No time at all is counted in the first class."""
    assert of([ms]).classes[0] == 1
    assert of([ms]).quantile(0.5) == ms


def test_none_at_all() -> None:
    """Where nothing answered, a quantile is 0."""
    assert Latencies().quantile(0.5) == 0


def test_many_durations_need_no_more_room() -> None:
    """What is kept does not grow with how many there are."""
    assert len(of([0.1 + number % 977 for number in range(20_000)])._steps) < 1_000
