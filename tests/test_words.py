"""Numbers and dates in plain words."""

import math

import pytest

from fetcher import units


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 ms"), (0.34, "340 ms"), (1, "1 s"), (2.4, "2.4 s"), (2.417, "2.417 s"), (75, "75 s")],
)
def test_seconds(number: float, text: str) -> None:
    """As exact as a person needs it."""
    assert units.seconds(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.9, "less than a day"),
        (1.9, "1 day"),
        (12.9, "12 days"),
        (math.inf, "an unknown number of days"),
        (math.nan, "an unknown number of days"),
    ],
)
def test_days(number: float, text: str) -> None:
    """Rounded down: what is left of a day is none."""
    assert units.days(number) == text


@pytest.mark.parametrize("moment", [math.inf, math.nan, 1e20, -1e20])
def test_dates_beyond_the_calendar(moment: float) -> None:
    """A certificate may say anything."""
    assert units.date(moment) == "a date that no calendar has"


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(number: int, text: str) -> None:
    """As they are written in English."""
    assert units.ordinal(number) == text


def test_one_line() -> None:
    """What could break a line or a terminal is a space."""
    assert units.one_line("a\n\x1b[31mb\u202ec") == "a [31mb c"
    assert units.one_line("a  b") == "a  b"
