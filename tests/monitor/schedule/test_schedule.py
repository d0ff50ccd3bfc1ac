"""The schedule's rules, each in one example; `test_schedule_rules.py` has them all at once."""

import tracemalloc

from fetcher.monitor.commit import Missed, MissedReason
from fetcher.monitor.plan import Cron, Interval, Timing
from fetcher.monitor.schedule import Due, Schedule, phase

MINUTE = Interval(60.0)
EVERY_FIVE = Cron("*/5 * * * *")
DAILY = Cron("0 3 * * *")
NOW = 1_800_000_000.0
"""2027-01-15, 08:00 UTC."""
AT = NOW + phase("a", 60.0)
"""The first slot of target `a` when it is checked every minute; NOW is a whole minute."""
TOMORROW = NOW + 19 * 3600
"""When DAILY comes."""


def scheduled(**timings: Timing) -> Schedule:
    """A schedule of these targets; its monotonic clock begins at 0."""
    schedule = Schedule(NOW, 0.0)
    schedule.replace(timings.items(), NOW)
    return schedule


def ask(schedule: Schedule, now: float, set_by: float = 0.0) -> list[Due]:
    """Ask at a time; set_by: how much of that the clock was set."""
    return schedule.due(now, now - NOW - set_by)


def test_a_target_is_due_at_its_slot_and_not_before() -> None:
    """The next slot comes one interval later."""
    schedule = scheduled(a=MINUTE)
    assert schedule.next_due() == schedule.next_of("a") == AT
    assert ask(schedule, AT - 0.001) == []
    assert ask(schedule, AT) == [Due("a", AT)]
    assert ask(schedule, AT) == []
    schedule.finished("a")
    assert schedule.next_of("a") == AT + 60
    assert ask(schedule, AT + 60) == [Due("a", AT + 60)]
    assert schedule.take_missed() == []


def test_checks_come_in_the_order_of_their_slots() -> None:
    """Also when several are asked for at once; what is left comes first the next time."""
    schedule = scheduled(a=MINUTE, b=MINUTE, c=EVERY_FIVE, d=MINUTE)
    found = schedule.due(NOW + 60, 60.0, most=3) + schedule.due(NOW + 60, 60.0, most=3)
    assert [due.at for due in found] == sorted(due.at for due in found)
    assert {due.key for due in found} == set("abcd")


def test_a_check_that_still_runs_is_not_doubled() -> None:
    """The slots that come meanwhile are counted."""
    schedule = scheduled(a=MINUTE)
    ask(schedule, AT)
    assert ask(schedule, AT + 60) == ask(schedule, AT + 185) == []
    assert schedule.running == 1
    assert schedule.take_missed() == [Missed("a", AT + 180, 3, MissedReason.RUNNING)]
    schedule.finished("a")
    assert schedule.running == 0
    assert ask(schedule, AT + 240) == [Due("a", AT + 240)]
    assert schedule.take_missed() == []


def test_a_process_that_was_late_asks_once() -> None:
    """For the earliest slot, so that all can see how late it is; the others are missed."""
    schedule = scheduled(a=MINUTE)
    assert ask(schedule, AT + 150) == [Due("a", AT)]
    assert schedule.take_missed() == [Missed("a", AT + 120, 2, MissedReason.LATE)]
    assert schedule.next_of("a") == AT + 180


def test_a_reload_changes_nothing_for_those_that_stay() -> None:
    """Not their slot, not that they run; others come and go."""
    schedule = scheduled(a=MINUTE, b=MINUTE)
    ask(schedule, NOW + 60)
    schedule.replace([("a", MINUTE), ("c", EVERY_FIVE)], NOW + 61)
    assert schedule.next_of("a") == AT + 60
    assert schedule.next_of("b") is None
    assert schedule.next_of("c") == NOW + 300
    assert schedule.running == 2
    schedule.finished("b")
    assert ask(schedule, AT + 60) == []
    assert schedule.take_missed() == [Missed("a", AT + 60, 1, MissedReason.RUNNING)]


def test_a_target_that_comes_back_while_it_runs_is_not_doubled() -> None:
    """Its old check is still under way."""
    schedule = scheduled(a=MINUTE)
    ask(schedule, AT)
    schedule.replace([], AT + 1)
    assert schedule.next_due() is None
    schedule.replace([("a", MINUTE)], AT + 2)
    assert ask(schedule, AT + 60) == []
    schedule.finished("a")
    assert ask(schedule, AT + 120) == [Due("a", AT + 120)]


def test_another_timing_is_planned_anew() -> None:
    """From its first slot on; what was overdue by the old one is counted."""
    schedule = scheduled(a=MINUTE)
    schedule.replace([("a", EVERY_FIVE)], AT + 60)
    assert schedule.take_missed() == [Missed("a", AT + 60, 2, MissedReason.LATE)]
    assert schedule.next_of("a") == NOW + 300


def test_after_a_restart_slots_are_the_same() -> None:
    """What would have been due meanwhile is counted, but not for targets that are new."""
    schedule = Schedule(AT + 150, 0.0)
    schedule.replace([("a", MINUTE), ("b", EVERY_FIVE), ("c", MINUTE)], AT + 150, {"a": AT + 0.2,
        "b": NOW - 3000})  # fmt: skip
    assert schedule.next_of("a") == AT + 180
    assert schedule.take_missed() == [
        Missed("a", AT + 120, 2, MissedReason.STOPPED),
        Missed("b", NOW, 10, MissedReason.STOPPED),
    ]


def test_an_interval_goes_on_after_the_clock_was_set_forward() -> None:
    """Or all targets would be due at once; the slots that were jumped over are counted."""
    schedule = scheduled(a=MINUTE)
    assert ask(schedule, AT - 10) == []
    assert ask(schedule, AT + 3600 - 5, set_by=3600) == []
    assert schedule.take_missed() == [Missed("a", AT + 3540, 60, MissedReason.CLOCK)]
    assert schedule.next_of("a") == AT + 3600


def test_what_was_due_before_the_clock_was_set_is_due_still() -> None:
    """Once, whatever the clock says now."""
    schedule = scheduled(a=MINUTE)
    assert ask(schedule, AT + 3600 + 5, set_by=3600) == [Due("a", AT + 3600)]
    assert schedule.take_missed() == [Missed("a", AT + 3540, 60, MissedReason.CLOCK)]


def test_a_time_of_the_day_is_made_up_for() -> None:
    """A clock that is set over it, or a night of sleep, leaves no day without its check."""
    schedule = scheduled(a=DAILY, b=EVERY_FIVE)
    ask(schedule, NOW)
    schedule.finished("b")
    slept = TOMORROW + 5 * 3600 - NOW
    assert ask(schedule, NOW + slept, set_by=slept) == [Due("a", TOMORROW)]
    assert schedule.take_missed() == [Missed("b", NOW + slept, slept // 300, MissedReason.CLOCK)]


def test_nobody_waits_for_a_clock_that_was_set_back() -> None:
    """Slots that have been come again, one interval from now at the latest."""
    schedule = scheduled(a=MINUTE)
    ask(schedule, AT)
    schedule.finished("a")
    back = AT + 1 - 7200
    assert ask(schedule, back, set_by=-7200) == []
    assert schedule.next_of("a") == AT + 60 - 7200
    assert schedule.take_missed() == []


def test_a_clock_set_back_a_little_repeats_nothing() -> None:
    """The next slot is still less than an interval away."""
    schedule = scheduled(a=MINUTE)
    ask(schedule, AT)
    schedule.finished("a")
    ask(schedule, AT + 30 - 20, set_by=-20)
    assert schedule.next_of("a") == AT + 60


def test_a_time_of_the_day_is_repeated_only_when_the_clock_was_wrong() -> None:
    """As Debian's cron has it: three hours may be a correction for summer, more are an error."""
    schedule = scheduled(a=DAILY)
    schedule.due(TOMORROW, TOMORROW - NOW)
    schedule.finished("a")
    schedule.due(TOMORROW - 10_000, TOMORROW - NOW)
    assert schedule.next_of("a") == TOMORROW + 86_400
    schedule.due(TOMORROW - 30_000, TOMORROW - NOW)
    assert schedule.next_of("a") == TOMORROW


def test_a_clock_that_is_kept_right_disturbs_nothing() -> None:
    """A second more or less between two looks is no jump."""
    schedule = scheduled(a=MINUTE)
    assert ask(schedule, AT + 1, set_by=1) == [Due("a", AT)]
    assert schedule.take_missed() == []


def test_a_hundred_thousand_targets_take_little_memory() -> None:
    """Much less than 40 MB, with all of them planned."""
    keys = [f"https://example.org/{number}" for number in range(100_000)]
    tracemalloc.start()
    try:
        schedule = Schedule(NOW, 0.0)
        schedule.replace([(key, MINUTE) for key in keys], NOW)
        assert len(schedule.due(NOW + 30, 30.0)) > 45_000
        assert tracemalloc.get_traced_memory()[0] < 40_000_000
    finally:
        tracemalloc.stop()
