"""What a monitor that was stopped must know when it starts again, and nothing else."""

from dataclasses import replace

from fetcher.monitor.commit import OrderKind
from fetcher.monitor.incident import MessageKind
from fetcher.monitor.plan import Interval, MaintenanceWindow
from fetcher.monitor.target_state import Condition
from tests.monitor.simulated.bench import BEGAN, Bench
from tests.monitor.simulated.targets import DAY, HOUR, POLICY, TWINS, target

ONE = target("one", 0, Interval(60.0))


def test_a_silence_holds_over_a_restart() -> None:
    """Nobody is notified at the start either; only when the silence is over."""
    bench = Bench(ONE)
    bench.store.give(OrderKind.SILENCE, "one", BEGAN + HOUR)
    bench.passes(1.0)
    bench.fail(ONE)
    bench.passes(30.0)
    bench.restart()
    bench.passes(30.0)
    assert bench.store.incidents
    assert bench.told == []
    bench.passes(HOUR)
    assert bench.told == [MessageKind.DOWN]


def test_announced_work_holds_over_a_restart() -> None:
    """What failed just before it began is reported when it is over, and not at the start."""
    work = MaintenanceWindow("work", start=BEGAN + 5.0, end=BEGAN + HOUR)
    watched = replace(ONE, windows=(work,))
    bench = Bench(watched)
    bench.fail(watched)
    bench.passes(5.0)
    assert bench.store.incidents
    bench.now += 60.0
    bench.restart()
    bench.passes(1.0)
    assert bench.told == []
    bench.passes(HOUR)
    assert bench.told == [MessageKind.DOWN]


def test_reminders_keep_silent_over_a_restart() -> None:
    """Though one was due while no process ran."""
    bench = Bench(ONE)
    bench.fail(ONE)
    bench.passes(20.0)
    bench.store.give(OrderKind.SILENCE, "*", BEGAN + 2 * DAY)
    bench.passes(1.0)
    bench.now += DAY
    bench.restart()
    bench.passes(1.0)
    assert bench.told == [MessageKind.DOWN]


def test_one_address_is_one_incident_over_a_restart() -> None:
    """A failed check tells no address; where the targets last answered is known nevertheless."""
    bench = Bench(*TWINS)
    bench.answer(*TWINS)
    bench.fail(*TWINS, times=1)
    bench.passes(1.0)
    bench.restart()
    bench.fail(*TWINS, times=1)
    bench.passes(1.0)
    (incident,) = bench.store.incidents.values()
    assert len(incident.members) == len(TWINS)


def test_a_target_that_was_gone_begins_anew() -> None:
    """Its incident ended when it was let go, and the next is another one."""
    bench = Bench(ONE, *TWINS)
    bench.fail(ONE)
    bench.passes(20.0)
    bench.targets = TWINS
    bench.restart()
    bench.passes(1.0)
    assert bench.told == [MessageKind.DOWN, MessageKind.UP]
    bench.targets = (ONE,)
    bench.tracker.replan(bench.targets, 10.0, bench.now)
    view = bench.tracker.index.get(ONE.key)
    assert view is not None
    assert (view.state.condition, view.incident) == (Condition.NEW, "")
    bench.fail(ONE)
    bench.passes(20.0)
    assert bench.told == [MessageKind.DOWN, MessageKind.UP, MessageKind.DOWN]
    assert [i.open for i in bench.store.incidents.values()] == [False, True]


def test_the_end_reaches_those_who_were_told() -> None:
    """Even if the policy names nobody by then."""
    bench = Bench(ONE)
    bench.fail(ONE)
    bench.passes(20.0)
    quiet = replace(ONE, policy=replace(POLICY, channels=(), escalate_to=()))
    bench.targets = (quiet,)
    bench.tracker.replan(bench.targets, 10.0, bench.now)
    bench.restart()
    bench.answer(quiet)
    bench.passes(1.0)
    assert bench.told == [MessageKind.DOWN, MessageKind.UP]


def test_what_could_not_be_written_is_written_once() -> None:
    """Messages and orders of a commit that failed, in the next one."""
    bench = Bench(ONE)
    bench.store.give(OrderKind.SILENCE, "nobody", BEGAN + HOUR)
    bench.fail(ONE)
    bench.now += 20.0
    for _ in range(2):
        for order in bench.store.orders.values():
            bench.tracker.incidents.carry_out(order, bench.now)
        bench.tracker.settle(bench.now)
        bench.tracker.give_back(bench.tracker.take())
    commit = bench.passes(1.0)
    assert len(commit.silences) == 1
    assert sorted(message.channel for message in commit.messages) == ["boss", "team"]
    assert not bench.passes(1.0)


def test_the_latest_counts_when_writing_failed_for_a_while() -> None:
    """What has happened while a commit failed is newer than that commit."""
    bench = Bench(ONE)
    bench.answer(ONE)
    bench.fail(ONE)
    bench.tracker.settle(bench.now)
    failed = bench.tracker.take()
    bench.answer(ONE)
    bench.tracker.settle(bench.now)
    bench.tracker.give_back(failed)
    bench.passes(1.0)
    assert bench.store.states[ONE.key].condition is Condition.UP
    assert [incident.open for incident in bench.store.incidents.values()] == [False]
    times = [record.observation.at for record in bench.store.records]
    assert times == sorted(times)
    assert len(times) == 6


def test_a_silence_that_was_ended_stays_so() -> None:
    """It is not there again after a restart."""
    bench = Bench(ONE)
    bench.store.give(OrderKind.SILENCE, "one", BEGAN + DAY)
    bench.passes(1.0)
    bench.store.give(OrderKind.UNSILENCE, next(iter(bench.store.silences)))
    bench.passes(1.0)
    bench.restart()
    assert bench.tracker.incidents.silences == []
    bench.fail(ONE)
    bench.passes(20.0)
    assert bench.told == [MessageKind.DOWN]
