"""What the index shows of silences and maintenance, as they come and go."""

from dataclasses import replace

from fetcher.monitor.commit import OrderKind
from fetcher.monitor.live_view import TargetView
from fetcher.monitor.plan import Interval, MaintenanceWindow
from tests.monitor.simulated.bench import BEGAN, Bench
from tests.monitor.simulated.targets import DAY, HOUR, target

ONE = target("one", 0, Interval(DAY))


def shown(bench: Bench) -> TargetView:
    """The one target."""
    (view,) = bench.tracker.index
    return view


def test_a_silence_that_is_over_is_not_shown() -> None:
    """Though the target is checked only once a day."""
    bench = Bench(ONE)
    bench.store.give(OrderKind.SILENCE, "one", BEGAN + HOUR)
    bench.passes(1.0)
    bench.tracker.refresh(bench.now)
    assert shown(bench).silenced
    bench.passes(HOUR)
    assert not shown(bench).silenced


def test_announced_work_is_shown_whoever_asks_for_silence() -> None:
    """The name of the work stays when silences change, and after a reload."""
    watched = replace(ONE, windows=(MaintenanceWindow("work", start=BEGAN, end=BEGAN + HOUR),))
    bench = Bench(watched)
    assert shown(bench).maintenance == "work"
    bench.answer(watched)
    bench.tracker.refresh(bench.now)
    assert shown(bench).maintenance == "work"
    bench.tracker.replan([watched], 10.0, BEGAN + HOUR)
    assert shown(bench).maintenance == ""
