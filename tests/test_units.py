"""Durations and sizes: what people may write, and that what is shown can be written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    with pytest.raises(ValueError, match="write for example"):
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
