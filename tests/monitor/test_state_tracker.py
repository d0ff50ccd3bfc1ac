"""Exactly one DOWN and one UP for each incident, whatever crashes and fails in between."""

import random
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.commit import Commit, OrderKind
from fetcher.monitor.delivery.delivery_plan import in_order
from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind
from fetcher.monitor.incidents import IncidentIds
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.state_tracker import StateTracker
from fetcher.monitor.target_state import Condition, Observation
from tests.monitor.memory import MemoryStore
from tests.monitor.simulated.pages import BEGAN, CHANNELS, TARGETS

healths = st.sampled_from([Health.HEALTHY, Health.HEALTHY, Health.UNHEALTHY, Health.UNKNOWN])
troubles = st.sampled_from([Trouble.CONNECT, Trouble.SERVER_ERROR, Trouble.CONTENT])


class Crashes(RuleBasedStateMachine):
    """A tracker and what it has committed; people who receive messages; and a hand on the plug."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGAN
        self.random = random.Random(1)
        self.store = self.make_store()
        self.targets = TARGETS
        self.quiet_until = -1.0
        """Until when nobody is to be notified of anything."""
        self.planned: set[str] = set()
        """The messages that there were when that began."""
        self.received: list[Message] = []
        self.unnoted: set[str] = set()

    def make_store(self) -> MemoryStore:
        """What outlives the crashes."""
        return MemoryStore()

    @initialize()
    def begin(self) -> None:
        """Start, for the first time or again: all that was not committed is gone."""
        loaded = self.store.load(self.now)
        self.tracker = StateTracker(loaded, self.targets, 10.0, IncidentIds(self.random), self.now)

    @rule(
        number=st.integers(0, len(TARGETS) - 1),
        health=healths,
        trouble=troubles,
        times=st.integers(1, 3),
    )
    def observe(self, number: int, health: Health, trouble: Trouble, times: int) -> None:
        """A target is checked, a few times in a row."""
        for _ in range(times):
            self.now += 1.0
            bad = health is Health.UNHEALTHY
            seen = Observation(self.now, health, trouble if bad else None, "it broke" * bad)
            self.tracker.observe(TARGETS[number], seen, self.now)

    @rule(host=st.integers(0, 2), health=healths, trouble=troubles)
    def all_of_a_host(self, host: int, health: Health, trouble: Trouble) -> None:
        """All targets of a host are checked, as often as it takes to believe it."""
        for number in range(host, len(TARGETS), 3):
            self.observe(number, health, trouble, 2)

    @rule(seconds=st.sampled_from([1.0, 11.0, 400.0]))
    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @rule(seconds=st.sampled_from([5.0, 400.0, 90_000.0]))
    def set_back(self, seconds: float) -> None:
        """The clock is set back."""
        self.now -= seconds
        self.quiet_until = -1.0  # what people were sent may have been by the clock before

    @rule(among=st.sets(st.sampled_from(TARGETS), min_size=1))
    def reload(self, among: set[MonitorTarget]) -> None:
        """The configuration names other targets."""
        self.targets = tuple([watched for watched in TARGETS if watched in among])
        self.tracker.replan(self.targets, 10.0, self.now)

    @rule()
    def commit(self) -> None:
        """What people asked for is done, and what has happened is written."""
        self.bring_together()
        self.store.write(self.tracker.take())

    @rule()
    def fail_to_commit(self) -> None:
        """The disk is full for once."""
        self.bring_together()
        self.tracker.give_back(self.tracker.take())

    def bring_together(self) -> None:
        """Do what comes before each commit."""
        for _, order in sorted(self.store.orders.items()):
            self.tracker.incidents.carry_out(order, self.now)
        self.tracker.settle(self.now)

    @rule()
    def crash(self) -> None:
        """The process is killed, and started again."""
        self.begin()

    @rule()
    def crash_in_commit(self) -> None:
        """The process is killed just when a commit was written."""
        self.commit()
        self.begin()

    @rule(channel=st.sampled_from(CHANNELS), dies=st.booleans())
    def deliver(self, channel: str, dies: bool) -> None:
        """The next message of a channel arrives; perhaps the process dies before it notes that."""
        waiting = [
            message
            for message in self.store.messages.values()
            if message.channel == channel and message.status is DeliveryStatus.WAITING
        ]
        if not waiting:
            return
        message = in_order(waiting, self.now)[0].message
        assert message.id in self.unnoted or message.id not in {m.id for m in self.received}
        self.received.append(message)
        if dies:
            self.unnoted.add(message.id)
            self.begin()
            return
        sent = replace(message, status=DeliveryStatus.SENT, sent=self.now)
        self.store.write(Commit(messages=(sent,)))

    @rule(number=st.integers(0, 2), seconds=st.sampled_from([30.0, 1000.0]))
    def silence(self, number: int, seconds: float) -> None:
        """Someone wants quiet."""
        pattern = f"https://host-{number}.example/*"
        self.store.give(OrderKind.SILENCE, pattern, self.now + seconds)

    @rule()
    def silence_all(self) -> None:
        """Someone wants quiet everywhere, and gets it."""
        self.commit()
        self.store.give(OrderKind.SILENCE, "*", self.now + 1000.0)
        self.quiet_until, self.planned = self.now + 1000.0, set(self.store.messages)
        self.now += 0.5
        self.commit()

    @rule()
    def unsilence(self) -> None:
        """Someone ends a silence."""
        self.quiet_until = -1.0
        for silence in list(self.store.silences)[:1]:
            self.store.give(OrderKind.UNSILENCE, silence)

    @rule()
    def acknowledge(self) -> None:
        """Someone knows."""
        for incident in self.tracker.incidents.open[:1]:
            self.store.give(OrderKind.ACKNOWLEDGE, incident.id)

    @invariant()
    def never_twice(self) -> None:
        """Of one kind there is one message for an incident and a channel, but for reminders."""
        told = [
            (message.incident, message.channel, message.kind)
            for message in self.store.messages.values()
            if message.kind is not MessageKind.REMINDER
        ]
        assert len(told) == len(set(told))

    @invariant()
    def never_in_quiet(self) -> None:
        """While everything is silenced, nobody is notified that something is wrong."""
        for message in self.store.messages.values():
            if message.kind is not MessageKind.UP and message.id not in self.planned:
                assert message.created >= self.quiet_until

    @invariant()
    def in_the_incident_that_is_meant(self) -> None:
        """A target is shown in an incident exactly when it is failing in an open one."""
        if not hasattr(self, "tracker"):
            return
        for watched in TARGETS:
            view = self.tracker.index.get(watched.key)
            if watched not in self.targets:
                assert view is None
                assert not self.tracker.incidents.incident_of(watched.key)
            elif self.tracker.is_settled:
                assert view is not None
                assert view.incident == self.tracker.incidents.incident_of(watched.key)
                ill = view.state.condition in (Condition.DEGRADED, Condition.DOWN)
                assert bool(view.incident) == ill

    @invariant()
    def never_over_what_never_began(self) -> None:
        """Nobody hears that something is over who did not hear that it had begun."""
        for place, message in enumerate(self.received):
            if message.kind is MessageKind.UP:
                before = {m.id for m in self.received[:place]}
                assert message.id.replace("-up-", "-down-") in before

    def teardown(self) -> None:
        """In the end all is healthy, and everyone was notified of everything exactly once."""
        if not hasattr(self, "tracker"):
            return
        self.now += 500_000.0
        for _ in range(8):
            for watched in self.targets:
                self.now += 20.0
                self.tracker.observe(watched, Observation(self.now, Health.HEALTHY), self.now)
        self.commit()
        assert not self.store.orders
        for channel in CHANNELS:
            while any(
                m.channel == channel and m.status is DeliveryStatus.WAITING
                for m in self.store.messages.values()
            ):
                self.deliver(channel, dies=False)
        for incident in self.store.incidents.values():
            assert not incident.open
            for channel in CHANNELS if incident.notified_at is not None else ():
                kinds = [
                    m.kind
                    for m in {m.id: m for m in self.received}.values()
                    if m.incident == incident.id and m.channel == channel
                ]
                assert kinds.count(MessageKind.DOWN) == kinds.count(MessageKind.UP) == 1


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
