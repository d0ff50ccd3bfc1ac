"""How values read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.plan import Cron, Interval, Timing
from fetcher.statuspage.value_format import counted, percent, timing, took


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
    [(None, "–"), (0.1236, "124 ms"), (2.3, "2.3 s")],
)
def test_how_long_an_answer_took(seconds: float | None, text: str) -> None:
    """As everywhere; a dash where nothing answered."""
    assert took(seconds) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [(Interval(90.0), "every 90s"), (Cron("0 6 * * *", "Asia/Tokyo"), "0 6 * * * (Asia/Tokyo)")],
)
def test_when_a_target_is_checked(when: Timing, text: str) -> None:
    """As it is written in the configuration."""
    assert timing(when) == text


def test_numbers_of_things() -> None:
    """One thing is one thing."""
    assert (counted(1, "try", "tries"), counted(2000, "try", "tries")) == ("1 try", "2,000 tries")
