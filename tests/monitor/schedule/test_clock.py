"""Noticing that the wall clock was set."""

from fetcher.monitor.schedule.schedule import ClockWatch


def test_time_that_passes_is_no_change() -> None:
    """Nor is the little by which clocks are kept right, however often."""
    watch = ClockWatch(1000.0, 50.0)
    assert watch.set_by(4600.0, 3650.0) == 0.0
    for second in range(1, 100):
        assert watch.set_by(4600.0 + 2 * second, 3650.0 + second) == 0.0


def test_a_change_is_noticed_once() -> None:
    """By how much, and in which direction."""
    watch = ClockWatch(1000.0, 50.0)
    assert watch.set_by(4601.0, 51.0) == 3600.0
    assert watch.set_by(4602.0, 52.0) == 0.0
    assert watch.set_by(1003.0, 53.0) == -3600.0
