"""Counting the checks that were not made."""

from fetcher.monitor.commit import Missed, MissedReason
from fetcher.monitor.schedule.schedule import Misses


def test_checks_are_summed_up_by_target_and_reason() -> None:
    """With when the latest of them was due, also when the clock was set back in between."""
    misses = Misses()
    misses.add("a", MissedReason.LATE, 50.0, 3)
    misses.add("a", MissedReason.LATE, 40.0)
    misses.add("a", MissedReason.CLOCK, 60.0)
    misses.add("b", MissedReason.LATE, 10.0)
    assert misses.take() == [
        Missed("a", 50.0, 4, MissedReason.LATE),
        Missed("a", 60.0, 1, MissedReason.CLOCK),
        Missed("b", 10.0, 1, MissedReason.LATE),
    ]
    assert misses.take() == []
