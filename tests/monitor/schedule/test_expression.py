"""What may be written as a cron expression, and what people are told otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.plan import Cron
from fetcher.monitor.schedule import next_slot, parse_cron


@pytest.mark.parametrize(
    "expression",
    ["*/5 * * * *", "0 9 * * mon-fri", "0 0 l * *", "0 0 * * 5L", "0 0 * * 1#2", "@Hourly",
     " 0  0 * * * ", "30 0 0 * * *", "0 0 31 * *", "0 0 29 2 *", "0 0 30 2 1"],
)  # fmt: skip
def test_good_expressions_are_taken(expression: str) -> None:
    """As they are written, or with their white space put right, they can be planned by."""
    read = parse_cron(expression, "Europe/Berlin")
    assert read == Cron(" ".join(expression.split()), "Europe/Berlin")
    written = Cron(expression, "Europe/Berlin")
    assert next_slot("any", read, 1.8e9) == next_slot("any", written, 1.8e9) < 2e9


@pytest.mark.parametrize(
    ("expression", "zone", "told"),
    [
        (
            "* * * *",
            "UTC",
            "has 4 fields; expected five (minute, hour, day of month, month, day of week)",
        ),
        ("", "UTC", "has 0 fields"),
        ("@reboot", "UTC", "has 1 fields"),
        ("60 * * * *", "UTC", "the minute '60' is not valid"),
        ("* 24 * * *", "UTC", "the hour '24' is not valid"),
        ("0 0 32 * *", "UTC", "the day of month '32' is not valid"),
        ("0 0 * 13 *", "UTC", "the month '13' is not valid"),
        ("0 0 * * mo", "UTC", "the day of week 'mo' is not valid"),
        ("*/0 * * * *", "UTC", "the minute '*/0' is not valid"),
        ("9-5 * * * *", "UTC", "the minute '9-5' is not valid"),
        ("60 0 0 * * *", "UTC", "the second '60' is not valid"),
        (f"{'9' * 5000} * * * *", "UTC", "the minute"),
        ("0 0 31 2 *", "UTC", "never matches: there is no such day"),
        ("0 0 31 4,6,9,11 *", "UTC", "never matches"),
        ("0 0 * * *", "Europe/Berln", "use a full name such as Europe/Berlin"),
        ("0 0 * * *", "", "unknown time zone ''"),
        ("0 0 * * *", "Europe", "unknown time zone 'Europe'"),
        ("0 0 * * *", "../etc", "unknown time zone"),
        ("0 0 * * *", "a\0b", "unknown time zone"),
    ],
)
def test_bad_ones_are_refused_in_plain_words(expression: str, zone: str, told: str) -> None:
    """What is wrong, where, and what to write instead."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - what it says is looked at
        parse_cron(expression, zone)
    assert told in str(refusal.value)


@given(st.lists(st.text("*/,-#L017?MONé²", max_size=6), min_size=4, max_size=7).map(" ".join))
def test_nothing_else_is_raised(expression: str) -> None:
    """Whatever is written, it is either refused, or comes some day."""
    try:
        read = parse_cron(expression)
    except ValueError:
        return
    assert next_slot("any", read, 1.8e9) < 1.8e9 + 50 * 366 * 86_400
