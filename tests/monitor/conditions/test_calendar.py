"""When maintenance windows are on, by example: over clock changes too."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.monitor.conditions import MaintenanceCalendar
from fetcher.monitor.plan import MaintenanceWindow
from tests.monitor.conditions.making import DAY, HOUR, MINUTE, when

NIGHTLY = MaintenanceWindow("backup", cron="0 2 * * *", duration=HOUR)
ONCE = MaintenanceWindow(
    "move", start=when("2026-06-01T12:00:00Z"), end=when("2026-06-01T14:00:00Z")
)


@pytest.mark.parametrize(
    ("window", "begins", "ends"),
    [
        (ONCE, "2026-06-01T12:00:00Z", "2026-06-01T14:00:00Z"),
        (NIGHTLY, "2026-06-01T02:00:00Z", "2026-06-01T03:00:00Z"),
        # clocks are set forward within: two real hours, until 4:30 by the clock
        (
            MaintenanceWindow("", "30 1 * * *", "Europe/Berlin", 2 * HOUR),
            "2026-03-29T01:30:00+01:00",
            "2026-03-29T04:30:00+02:00",
        ),
        # 2:30 does not come on that day: it begins when the clock is set forward
        (
            MaintenanceWindow("", "30 2 * * *", "Europe/Berlin", HOUR),
            "2026-03-29T03:00:00+02:00",
            "2026-03-29T04:00:00+02:00",
        ),
        # clocks are set back within: until 2:30 by the clock
        (
            MaintenanceWindow("", "30 1 * * *", "Europe/Berlin", 2 * HOUR),
            "2026-10-25T01:30:00+02:00",
            "2026-10-25T02:30:00+01:00",
        ),
        # 2:30 comes twice on that day: only the first begins it
        (
            MaintenanceWindow("", "30 2 * * *", "Europe/Berlin", 30 * MINUTE),
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T03:00:00+02:00",
        ),
        # half an hour is skipped on Lord Howe Island
        (
            MaintenanceWindow("", "15 2 * * *", "Australia/Lord_Howe", HOUR),
            "2026-10-04T02:30:00+11:00",
            "2026-10-04T03:30:00+11:00",
        ),
        # the last Friday of a month, over midnight and the end of the month
        (
            MaintenanceWindow("", "0 22 * * 5L", "America/New_York", 26 * HOUR),
            "2026-07-31T22:00:00-04:00",
            "2026-08-02T00:00:00-04:00",
        ),
        # every ten minutes for a quarter of an hour: it goes on from the first to the last
        (
            MaintenanceWindow("", "*/10 6 1 * *", "UTC", 15 * MINUTE),
            "2026-06-01T06:00:00Z",
            "2026-06-01T07:05:00Z",
        ),
        # longer than the night between: Monday to Saturday
        (
            MaintenanceWindow("", "0 8 * * 1-5", "UTC", DAY),
            "2026-06-01T08:00:00Z",
            "2026-06-06T08:00:00Z",
        ),
        # once in four years
        (
            MaintenanceWindow("", "0 0 29 2 *", "UTC", 2 * DAY),
            "2028-02-29T00:00:00Z",
            "2028-03-02T00:00:00Z",
        ),
    ],
)
def test_a_window_is_on_from_beginning_to_end(
    window: MaintenanceWindow, begins: str, ends: str
) -> None:
    """The beginning belongs to it, the end does not; asked in any order and in one."""
    start, end = when(begins), when(ends)
    for middle in (MaintenanceCalendar(), calendar_that_was_asked(window, end + DAY)):
        assert middle.window_at([window], start - 0.001) is None
        assert middle.window_at([window], start) is window
        assert middle.window_at([window], end - 0.001) is window
        assert middle.window_at([window], end) is None
    whole = ((start, end),)
    assert MaintenanceCalendar().announced([window], start - MINUTE, end + MINUTE) == whole
    assert MaintenanceCalendar().announced([window], start, end) == whole
    within = (start + 1, start + 2)
    assert MaintenanceCalendar().announced([window], *within) == (within,)
    assert MaintenanceCalendar().next_windows([window], start - MINUTE) == ((start, window),)


def calendar_that_was_asked(window: MaintenanceWindow, at: float) -> MaintenanceCalendar:
    """Make a calendar that knows of another time already."""
    calendar = MaintenanceCalendar()
    calendar.window_at([window], at)
    return calendar


def test_the_first_window_that_is_on_is_named() -> None:
    """In the order in which the target has them."""
    longer = MaintenanceWindow("night", cron="0 1 * * *", duration=4 * HOUR)
    calendar, at = MaintenanceCalendar(), when("2026-06-01T02:30:00Z")
    assert calendar.window_at([NIGHTLY, longer], at) is NIGHTLY
    assert calendar.window_at([longer, NIGHTLY], at) is longer
    assert calendar.window_at([NIGHTLY, longer], at + HOUR) is longer
    assert calendar.window_at([], at) is None


def test_windows_that_overlap_or_touch_make_one_stretch() -> None:
    """What lies apart stays apart."""
    begins = when("2026-06-01T00:00:00Z")
    windows = [
        MaintenanceWindow("c", start=begins + 5 * HOUR, end=begins + 6 * HOUR),
        NIGHTLY,
        MaintenanceWindow("a", start=begins + HOUR, end=begins + 2 * HOUR),
        MaintenanceWindow("b", start=begins + 2.5 * HOUR, end=begins + 2.6 * HOUR),
    ]
    found = MaintenanceCalendar().announced(windows, begins, begins + 20 * HOUR)
    assert found == (
        (begins + HOUR, begins + 3 * HOUR),
        (begins + 5 * HOUR, begins + 6 * HOUR),
    )
    assert MaintenanceCalendar().announced(windows, begins, begins) == ()
    assert MaintenanceCalendar().announced([], begins, begins + HOUR) == ()


def test_the_next_windows_are_given_soonest_first() -> None:
    """Those that are over are left out; one that is on comes again."""
    at = when("2026-06-01T02:30:00Z")
    soon = MaintenanceWindow("soon", start=at + 1, end=at + 2)
    past = MaintenanceWindow("past", start=at - 2, end=at - 1)
    assert MaintenanceCalendar().next_windows([NIGHTLY, past, soon], at) == (
        (at + 1, soon),
        (at + 23.5 * HOUR, NIGHTLY),
    )


def test_a_window_that_never_ends_is_on_for_ever() -> None:
    """It begins again each minute, for two, and has no next beginning."""
    always, at = MaintenanceWindow("always", cron="* * * * *", duration=2 * MINUTE), 1.8e9
    calendar = MaintenanceCalendar()
    assert calendar.next_windows([always], at) == ()
    for later in (at, at + 1e5, at + 1e9, at - 1e9):
        assert calendar.window_at([always], later) is always
        stretch = (later, later + DAY)
        assert calendar.announced([always], *stretch) == (stretch,)


def test_of_a_gap_of_years_only_the_end_is_looked_at() -> None:
    """A clock that stood in 1970 does not have fifty years of nights worked out."""
    night = when("2026-06-01T02:00:00Z")
    found = MaintenanceCalendar().announced([NIGHTLY], 0.0, night + HOUR)
    assert found[0] == (night - 399 * DAY, night - 399 * DAY + HOUR)
    assert found[-1] == (night, night + HOUR)
    assert len(found) == 400


def test_a_long_stretch_is_not_taken_for_the_next_one() -> None:
    """On from Monday to Saturday, it next begins on the Monday after."""
    window = MaintenanceWindow("", "0 8 * * 1-5", "UTC", DAY)
    tuesday = when("2026-06-02T09:00:00Z")
    assert MaintenanceCalendar().next_windows([window], tuesday) == (
        (when("2026-06-08T08:00:00Z"), window),
    )


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    """Ten years of an hourly window, asked as a monitor asks, are answered right throughout."""
    window = MaintenanceWindow("", "0 * * * *", "UTC", MINUTE)
    calendar, begin = MaintenanceCalendar(), when("2026-01-01T00:00:00Z")
    for day in range(3650):
        at = begin + day * DAY
        assert calendar.announced([window], at - 30, at + 90) == ((at, at + MINUTE),)
        assert not calendar.window_at([window], at + 90)
    year_ago = at - 399 * DAY
    assert len(calendar.announced([window], year_ago, at)) == 399 * 24
    (known,) = calendar._known.values()
    assert len(known._starts) < 1000 * 24  # type: ignore[attr-defined]


times = st.lists(
    st.floats(when("2025-11-01T00:00:00Z"), when("2027-03-01T00:00:00Z")), min_size=1, max_size=8
)


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    hour=st.integers(4, 23),
    minute=st.integers(0, 59),
    duration=st.sampled_from([60.0, HOUR, 7.5 * HOUR, 2 * DAY]),
    times=times,
)
def test_any_time_is_answered_as_by_someone_with_a_calendar_on_the_wall(
    zone: str, hour: int, minute: int, duration: float, times: list[float]
) -> None:
    """Whatever was asked before, and in whatever order."""
    window = MaintenanceWindow("", f"{minute} {hour} * * *", zone, duration)
    calendar = MaintenanceCalendar()
    for at in times:
        today = datetime.fromtimestamp(at, ZoneInfo(zone)).date()
        begins = [on_day(today - timedelta(days), hour, minute, zone) for days in (0, 1, 2, 3)]
        expected = any(begin <= at < begin + duration for begin in begins)
        assert (calendar.window_at([window], at) is window) == expected


def on_day(day: date, hour: int, minute: int, zone: str) -> float:
    """When a clock on the wall shows this time; no clock is changed then."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).timestamp()


@settings(max_examples=40)
@given(
    cron=st.sampled_from(
        ["30 2 * * *", "*/7 1-3 * * *", "0 0 1 * *", "0 8 * * 1-5", "*/30 * * * *", "59 2 * * 0"]
    ),
    duration=st.sampled_from([60.0, 600.0, 3 * HOUR, DAY, 9 * DAY]),
    times=times,
    length=st.sampled_from([60.0, 5000.0, 3 * DAY]),
)
def test_stretches_and_times_agree(
    cron: str, duration: float, times: list[float], length: float
) -> None:
    """On is what lies within a stretch, also for a calendar that has been asked much else."""
    window, calendar = MaintenanceWindow("", cron, "Europe/Berlin", duration), MaintenanceCalendar()
    for start in times:
        stretches = calendar.announced([window], start, start + length)
        assert stretches == MaintenanceCalendar().announced([window], start, start + length)
        for part in range(21):
            at = start + length * part / 21
            within = any(first <= at < last for first, last in stretches)
            assert (calendar.window_at([window], at) is window) == within
        for coming, _ in calendar.next_windows([window], start):
            assert coming > start
            assert calendar.window_at([window], coming - 0.001) is None
            assert calendar.window_at([window], coming) is window
