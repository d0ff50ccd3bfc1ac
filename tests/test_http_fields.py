"""Header fields: names and values, dates, and how long a server asks us to wait."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.http_fields import decoded_value, parse_header, parse_retry_after, status_text

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "Sun, 01 Mar 2026 12:00:30 GMT",
        "Sunday, 01-Mar-26 12:00:30 GMT",
        "Sun Mar  1 12:00:30 2026",
        "Sun, 01 Mar 2026 12:00:30",
        "Sun, 01 Mar 2026 14:00:30 +0200",
        "  30  ",
    ],
)
def test_each_form_that_servers_use_is_read(value: str) -> None:
    """The three of RFC 9110, section 5.6.7, and two that are common; GMT where none is named."""
    assert parse_retry_after(value, NOW.timestamp()) == 30.0


@pytest.mark.parametrize(
    "value", ["", "-5", "1.5", "5s", "soon", "٣٠", "0x10", "1e3", "Foo, 99 Bar 2026 99:99:99 GMT"]
)
def test_what_is_not_valid_asks_for_nothing(value: str) -> None:
    """It is as if the header were not there."""
    assert parse_retry_after(value, NOW.timestamp()) is None


@given(st.text(), st.floats(0, 1e11))
def test_no_header_breaks_anything(value: str, now: float) -> None:
    """Any text is a number of seconds that is not negative, or nothing."""
    seconds = parse_retry_after(value, now)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@given(
    st.from_regex(
        r"\A[A-Za-z]{0,3},? ?[0-9]{1,9} [A-Z][a-z]{2} [0-9]{1,9} [0-9:]{0,12} [-+A-Z0-9]{0,9}\Z"
    )
)
def test_nothing_that_looks_like_a_date_breaks_anything(value: str) -> None:
    """Years, hours and zones out of all bounds."""
    seconds = parse_retry_after(value, NOW.timestamp())
    assert seconds is None or seconds >= 0


def test_a_header_is_a_name_and_a_value() -> None:
    """Space around both does not count, and an empty value is one."""
    assert parse_header(" X-Key : a: b ") == ("X-Key", "a: b")
    assert parse_header("X:") == ("X", "")


@pytest.mark.parametrize("text", ["", "X", ": x", "A b: c", "X(y): z", "ä: b", "A: x\ny", "A: x\0"])
def test_what_is_no_header_is_refused(text: str) -> None:
    """A name is a token, and a value has no line break (RFC 9110, section 5)."""
    with pytest.raises(ValueError, match=r"is not a header; use 'Name: value'|line break"):
        parse_header(text)


def test_a_value_keeps_its_characters() -> None:
    """Tabs, joiners and bidirectional marks are data; only bytes that are no text are replaced."""
    assert decoded_value("a\tb \u200f\u200c") == "a\tb \u200f\u200c"
    assert decoded_value("caf\udce9") == "caf\ufffd"


def test_a_status_is_named() -> None:
    """By its reason phrase, where it has one."""
    assert status_text(503) == "503 (Service Unavailable)"
    assert status_text(799) == "799"
