"""Durations, sizes and times: what people may write, and how they are put into words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher import units
from fetcher.units import format_duration, format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("30s", 30),
        (" 1.5 m ", 90),
        ("2H", 7200),
        ("1d", 86400),
        ("7", 7),
        (".25", 0.25),
        ("10us", 1e-5),
        ("0", 0),
    ],
)
def test_a_duration_is_read_as_seconds(text: str, seconds: float) -> None:
    """Units of any case, spaces around, and a bare number of seconds are understood."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "count"),
    [("512", 512), ("10MB", 10_000_000), ("1 mib", 1 << 20), ("1.5kB", 1500), ("2gib", 2 << 30)],
)
def test_a_size_is_read_as_bytes(text: str, count: int) -> None:
    """Decimal and binary units and a bare number of bytes are understood."""
    assert parse_size(text) == count


@pytest.mark.parametrize(
    "text", ["", "s", "-1s", "1e3", "1,5s", "5 parsecs", "nan", "inf", "1s 2s", "²s", "9" * 400]
)
@pytest.mark.parametrize("parse", [parse_duration, parse_size])
def test_anything_else_is_refused_with_an_example(parse: object, text: str) -> None:
    """What is no finite duration or size raises ValueError that says what to write."""
    assert callable(parse)
    with pytest.raises(ValueError, match="use for example"):
        parse(text)


@given(st.floats(min_value=0, max_value=1e12))
def test_a_shown_duration_reads_as_the_same(seconds: float) -> None:
    """What `format_duration` writes, `parse_duration` reads, to the nanosecond or 12 digits."""
    shown = format_duration(seconds)
    assert parse_duration(shown) == pytest.approx(seconds, rel=1e-12, abs=1e-6)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.25, "250ms"), (30, "30s"), (300, "5m"), (7200, "2h"), (90, "90s"), (1.5, "1.5s")],
)
def test_a_duration_is_shown_in_its_largest_whole_unit(seconds: float, shown: str) -> None:
    """Hours and minutes are used when they come out even."""
    assert format_duration(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (310, "310 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (4_200_000, "4.2 MB"),
        (310_000, "310 KB"),
        (999_999, "1.0 MB"),
        (5e12, "5000 GB"),
    ],
)
def test_a_size_is_shown_with_two_or_three_digits(count: float, shown: str) -> None:
    """Sizes are rounded to what people read at a glance, also at the edge of a unit."""
    assert format_size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0 ms"),
        (0.0004, "0.4 ms"),
        (0.34, "340 ms"),
        (0.9996, "1 s"),
        (2.4, "2.4 s"),
        (2.417, "2.417 s"),
        (31.25, "31.2 s"),
        (59.97, "1 min"),
        (75, "1 min 15 s"),
        (math.nan, "an unknown time"),
    ],
)
def test_a_measured_time_is_as_exact_as_a_person_needs(seconds: float, text: str) -> None:
    """Milliseconds, then seconds, then as for what lasts."""
    assert units.format_elapsed(seconds) == text


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
        (86_400 + 60, "1 d"),
        (math.inf, "an unknown time"),
        (-math.inf, "an unknown time"),
        (math.nan, "an unknown time"),
    ],
)
def test_what_lasts_is_shown_in_its_two_largest_units(seconds: float, text: str) -> None:
    """The smaller one only where it says something, and none after a gap."""
    assert units.format_span(seconds) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-1, "less than a day"),
        (0.9, "less than a day"),
        (1.9, "1 day"),
        (12.9, "12 days"),
        (math.inf, "an unknown number of days"),
        (math.nan, "an unknown number of days"),
    ],
)
def test_days_are_rounded_down(days: float, text: str) -> None:
    """What is left of a day is none."""
    assert units.format_days(days * units.DAY) == text


NOW = 1_800_000_000.0


def test_moments() -> None:
    """To the second or the minute; programs get the form of RFC 3339."""
    assert units.format_time(NOW) == "2027-01-15 08:00:00 UTC"
    assert units.format_minute(NOW) == "2027-01-15 08:00"
    assert units.format_date(NOW) == "2027-01-15"
    assert units.format_month_day(NOW) == "Jan 15"
    assert units.format_clock(NOW) == "08:00"
    assert units.rfc3339(NOW + 0.999) == "2027-01-15T08:00:00Z"
    assert units.rfc3339(None) is None


@pytest.mark.parametrize("moment", [math.inf, math.nan, 1e20, -1e20])
def test_moments_beyond_the_calendar(moment: float) -> None:
    """A wrong clock keeps no message back, and a certificate may say anything."""
    assert units.format_time(moment) == units.NO_DATE
    assert units.format_date(moment) == units.NO_DATE
    assert units.rfc3339(moment) is None


def test_times_are_read_with_or_without_a_zone() -> None:
    """What is no time is refused with an example."""
    assert units.parse_time(" 2027-01-15T09:00:00+01:00 ").timestamp() == NOW
    assert units.parse_time("2027-01-15 08:00").tzinfo is None
    with pytest.raises(ValueError, match="'soon' is not a date with a time, such as 2026"):
        units.parse_time("soon")
