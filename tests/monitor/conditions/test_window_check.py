"""What is said of windows that cannot be."""

import math

import pytest

from fetcher.monitor.conditions import check_window
from fetcher.monitor.plan import MaintenanceWindow


@pytest.mark.parametrize(
    "window",
    [
        MaintenanceWindow("", cron="0 2 * * *", duration=60.0),
        MaintenanceWindow("", cron="@daily", zone="Europe/Berlin", duration=86400.0 * 3),
        MaintenanceWindow("", cron="0 22 * * 5L", zone="America/New_York", duration=0.5),
        MaintenanceWindow("", cron="* * * * *", duration=3600.0),
        MaintenanceWindow("", start=0.0, end=1.0),
    ],
)
def test_a_window_that_says_when_it_is_passes(window: MaintenanceWindow) -> None:
    """Also one that begins again before it has ended."""
    check_window(window)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (MaintenanceWindow("w"), "has no time"),
        (MaintenanceWindow("w", start=1.0), "has no time"),
        (MaintenanceWindow("w", end=1.0), "has no time"),
        (MaintenanceWindow("w", start=2.0, end=2.0), "ends before it starts"),
        (MaintenanceWindow("w", start=2.0, end=1.0), "ends before it starts"),
        (MaintenanceWindow("w", start=1.0, end=math.inf), "not a time"),
        (MaintenanceWindow("w", start=math.nan, end=1.0), "not a time"),
        (MaintenanceWindow("w", start=1.0, end=2.0, duration=1.0), "also a duration"),
        (MaintenanceWindow("w", cron="0 2 * * *", duration=1.0, start=1.0), "also start or end"),
        (MaintenanceWindow("w", cron="0 2 * * *", duration=1.0, end=1.0), "also start or end"),
        (MaintenanceWindow("w", cron="0 2 * * *"), "no duration"),
        (MaintenanceWindow("w", cron="0 2 * * *", duration=-1.0), "no duration"),
        (MaintenanceWindow("w", cron="0 2 * * *", duration=math.nan), "no duration"),
        (MaintenanceWindow("w", cron="0 2 * * *", duration=math.inf), "longer than a year"),
        (MaintenanceWindow("w", cron="0 2 * *", duration=1.0), r"0 2 \* \*"),
        (MaintenanceWindow("w", cron="0 25 * * *", duration=1.0), "25"),
        (MaintenanceWindow("w", cron="0 0 30 2 *", duration=1.0), "0 0 30 2"),
        (MaintenanceWindow("w", cron="0 0 2 * * *", duration=1.0), "has seconds"),
        (MaintenanceWindow("w", cron="0 2 * * *", zone="Europe/Berlim", duration=1.0), "Berlim"),
    ],
)
def test_what_cannot_be_is_said_in_plain_words(window: MaintenanceWindow, words: str) -> None:
    """A mistake names what is wrong, and does not wait for the first night."""
    with pytest.raises(ValueError, match=words) as caught:
        check_window(window)
    assert len(str(caught.value)) < 300
