"""Somebody sets the clock: forward, back, by an hour or by a month."""

from itertools import pairwise
from random import Random

import pytest

from fetcher.monitor.incident import MessageKind
from fetcher.monitor.plan import Interval
from fetcher.monitor.target_state import TimeClass
from tests.monitor.memory import MemoryStore
from tests.monitor.simulated.bench import BEGAN, Bench
from tests.monitor.simulated.process import Process
from tests.monitor.simulated.targets import DAY, HOUR, target
from tests.monitor.simulated.world import Event, World

EVERY = 600.0
TARGETS = [target(f"host{number}", 0, Interval(EVERY)) for number in range(10)]
KEYS = frozenset(watched.key for watched in TARGETS)
BY = [-30 * DAY, -HOUR, -90.0, 90.0, HOUR, 30 * DAY]


class Machine:
    """A process on a machine with two clocks, of which one is set."""

    def __init__(self, world: World) -> None:
        self.world, self.store = world, MemoryStore()
        self.wall, self.monotonic = BEGAN, 0.0
        self.process = Process(world, self.store, TARGETS, (BEGAN, 0.0), Random(1))
        self.checked: dict[str, list[float]] = {key: [] for key in KEYS}

    def run(self, seconds: float) -> None:
        """Let so much time pass, whatever the clock on the wall shows."""
        end = self.monotonic + seconds
        while self.monotonic < end:
            process = self.process
            process.wall, process.monotonic = self.wall, self.monotonic
            process.turn()
            for key, entries in self.world.journal.items():
                new = len(entries) - len(self.checked[key])
                self.checked[key] += [self.monotonic] * new
            # A real one has a turn each second, and so looks at the clock.
            step = min(process.next_time() - self.wall, 5.0, end - self.monotonic + 0.01)
            self.wall, self.monotonic = self.wall + step, self.monotonic + step


@pytest.mark.parametrize("by", BY)
def test_everything_is_checked_within_one_interval(by: float) -> None:
    """By a clock that nobody sets: no target waits for longer than usual, and none is doubled."""
    machine = Machine(World())
    machine.run(2 * HOUR)
    machine.wall += by
    machine.run(2 * HOUR)
    for times in machine.checked.values():
        assert len(times) >= 4 * HOUR / EVERY - 2
        gaps = [after - before for before, after in pairwise(times)]
        # Where the new time is within an interval decides when it goes on: before two are over.
        assert sorted(gaps)[-1] < 2 * EVERY
        assert sorted(gaps)[-2] <= EVERY + 10.0


@pytest.mark.parametrize("by", BY)
def test_an_outage_is_told_soon_all_the_same(by: float) -> None:
    """One that is noticed just before, and its end: one DOWN and one UP, and neither waits."""
    broken = Event("all", KEYS, BEGAN + HOUR, BEGAN + 2 * HOUR)
    world = World([broken])
    machine = Machine(world)
    machine.run(HOUR)
    # Of the targets, about half were found down twice by now; nobody knows the last of them.
    machine.run(1.5 * EVERY)
    before = {incident.id for incident in machine.store.incidents.values()}
    assert 0 < len(before) < len(TARGETS)
    machine.wall += by
    machine.run(70.0)
    told = [m for m in machine.store.messages.values() if m.kind is MessageKind.DOWN]
    assert before <= {message.incident for message in told}
    assert {message.id for message in told} <= {id for _, _, ids in world.received for id in ids}
    machine.wall = max(machine.wall, broken.end)
    machine.run(HOUR)
    for incident in machine.store.incidents.values():
        kinds = [m.kind for m in machine.store.messages.values() if m.incident == incident.id]
        assert not incident.open
        assert kinds.count(MessageKind.DOWN) == 2
        assert (
            kinds.count(MessageKind.UP)
            == 2 + kinds.count(MessageKind.ESCALATION)
            == len(incident.notified)
        )


@pytest.mark.parametrize("by", [DAY, 30.0])
def test_nobody_waits_for_a_time_of_yesterday(by: float) -> None:
    """An incident waits for others with its cause when the clock is set back: told all the same."""
    bench = Bench(TARGETS[0])
    bench.fail(TARGETS[0])
    bench.passes(1.0)
    assert bench.told == []
    bench.passes(-by)
    assert bench.told == [MessageKind.DOWN]


def test_a_silence_in_a_future_that_was_none_still_ends() -> None:
    """The clock is set back a day while a silence hides an outage: it is reported a day sooner."""
    bench = Bench(TARGETS[0])
    bench.tracker.incidents.silence("*", BEGAN + HOUR, "someone", "", BEGAN)
    bench.fail(TARGETS[0])
    bench.passes(20.0)
    assert bench.told == []
    bench.passes(-DAY)
    bench.tracker.incidents.unsilence(next(iter(bench.store.silences)), bench.now)
    bench.passes(1.0)
    assert bench.told == [MessageKind.DOWN]


def test_a_leap_forward_is_not_uptime() -> None:
    """What the last check speaks for counts; of the rest nobody knows."""
    machine = Machine(World())
    machine.run(2 * HOUR)
    machine.wall += 30 * DAY
    machine.run(HOUR)
    for key in KEYS:
        spans = [s for r in machine.store.records if r.key == key for s in r.spans]
        unwatched = sum(s.end - s.start for s in spans if s.time_class is TimeClass.UNWATCHED)
        assert 30 * DAY - 2 * EVERY - 10.0 <= unwatched <= 30 * DAY
