"""Whatever happens, and in whatever order: who is sent what, and how often."""

import asyncio
import contextlib
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Coroutine
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fetcher.monitor.commit import Commit
from fetcher.monitor.delivery.deliverer import Deliverer
from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind, message_id
from fetcher.monitor.punctuality import Clock
from fetcher.notify.channel import Notice, Refused
from tests.monitor.delivery.making import EPOCH, SETTINGS, Lister
from tests.monitor.quiet_events import QuietEvents
from tests.pool.virtual_clock import VirtualClockLoop

CHANNELS = ("ops", "chat")
LOG = logging.getLogger("fetcher")
BEGINNINGS = (MessageKind.DOWN, MessageKind.ESCALATION, MessageKind.REMINDER)


class World:
    """Receivers and a database that outlive the monitor's crashes.

    arrived: of each channel, the notices in the order in which they came. refusing: what channels
    answer; lossy: those whose answer is lost although the notice arrived. takes: how long each
    delivery takes. broken: whether the database can be written.
    """

    def __init__(self) -> None:
        self.now = EPOCH
        self.database: dict[str, Message] = {}
        self.arrived: dict[str, list[Notice]] = defaultdict(list)
        self.refusing: dict[str, Refused] = {}
        self.lossy: set[str] = set()
        self.takes = 0.0
        self.broken = False
        self.doubts: Counter[str] = Counter()
        """How often the monitor died between a message's arrival and its being written down."""


class Life(QuietEvents):
    """One process: a loop, a deliverer, and its end."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.loop = VirtualClockLoop()
        self.loop.now = world.now - EPOCH
        self.sending: set[str] = set()
        self.unwritten: set[str] = set()
        self.taken: dict[str, list[float]] = defaultdict(list)
        """When each channel said that something arrived."""
        self.run(self._begin())

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run something on its loop."""
        self.loop.run_until_complete(main)
        self.world.now = EPOCH + self.loop.now

    async def _begin(self) -> None:
        self.deliverer = Deliverer(
            {name: Receiver(name, self) for name in CHANNELS},
            Lister(),
            self,
            SETTINGS,
            Clock(wall=lambda: EPOCH + self.loop.time()),
            random.Random(7),
            self,
        )
        self.deliverer.add(self.world.database.values())
        self._running = asyncio.create_task(self.deliverer.run())

    async def write(self, commit: Commit) -> None:
        """Write a commit, or fail to."""
        await asyncio.sleep(0.1)
        if self.world.broken:
            raise OSError("disk full")
        for message in commit.messages:
            self.world.database[message.id] = message
            self.unwritten.discard(message.id)

    def die(self) -> None:
        """End between two steps, whatever is in progress."""
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()
        self.world.doubts.update(self.unwritten)


class Receiver:
    """One channel of one process."""

    def __init__(self, name: str, life: Life) -> None:
        self.name = name
        self._life = life

    async def send(self, notice: Notice) -> Refused | None:
        """Take a notice: half the time before it arrives, half after."""
        life, world = self._life, self._life.world
        assert self.name not in life.sending, "one at a time"
        life.sending.add(self.name)
        try:
            await asyncio.sleep(world.takes / 2)
            refused = world.refusing.get(self.name)
            if refused is not None and not refused.partly:
                return refused
            world.arrived[self.name].append(notice)
            life.unwritten.update(ids(notice))
            await asyncio.sleep(world.takes / 2)
            if self.name in world.lossy:
                return Refused("the answer was lost")
            if refused is None:
                life.taken[self.name].append(life.loop.time())
            return refused
        finally:
            life.sending.discard(self.name)

    async def aclose(self) -> None:
        """Do nothing."""


def ids(notice: Notice) -> list[str]:
    """The messages that a notice is made of."""
    found = notice.data["messages"]
    assert isinstance(found, list)
    return found


class Delivery(RuleBasedStateMachine):
    """Incidents come and go, channels and the database fail, and the monitor dies."""

    def __init__(self) -> None:
        super().__init__()
        LOG.setLevel(logging.CRITICAL)
        self.world = World()
        self.life = Life(self.world)
        self.incidents: list[str] = []
        self.open: dict[str, set[str]] = {}
        """The channels that were notified of each open incident."""

    def tell(
        self, incident: str, kind: MessageKind, channel: str, after: float, number: int = 0
    ) -> None:
        """Write down a message, then add it."""
        now = self.world.now
        name = message_id(incident, kind, channel, number)
        if name not in self.world.database:
            made = Message(name, incident, channel, kind, now, now + after)
            self.world.database[name] = made
            self.life.deliverer.add([made])

    @rule(after=st.sampled_from([0.0, 10.0]), told=st.sets(st.sampled_from(CHANNELS), min_size=1))
    def begin(self, after: float, told: set[str]) -> None:
        """An incident begins."""
        incident = f"i{len(self.incidents)}"
        self.incidents.append(incident)
        self.open[incident] = set(told)
        for channel in sorted(told):
            self.tell(incident, MessageKind.DOWN, channel, after)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), number=st.integers(1, 3))
    def remind(self, data: st.DataObject, number: int) -> None:
        """A reminder is sent."""
        incident = data.draw(st.sampled_from(sorted(self.open)))
        for channel in sorted(self.open[incident]):
            self.tell(incident, MessageKind.REMINDER, channel, 0.0, number)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), channel=st.sampled_from(CHANNELS))
    def escalate(self, data: st.DataObject, channel: str) -> None:
        """An escalation is sent."""
        incident = data.draw(st.sampled_from(sorted(self.open)))
        if channel not in self.open[incident]:
            self.open[incident].add(channel)
            self.tell(incident, MessageKind.ESCALATION, channel, 0.0)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """An incident is over."""
        incident = data.draw(st.sampled_from(sorted(self.open)))
        for channel in sorted(self.open.pop(incident)):
            self.tell(incident, MessageKind.UP, channel, 0.0)

    @rule(
        channel=st.sampled_from(CHANNELS),
        answer=st.sampled_from(
            [None, Refused("no"), Refused("busy", 500.0), Refused("some", partly=True)]
        ),
        lossy=st.booleans(),
    )
    def change_channel(self, channel: str, answer: Refused | None, lossy: bool) -> None:
        """A channel fails, or works again."""
        self.world.refusing.pop(channel, None)
        self.world.lossy.discard(channel)
        if answer is not None:
            self.world.refusing[channel] = answer
        if lossy:
            self.world.lossy.add(channel)

    @rule(takes=st.sampled_from([0.0, 0.5, 20.0]), broken=st.booleans())
    def change_world(self, takes: float, broken: bool) -> None:
        """Deliveries get slow, the disk gets full."""
        self.world.takes, self.world.broken = takes, broken

    @rule(seconds=st.sampled_from([0.05, 1.0, 7.0, 61.0, 400.0, 1001.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.life.run(asyncio.sleep(seconds))

    @rule()
    def die(self) -> None:
        """The process is killed, and started again."""
        self.check_the_rate()
        self.life.die()
        self.life = Life(self.world)

    @invariant()
    def nobody_gets_a_message_under_two_ids(self) -> None:
        """So that receivers can tell; but for those of whose arrival the monitor died."""
        for notices in self.world.arrived.values():
            under = defaultdict(set)
            for notice in notices:
                for name in ids(notice):
                    under[name].add(notice.id)
            for name, names in under.items():
                assert len(names) <= 1 + self.world.doubts[name]

    @invariant()
    def nobody_hears_of_an_end_first(self) -> None:
        """On no channel, and in no digest."""
        for notices in self.world.arrived.values():
            begun = set()
            for name in [name for notice in notices for name in ids(notice)]:
                message = self.world.database[name]
                assert message.kind in BEGINNINGS or message.incident in begun
                begun.add(message.incident)

    @invariant()
    def what_is_said_to_be_sent_has_arrived(self) -> None:
        """And once it has, nothing sends it again."""
        for message in self.world.database.values():
            if message.status is DeliveryStatus.SENT:
                assert any(message.id in ids(n) for n in self.world.arrived[message.channel])

    @invariant()
    def nothing_is_given_up_without_need(self) -> None:
        """Only what is too old, what was over, and the end of what nobody is known to know of."""
        told = {
            (message.incident, message.channel)
            for message in self.world.database.values()
            if message.kind in BEGINNINGS and message.sent is not None
        }
        for message in self.world.database.values():
            if message.status is not DeliveryStatus.GIVEN_UP:
                continue
            late = self.world.now - message.created >= SETTINGS.give_up_after
            over = (
                message_id(message.incident, MessageKind.UP, message.channel) in self.world.database
            )
            unheard = (message.incident, message.channel) not in told
            assert (
                late
                or (message.kind is MessageKind.REMINDER and over)
                or (message.kind is MessageKind.UP and unheard)
            )

    def check_the_rate(self) -> None:
        """No more than `digest_above` within any `digest_every`."""
        for times in self.life.taken.values():
            for first, over in zip(times, times[SETTINGS.digest_above :], strict=False):
                assert over - first >= SETTINGS.digest_every - 0.001

    def teardown(self) -> None:
        """In the end, when all works again, nothing waits."""
        self.world.refusing, self.world.lossy = {}, set()
        self.world.takes, self.world.broken = 0.0, False
        with contextlib.ExitStack() as stack:
            stack.callback(LOG.setLevel, logging.NOTSET)
            stack.callback(self.life.die)
            self.life.run(asyncio.sleep(5000.0))
            self.check_the_rate()
            assert self.life.deliverer.waiting == 0
            assert all(m.status is not DeliveryStatus.WAITING for m in self.world.database.values())
            self.nobody_gets_a_message_under_two_ids()
            self.nobody_hears_of_an_end_first()
            self.nothing_is_given_up_without_need()


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=60, stateful_step_count=40)
