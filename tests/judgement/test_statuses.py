"""Accepted statuses: how they are written, and what they accept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.judgement.expectations import Statuses, accepts, parse_statuses, show_statuses

CODES = st.integers(100, 999)
RANGES = st.tuples(CODES, CODES).map(lambda pair: (min(pair), max(pair)))


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("200", ((200, 200),)),
        ("200..299,401", ((200, 299), (401, 401))),
        ("200-299", ((200, 299),)),
        (" 200 .. 204 , 3XX,", ((200, 204), (300, 399))),
        ("2xx,999", ((200, 299), (999, 999))),
    ],
)
def test_how_statuses_are_written(text: str, ranges: Statuses) -> None:
    """Single ones, ranges in two notations and classes, in any mixture."""
    assert parse_statuses(text) == ranges


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no status"),
        (" , ", "names no status"),
        ("20", "'20' is not a status; use for example 200..299,401"),
        ("2000", "'2000' is not a status"),
        ("200..", "'200..' is not a status"),
        ("0xx", "'0xx' is not a status"),
        ("ok", "'ok' is not a status"),
        ("٢٠٠", "is not a status"),
        ("299..200", "'299..200' ends before it begins"),
    ],
)
def test_what_is_no_status(text: str, message: str) -> None:
    """The message quotes the part that is wrong and shows a right one."""
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_statuses(text)


@given(st.lists(RANGES, min_size=1).map(tuple))
def test_what_is_shown_can_be_read_again(ranges: Statuses) -> None:
    """Showing and reading are inverse, so that messages quote what can be written."""
    assert parse_statuses(show_statuses(ranges)) == ranges


@given(st.lists(RANGES).map(tuple), CODES)
def test_a_status_is_accepted_when_a_range_holds_it(ranges: Statuses, code: int) -> None:
    """Both ends of a range belong to it."""
    assert accepts(ranges, code) == any(code in range(a, b + 1) for a, b in ranges)
