"""The slots of cron expressions, above all on the days when clocks change."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.monitor.plan import Cron
from fetcher.monitor.schedule import next_slot, parse_cron, slots_between, slots_of
from fetcher.monitor.schedule.cron import CronTimes
from tests.monitor.schedule.literal_cron import literal_slots

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
DAY = 86_400

CHANGES = {
    BERLIN: ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"],
    NEW_YORK: ["2026-03-08", "2026-11-01", "2027-03-14", "2027-11-07"],
    LORD_HOWE: ["2026-04-05", "2026-10-04", "2027-04-04", "2027-10-03"],
    "Asia/Kolkata": ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"],
}
"""Days on which the clocks of a zone change; in India none do."""


def at(zone: str, day: str) -> float:
    """A day's midnight."""
    return datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).timestamp()


def shown(expression: str, zone: str, day: str) -> str:
    """A day's slots, as a clock with its offset from UTC in hours shows them."""
    start = at(zone, day)
    end = start + DAY + 3600
    slots = [
        datetime.fromtimestamp(slot, ZoneInfo(zone))
        for slot in slots_between("any", Cron(expression, zone), start, end)
    ]
    return " ".join([_shown(slot) for slot in slots if slot.date().isoformat() == day])


def _shown(slot: datetime) -> str:
    offset = slot.utcoffset() or timedelta()
    return f"{slot:%H:%M}{offset / timedelta(hours=1):+g}"


@pytest.mark.parametrize(
    ("expression", "zone", "day", "expected"),
    [
        # From 2:00 to 3:00: times of the day come at 3:00, once; others are skipped.
        ("30 2 * * *", BERLIN, "2026-03-29", "03:00+2"),
        ("15,45 2 * * *", BERLIN, "2026-03-29", "03:00+2"),
        ("0 2,3 * * *", BERLIN, "2026-03-29", "03:00+2"),
        ("30 1,2,3 * * *", BERLIN, "2026-03-29", "01:30+1 03:00+2 03:30+2"),
        ("*/30 2 * * *", BERLIN, "2026-03-29", ""),
        ("*/30 1-3 * * *", BERLIN, "2026-03-29", "01:00+1 01:30+1 03:00+2 03:30+2"),
        ("30 */2 * * *", BERLIN, "2026-03-29", " ".join(
            ["00:30+1", *[f"{h:02}:30+2" for h in range(4, 24, 2)]])),
        ("30 2 * * *", NEW_YORK, "2026-03-08", "03:00-4"),
        ("30 2 * * *", NEW_YORK, "2027-03-14", "03:00-4"),
        ("30 2 * * *", BERLIN, "2027-03-28", "03:00+2"),
        # From 3:00 to 2:00: times of the day come the first time only; others both times.
        ("30 2 * * *", BERLIN, "2026-10-25", "02:30+2"),
        ("0 2,3 * * *", BERLIN, "2026-10-25", "02:00+2 03:00+1"),
        ("*/30 2 * * *", BERLIN, "2026-10-25", "02:00+2 02:30+2 02:00+1 02:30+1"),
        ("30 1 * * *", NEW_YORK, "2026-11-01", "01:30-4"),
        ("30 * 1 11 *", NEW_YORK, "2026-11-01", " ".join(
            ["00:30-4", "01:30-4", *[f"{h:02}:30-5" for h in range(1, 24)]])),
        ("30 1 * * *", NEW_YORK, "2027-11-07", "01:30-4"),
        # Half an hour, from 2:00 to 2:30.
        ("15 2 * * *", LORD_HOWE, "2026-10-04", "02:30+11"),
        ("30 2 * * *", LORD_HOWE, "2026-10-04", "02:30+11"),
        ("*/10 2 * * *", LORD_HOWE, "2026-10-04", "02:30+11 02:40+11 02:50+11"),
        ("*/20 3 * * *", LORD_HOWE, "2026-10-04", "03:00+11 03:20+11 03:40+11"),
        ("*/20 3 * * *", LORD_HOWE, "2027-10-03", "03:00+11 03:20+11 03:40+11"),
        # Half an hour, from 2:00 to 1:30.
        ("45 1 * * *", LORD_HOWE, "2026-04-05", "01:45+11"),
        ("*/15 1 * * *", LORD_HOWE, "2026-04-05",
         "01:00+11 01:15+11 01:30+11 01:45+11 01:30+10.5 01:45+10.5"),
        ("*/20 3 * * *", LORD_HOWE, "2026-04-05", "03:00+10.5 03:20+10.5 03:40+10.5"),
        # A clock that never changes.
        ("30 2 * * *", "Asia/Kolkata", "2026-03-29", "02:30+5.5"),
        ("@daily", BERLIN, "2026-03-29", "00:00+1"),
    ],
)  # fmt: skip
def test_slots_on_the_days_when_clocks_change(
    expression: str, zone: str, day: str, expected: str
) -> None:
    """Debian's rules, written out by hand."""
    assert shown(expression, zone, day) == expected


def test_an_hour_that_comes_twice_is_not_gone_back_to() -> None:
    """Asked in the second 2:10 of the day, 2:30 has been, though the clock will show it again."""
    second = at(BERLIN, "2026-10-25") + 3 * 3600 + 600
    assert next_slot("any", Cron("30 2 * * *", BERLIN), second) == at(BERLIN, "2026-10-26") + 9000


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Such as meet the hours in which clocks change."""
    minute = draw(st.sampled_from(["*", "*/7", "*/30", "0", "15", "0,30", "10-50/20", "59"]))
    hour = draw(st.sampled_from(["*", "*/2", "*/3", "0", "1", "2", "3", "1-3", "0-23/2", "2,14"]))
    day = draw(st.sampled_from(["*", "*", "*", "*/2", "1", "1-7", "25-31"]))
    month = draw(st.sampled_from(["*", "*", "3,10", "4-11"]))
    weekday = draw(st.sampled_from(["*", "*", "0", "7", "1-5", "6"]))
    return f"{minute} {hour} {day} {month} {weekday}"


@st.composite
def stretches(draw: st.DrawFn) -> tuple[str, float, float]:
    """A zone, and a stretch of up to three days about one of its changes."""
    zone = draw(st.sampled_from(list(CHANGES)))
    middle = at(zone, draw(st.sampled_from(CHANGES[zone])))
    start = middle + draw(st.integers(-DAY, DAY))
    return zone, start, start + draw(st.integers(0, 3 * DAY))


@given(expressions(), stretches())
def test_slots_are_those_of_a_literal_cron(
    expression: str, stretch: tuple[str, float, float]
) -> None:
    """Every minute of those days, looked at one by one, gives the same."""
    zone, start, end = stretch
    expected = literal_slots(expression, zone, start, end)
    assert list(slots_between("any", Cron(expression, zone), start, end)) == expected
    assert slots_of("any", Cron(expression, zone)).count(start, end) == len(expected)


@given(expressions(), stretches())
@settings(max_examples=50)
def test_the_last_slot_is_the_last(expression: str, stretch: tuple[str, float, float]) -> None:
    """Nothing lies between it and the time asked for."""
    zone, _, end = stretch
    times = CronTimes(Cron(expression, zone))
    last = times.last(end)
    assert last < end
    assert times.first(last) == last
    assert times.first(last + 1) >= end


@given(expressions(), st.sampled_from(list(CHANGES)), st.integers(3, 400))
@settings(max_examples=15)
def test_slots_of_years_are_counted_without_giving_each(
    expression: str, zone: str, days: int
) -> None:
    """Counting by days comes to the sum of counting in small pieces, one by one."""
    times = CronTimes(Cron(expression, zone))
    start = at(zone, "2026-03-01") + 4321
    edges = [start + DAY * 1.9 * n for n in range(int(days / 1.9))]
    pieces = sum(times.count(*edge) for edge in pairwise(edges))
    assert times.count(start, edges[-1]) == pieces


def test_a_clock_that_began_at_the_epoch_is_no_trouble() -> None:
    """Fifty-six years of minutes are counted at once."""
    times = CronTimes(Cron("* * * * *", BERLIN))
    assert times.count(0.0, 1_767_225_600.0) == 1_767_225_600 // 60


def test_rare_days_come() -> None:
    """The next 29 February that is a Sunday is years away."""
    rare = parse_cron("0 0 29 2 */7", "UTC")
    assert next_slot("any", rare, at("UTC", "2026-01-01")) == at("UTC", "2032-02-29")


def test_seconds_go_first() -> None:
    """Six fields: every fifteen seconds."""
    slots = list(slots_between("any", Cron("*/15 * * * * *"), 60.0, 120.0))
    assert slots == [60.0, 75.0, 90.0, 105.0]


def walk(times: CronTimes, start: float) -> Iterator[float]:
    """Slot after slot."""
    while True:
        start = times.first(start)
        yield start
        start += 1


def test_what_is_remembered_changes_no_answer() -> None:
    """Asking for the same again, or for what came before, gives the same."""
    times = CronTimes(Cron("*/5 * * * *", NEW_YORK))
    forth = [slot for slot, _ in zip(walk(times, 1e9), range(50), strict=False)]
    assert [times.first(slot - 10) for slot in reversed(forth)] == forth[::-1]
    assert times.last(forth[-1]) == forth[-2]
