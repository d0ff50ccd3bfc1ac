"""Moments and durations, as people read them."""

import math

import pytest

from fetcher import units
from tests.monitor.incidents.making import NOW


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (44.6, "45 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (3599.9, "1 h"),
        (7260, "2 h 1 min"),
        (7259, "2 h"),
        (86_400 * 2 + 3600 * 4 + 59, "2 d 4 h"),
    ],
)
def test_lasting(seconds: float, text: str) -> None:
    """The two largest units, the smaller one only where it says something."""
    assert units.lasting(seconds) == text


def test_moments() -> None:
    """To the second; programs get the form of RFC 3339."""
    assert units.shown(NOW) == "2027-01-15 08:00:00 UTC"
    assert units.stamp(NOW) == "2027-01-15T08:00:00Z"
    assert units.stamp(None) is None


@pytest.mark.parametrize("moment", [math.inf, math.nan, 1e20, -1e20])
def test_moments_beyond_the_calendar(moment: float) -> None:
    """A wrong clock keeps no message back."""
    assert units.shown(moment) == units.NO_DATE
    assert units.stamp(moment) is None


@pytest.mark.parametrize("seconds", [math.inf, -math.inf, math.nan])
def test_durations_without_end(seconds: float) -> None:
    """Nor does one that follows from it."""
    assert units.lasting(seconds) == "an unknown time"
