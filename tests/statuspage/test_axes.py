"""Round numbers for axes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.statuspage.latency_chart import ceiling, ticks
from tests.statuspage.making import DAY, NOW


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (0.39, 0.4), (0.4, 0.4), (0.41, 0.8), (7, 8), (9, 10), (31, 40)]
)
def test_ceilings(highest: float, top: float) -> None:
    """Four parts of 1, 2, 2.5 or 5, and as few as hold it."""
    assert ceiling(highest) == pytest.approx(top)


@given(st.floats(1e-6, 1e6))
def test_a_ceiling_holds_and_does_not_waste(highest: float) -> None:
    """Nothing is higher, and it is never more than twice and a bit of what is needed."""
    assert highest <= ceiling(highest) * (1 + 1e-6)
    assert ceiling(highest) <= 2.5 * highest


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (DAY, ["12:00", "18:00", "00:00"]),
        (7 * DAY, ["Nov 15", "Nov 17", "Nov 19", "Nov 21"]),
    ],
)
def test_labels_of_times(span: float, labels: list[str]) -> None:
    """Full hours or days, in UTC."""
    assert [label for _, label in ticks(NOW - span, NOW)][: len(labels)] == labels


@given(st.floats(3600, 100 * DAY), st.floats(0, 1e9))
def test_ticks_are_few_and_within(span: float, since: float) -> None:
    """There are never more than fit, and all lie inside."""
    found = [at for at, _ in ticks(since, since + span)]
    assert len(found) <= 6
    assert all(since < at < since + span for at in found)
