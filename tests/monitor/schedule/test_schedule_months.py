"""Months of checks for hundreds of targets, to the tick, over all changes of their clocks."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fetcher.monitor.plan import Cron, Interval, Timing
from fetcher.monitor.schedule import Schedule, phase
from tests.monitor.schedule.literal_cron import literal_slots

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
EXPRESSIONS = [
    "30 2 * * *",
    "0 1,2,3 * * *",
    "*/20 2 * * *",
    "0 */4 * * *",
    "15 * * * 0",
    "45 1 1-7 * 0",
    "59 23 31 * *",
]
INTERVALS = [3600.5, 7200.0, 14_400.1, 86_400.0]
COPIES = 7

CRONS = [Cron(expression, zone) for expression in EXPRESSIONS for zone in ZONES]
TARGETS: dict[str, Timing] = {
    f"{timing} {number}": timing
    for timing in [*CRONS, *[Interval(seconds) for seconds in INTERVALS]]
    for number in range(COPIES)
}

STRETCHES = [
    ("2026-03-01", "2026-04-12"),
    ("2026-09-27", "2026-11-08"),
    ("2027-03-07", "2027-04-11"),
]


def expected(start: float, end: float) -> Iterator[tuple[float, str]]:
    """Every check there should be, listed without the code under test."""
    slots = {cron: literal_slots(cron.expression, cron.zone, start, end) for cron in CRONS}
    for key, timing in TARGETS.items():
        if isinstance(timing, Cron):
            yield from ((at, key) for at in slots[timing])
        else:
            number = int(start // timing.seconds) - 1
            while (at := number * timing.seconds + phase(key, timing.seconds)) < end:
                if at >= start:
                    yield at, key
                number += 1


@pytest.mark.parametrize(("first", "until"), STRETCHES)
def test_every_check_is_made_to_the_tick(first: str, until: str) -> None:
    """Each at its slot, in order, each once; with reloads and restarts in between."""
    start, end = (
        datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() for day in (first, until)
    )
    left = list(expected(start, end))
    heapq.heapify(left)
    assert len({key for _, key in left}) > 200
    made: dict[str, float] = {}
    schedule = Schedule(start, 0.0)
    schedule.replace(TARGETS.items(), start)
    while (now := schedule.next_due()) is not None and now < end:
        if len(left) % 5000 == 0:
            schedule.replace(reversed(TARGETS.items()), now)
        if len(left) % 7000 == 0:
            schedule = Schedule(now, now - start)
            schedule.replace(TARGETS.items(), now, made)
        for due in schedule.due(now, now - start):
            assert (due.at, due.key) == heapq.heappop(left)
            made[due.key] = now
            schedule.finished(due.key)
    assert not left
    assert schedule.take_missed() == []
