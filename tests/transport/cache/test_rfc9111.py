"""Ages and lifetimes by RFC 9111, section 4.2."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from fetcher.transport.cache.rfc9111 import (
    ExchangeTimes,
    birth,
    explicit_lifetime,
    http_date,
    lifetime,
)
from tests.transport.cache.caching import NOW, TODAY

MOMENTS = st.integers(0, 4_000_000_000)
SHORT = st.integers(0, 100_000)
SPAN = ExchangeTimes(NOW, NOW)


def written(seconds: float) -> str:
    """A date as servers write it."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@given(MOMENTS)
def test_a_date_that_is_written_is_read(seconds: int) -> None:
    """In the form that senders must use."""
    assert http_date(written(seconds)) == seconds


@pytest.mark.parametrize(
    "text",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_all_three_forms_of_a_date_are_read(text: str) -> None:
    """RFC 9110, section 5.6.7, with its own example."""
    assert http_date(text) == 784111777


@given(st.text(max_size=100))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    """A server may send anything."""
    assert isinstance(http_date(text), float | None)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ([], None),
        ([("Cache-Control", "max-age=60")], 60),
        ([("Cache-Control", "max-age=60"), ("Expires", written(NOW + 5))], 60),
        ([("Cache-Control", "s-maxage=60")], None),
        ([("Cache-Control", "max-age=60, max-age=90")], 0),
        ([("Cache-Control", "max-age=60"), ("Cache-Control", "max-age=60")], 60),
        ([("Cache-Control", "max-age=soon")], 0),
        ([("Cache-Control", "max-age=-1")], 0),
        ([("Cache-Control", "max-age")], 0),
        ([("Cache-Control", 'max-age="60"')], 60),
        ([("Cache-Control", "max-age=99999999999999999999")], 2**31),
        ([("Cache-Control", 'ext="max-age=60", no-cache')], None),
        ([("Date", TODAY), ("Expires", written(NOW + 90))], 90),
        ([("Expires", written(NOW + 90))], 90),
        ([("Date", written(NOW - 50)), ("Expires", written(NOW + 90))], 140),
        ([("Date", TODAY), ("Expires", written(NOW - 90))], 0),
        ([("Date", TODAY), ("Expires", "0")], 0),
        ([("Expires", written(NOW + 90)), ("Expires", written(NOW + 91))], 0),
    ],
)
def test_what_an_answer_says_of_its_lifetime(
    fields: list[tuple[str, str]], seconds: float | None
) -> None:
    """Section 4.2.1; where it contradicts itself, it counts as stale."""
    assert explicit_lifetime(CIMultiDict(fields), SPAN) == seconds


def test_no_lifetime_is_guessed_unless_asked_for() -> None:
    """Then it is a part of the time since the last change (section 4.2.2)."""
    fields = CIMultiDict([("Last-Modified", written(NOW - 1000)), ("Date", TODAY)])
    assert lifetime(fields, SPAN) == 0
    assert lifetime(fields, SPAN, heuristic=0.1) == 100
    assert lifetime(CIMultiDict(), SPAN, heuristic=0.1) == 0


@given(date=MOMENTS, age=SHORT, delay=SHORT, received=MOMENTS)
def test_the_age_is_the_more_pessimistic_of_two(
    date: int, age: int, delay: int, received: int
) -> None:
    """The formulas of section 4.2.3, whatever the clocks say."""
    fields = CIMultiDict([("Date", written(date)), ("Age", str(age))])
    born = birth(fields, ExchangeTimes(received - delay, received))
    assert received - born == max(received - date, age + delay)


@given(age=st.none() | st.integers(-5, 5) | st.text(max_size=4), delay=SHORT)
def test_an_answer_is_never_younger_than_its_way(age: object, delay: int) -> None:
    """Whatever Age and Date are, or are not."""
    fields = CIMultiDict([] if age is None else [("Age", str(age))])
    assert birth(fields, ExchangeTimes(NOW - delay, NOW)) <= NOW - delay


@given(skew=st.integers(1, 10**9), seconds=SHORT)
def test_a_clock_that_is_ahead_makes_nothing_younger(skew: int, seconds: int) -> None:
    """A Date in the future counts as now."""
    fields = CIMultiDict([("Date", written(NOW + skew)), ("Cache-Control", f"max-age={seconds}")])
    assert birth(fields, SPAN) == NOW
    assert lifetime(fields, SPAN) == seconds
