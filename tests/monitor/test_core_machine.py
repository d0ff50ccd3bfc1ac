"""Exactly one DOWN and one UP for each incident, whatever crashes and fails in between."""

import random
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.core import Core
from fetcher.monitor.incidents import Identifiers
from fetcher.monitor.message import Fate, Kind, Message
from fetcher.monitor.observation import Observation
from fetcher.monitor.watched import Interval, Policy, Watched
from tests.monitor.memory import MemoryStore

CHANNELS = ("team", "boss")
POLICY = Policy(
    failures_before_down=2,
    successes_before_up=2,
    flap_changes=3,
    flap_window=600.0,
    flap_quiet=120.0,
    group_wait=10.0,
    remind_every=300.0,
    channels=CHANNELS,
)
TARGETS = tuple(
    [
        Watched(
            f"page-{number}",
            f"https://host-{number % 3}.example/{number}",
            Interval(60.0),
            NOTHING_SPECIAL,
            POLICY,
            group=f"group-{number % 2}",
        )
        for number in range(6)
    ]
)
BEGAN = 1_800_000_000.0

healths = st.sampled_from([Health.HEALTHY, Health.HEALTHY, Health.UNHEALTHY, Health.UNKNOWN])
troubles = st.sampled_from([Trouble.CONNECT, Trouble.SERVER_ERROR, Trouble.CONTENT])


class Crashes(RuleBasedStateMachine):
    """A core and what it has committed; people, to whom messages come; and a hand on the plug."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGAN
        self.random = random.Random(1)
        self.store = MemoryStore()
        self.received: list[Message] = []
        self.unnoted: set[str] = set()

    @initialize()
    def begin(self) -> None:
        """Start, for the first time or again: all that was not committed is gone."""
        loaded = self.store.load(self.now)
        self.core = Core(loaded, TARGETS, 10.0, Identifiers(self.random), self.now)

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
            self.core.observe(TARGETS[number], seen, self.now)

    @rule(host=st.integers(0, 2), health=healths, trouble=troubles)
    def all_of_a_host(self, host: int, health: Health, trouble: Trouble) -> None:
        """All targets of a host are checked, as often as it takes to believe it."""
        for number in range(host, len(TARGETS), 3):
            self.observe(number, health, trouble, 2)

    @rule(seconds=st.sampled_from([1.0, 11.0, 400.0]))
    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @rule()
    def commit(self) -> None:
        """What has happened is written."""
        self.core.settle(self.now)
        self.store.write(self.core.take())

    @rule()
    def fail_to_commit(self) -> None:
        """The disk is full for once."""
        self.core.settle(self.now)
        self.core.give_back(self.core.take())

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
            if message.channel == channel and message.fate is Fate.WAITING
        ]
        if not waiting:
            return
        message = min(waiting, key=lambda message: (message.due, message.created, message.id))
        assert message.id in self.unnoted or message.id not in {m.id for m in self.received}
        self.received.append(message)
        if dies:
            self.unnoted.add(message.id)
            self.begin()
            return
        sent = replace(message, fate=Fate.SENT, sent=self.now)
        self.store.messages[message.id] = sent

    @rule(number=st.integers(0, 2), seconds=st.sampled_from([30.0, 1000.0]))
    def silence(self, number: int, seconds: float) -> None:
        """Someone wants quiet."""
        pattern = f"https://host-{number}.example/*"
        self.core.desk.silence(pattern, self.now + seconds, "someone", "", self.now)

    @rule()
    def acknowledge(self) -> None:
        """Someone knows."""
        for incident in self.core.desk.open[:1]:
            self.core.desk.acknowledge(incident.id, self.now, "someone")

    @invariant()
    def never_twice(self) -> None:
        """Of one kind there is one message for an incident and a channel, but for reminders."""
        told = [
            (message.incident, message.channel, message.kind)
            for message in self.store.messages.values()
            if message.kind is not Kind.REMINDER
        ]
        assert len(told) == len(set(told))

    @invariant()
    def never_over_what_never_began(self) -> None:
        """Nobody hears that something is over who did not hear that it had begun."""
        for place, message in enumerate(self.received):
            if message.kind is Kind.UP:
                before = {m.id for m in self.received[:place]}
                assert message.id.replace("-up-", "-down-") in before

    def teardown(self) -> None:
        """In the end all is well, and everyone has heard of everything just once."""
        if not hasattr(self, "core"):
            return
        self.now += 5000.0
        for _ in range(8):
            for watched in TARGETS:
                self.now += 20.0
                self.core.observe(watched, Observation(self.now, Health.HEALTHY), self.now)
        self.commit()
        for channel in CHANNELS:
            while any(
                m.channel == channel and m.fate is Fate.WAITING
                for m in self.store.messages.values()
            ):
                self.deliver(channel, dies=False)
        for incident in self.store.incidents.values():
            assert not incident.open
            for channel in CHANNELS if incident.told_at is not None else ():
                kinds = [
                    m.kind
                    for m in {m.id: m for m in self.received}.values()
                    if m.incident == incident.id and m.channel == channel
                ]
                assert kinds.count(Kind.DOWN) == kinds.count(Kind.UP) == 1


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
