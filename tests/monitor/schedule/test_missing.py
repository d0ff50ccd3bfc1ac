"""Counting the checks that were not made."""

from fetcher.monitor.commit import Missed, Why
from fetcher.monitor.schedule.schedule import Misses


def test_checks_are_summed_up_by_target_and_reason() -> None:
    """With when the latest of them was due, also when the clock was set back in between."""
    misses = Misses()
    misses.add("a", Why.LATE, 50.0, 3)
    misses.add("a", Why.LATE, 40.0)
    misses.add("a", Why.CLOCK, 60.0)
    misses.add("b", Why.LATE, 10.0)
    assert misses.take() == [
        Missed("a", 50.0, 4, Why.LATE),
        Missed("a", 60.0, 1, Why.CLOCK),
        Missed("b", 10.0, 1, Why.LATE),
    ]
    assert misses.take() == []
