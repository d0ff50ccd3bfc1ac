"""How values read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.plan import Cron, Interval, Timing
from fetcher.statuspage.value_format import counted, lasting, moment, percent, stamp, timing, took
from tests.statuspage.making import NOW


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "less than 1 s"),
        (0.9, "less than 1 s"),
        (1, "1 s"),
        (60, "1 min"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (2 * 3600 + 5 * 60 + 7, "2 h 5 min"),
        (90 * 86400 + 3600, "90 d 1 h"),
        (86400 + 60, "1 d"),
    ],
)
def test_how_long(seconds: float, text: str) -> None:
    """The two largest units, and no smaller one after a gap."""
    assert lasting(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.9999999, "99.999 %"),
        (0.99952, "99.952 %"),
        (0.5, "50.00 %"),
        (0.0000001, "0.001 %"),
    ],
)
def test_shares(share: float | None, text: str) -> None:
    """What is rounded is rounded down."""
    assert percent(share) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_no_share_reads_as_all_or_none(share: float) -> None:
    """A second of trouble in a year does not read as 100 %, nor the reverse as 0 %."""
    shown = float(percent(share).removesuffix(" %"))
    assert 0 < shown < 100
    assert shown <= max(share * 100, 0.001) + 1e-9


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.0004, "0 ms"), (0.1236, "124 ms"), (2.3, "2,300 ms"), (31.25, "31.2 s")],
)
def test_how_long_an_answer_took(seconds: float | None, text: str) -> None:
    """Milliseconds, until they are too many."""
    assert took(seconds) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [(Interval(90.0), "every 90s"), (Cron("0 6 * * *", "Asia/Tokyo"), "0 6 * * * (Asia/Tokyo)")],
)
def test_when_a_target_is_checked(when: Timing, text: str) -> None:
    """As it is written in the configuration."""
    assert timing(when) == text


def test_times_and_numbers() -> None:
    """Times are in UTC; one thing is one thing."""
    assert (stamp(NOW), moment(NOW)) == ("2026-11-21T06:00:00Z", "2026-11-21 06:00")
    assert moment(1e13) == "9999-12-31 23:59"  # no calendar goes further
    assert (counted(1, "try", "tries"), counted(2000, "try", "tries")) == ("1 try", "2,000 tries")
