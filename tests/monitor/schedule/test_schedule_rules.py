"""The schedule on virtual clocks, against a model that lists every slot."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fetcher.monitor.commit import Missed
from fetcher.monitor.plan import Interval
from fetcher.monitor.schedule import Due, Schedule
from tests.monitor.schedule.model import BEGIN, END, TIMINGS, Model

DAY = 86_400.0
MARGIN = 3 * DAY
STEPS = 40

targets = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(TIMINGS))
# Quarters are exact in binary: two clocks that should differ by a second do.
waits = st.one_of(
    st.integers(1, 800).map(lambda quarters: quarters / 4),
    st.integers(1, 7200).map(float),
    st.sampled_from([3600.0, DAY / 2, 1.5 * DAY]),
)


class ScheduleRules(RuleBasedStateMachine):
    """Does anything in any order, and says what must come out."""

    @initialize(timings=targets, offset=st.integers(-3600, 3600))
    def begin(self, timings: dict[str, TIMINGS], offset: int) -> None:  # type: ignore[valid-type]
        """Start a little before or after the clocks change in Europe."""
        self.now, self.monotonic = BEGIN + 15 * DAY + 3600 + offset, 1000.0
        self.begun: dict[str, float] = {}
        self.ran: dict[str, float] = {}
        self.start()
        self.reload(timings)

    def start(self) -> None:
        """A new process."""
        self.schedule = Schedule(self.now, self.monotonic)
        self.model = Model(self.now, self.monotonic)
        self.ran.clear()

    @rule(timings=targets)
    def reload(self, timings: dict[str, TIMINGS]) -> None:  # type: ignore[valid-type]
        """Load another list, or in part the same."""
        self.schedule.replace(timings.items(), self.now)
        self.model.replace(timings, self.now, {})
        self.ran.clear()

    @precondition(lambda self: self.now < END - MARGIN)
    @rule(seconds=waits, drift=st.sampled_from([0.0, 0.0, 0.25, -0.25]))
    def wait(self, seconds: float, drift: float) -> None:
        """Time passes; the clocks are not quite the same."""
        self.now += seconds + min(drift, seconds)
        self.monotonic += seconds

    @rule()
    def wait_for_the_next(self) -> None:
        """Time passes until something is due, to the tick."""
        due = self.schedule.next_due()
        if due is not None and self.now < due < END - MARGIN:
            self.monotonic += due - self.now
            self.now = due

    @rule(most=st.sampled_from([None, None, 1, 2]))
    def ask(self, most: int | None) -> None:
        """Take what is due: what the model says, nothing early, nothing twice."""
        under_way = set(self.model.running)
        found = self.schedule.due(self.now, self.monotonic, most)
        assert found == self.model.due(self.now, self.monotonic, most)
        for due in found:
            assert due.at <= self.now
            assert due.key not in under_way
            assert due.at > self.ran.get(due.key, 0.0)
            self.ran[due.key] = due.at
            self.begun[due.key] = self.now

    @precondition(lambda self: self.model.running)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        """A check comes to its end, its target may be gone."""
        key = data.draw(st.sampled_from(sorted(self.model.running)))
        self.schedule.finished(key)
        self.model.running.discard(key)

    @precondition(lambda self: self.now < END - MARGIN)
    @rule(forward=waits)
    def set_clock_forward(self, forward: float) -> None:
        """Somebody sets the wall clock, or the machine sleeps."""
        self.now += forward

    @precondition(lambda self: self.now > BEGIN + MARGIN)
    @rule(back=waits)
    def set_clock_back(self, back: float) -> None:
        """Somebody sets the wall clock back."""
        self.now -= back
        self.ran.clear()  # what has been may come again

    @precondition(lambda self: self.now < END - MARGIN)
    @rule(stopped=waits)
    def restart(self, stopped: float) -> None:
        """The process ends, and a new one knows when each target was last checked."""
        timings = self.model.timings
        self.now += stopped
        self.monotonic = 5.0
        self.start()
        self.schedule.replace(timings.items(), self.now, self.begun)
        self.model.replace(timings, self.now, self.begun)

    @invariant()
    def all_is_counted(self) -> None:
        """Every slot that was passed over is counted, and said why."""
        expected = [
            Missed(key, max(slots), len(slots), why)
            for (key, why), slots in self.model.missed.items()
        ]
        self.model.missed.clear()
        found = self.schedule.take_missed()
        assert sorted(found, key=repr) == sorted(expected, key=repr)

    @invariant()
    def all_is_planned(self) -> None:
        """What is shown as the next check of each target, and of all."""
        left = {key: slots[0] for key, slots in self.model.left.items()}
        assert {key: self.schedule.next_of(key) for key in left} == left
        assert self.schedule.next_due() == min(left.values(), default=None)
        assert self.schedule.running == len(self.model.running)
        assert self.schedule.next_of("nobody") is None

    @invariant()
    def nobody_waits_longer_than_an_interval(self) -> None:
        """Once the clocks were looked at, an interval is at most one interval away."""
        if self.model.clocks == (self.now, self.monotonic):
            for key, timing in self.model.timings.items():
                if isinstance(timing, Interval):
                    wait = (self.schedule.next_of(key) or 0.0) - self.now
                    # In each step the clock may be set back by a second that nobody minds.
                    assert wait <= timing.seconds + STEPS


TestScheduleRules = ScheduleRules.TestCase
TestScheduleRules.settings = settings(max_examples=60, stateful_step_count=STEPS, deadline=None)


def test_the_model_is_asked_at_all() -> None:
    """A target that is due is given by both."""
    model, schedule = Model(BEGIN, 0.0), Schedule(BEGIN, 0.0)
    timings = {"a": TIMINGS[0]}
    model.replace(timings, BEGIN, {})
    schedule.replace(timings.items(), BEGIN)
    at = schedule.next_due()
    assert at is not None
    assert schedule.due(at, at - BEGIN) == model.due(at, at - BEGIN, None) == [Due("a", at)]
