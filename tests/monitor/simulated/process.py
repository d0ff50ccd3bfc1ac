"""One process of the monitor, without asyncio: schedule, tracker, store, and what is sent when."""

import heapq
from collections.abc import Iterable, Sequence
from enum import StrEnum
from random import Random

from fetcher.monitor.commit import Commit
from fetcher.monitor.delivery.channel_state import ChannelState
from fetcher.monitor.delivery.delivery_plan import by_channel, next_time, plan_deliveries
from fetcher.monitor.delivery.outbox import Outbox, settle
from fetcher.monitor.history import StoreError
from fetcher.monitor.incident import DeliveryStatus, Message
from fetcher.monitor.incidents import IncidentIds
from fetcher.monitor.plan import MonitorSettings, MonitorTarget, Timing
from fetcher.monitor.schedule import Schedule
from fetcher.monitor.state_tracker import StateTracker
from tests.monitor.memory import MemoryStore
from tests.monitor.simulated.targets import CHANNELS, DAY, TIMEOUT
from tests.monitor.simulated.world import Entry, World

SETTINGS = MonitorSettings(give_up_after=10 * DAY)
"""Nothing is given up, so that each message arrives."""
_LOOK = 60.0
"""Seconds between two turns while anything lasts or waits; a real one has a turn each second."""


class Death(StrEnum):
    """Between which two steps a process dies."""

    CHECKED = "checked, and not yet written"
    WRITTEN = "written, and not yet sent"
    SENT = "sent, and not yet noted"


class Died(Exception):
    """The process is no more."""


class Process:
    """Lives from one start to the next; all it knows is what the store has.

    dying: where it dies as soon as it comes there with something to lose.
    """

    def __init__(
        self,
        world: World,
        store: MemoryStore,
        targets: Sequence[MonitorTarget],
        clocks: tuple[float, float],
        random: Random,
    ) -> None:
        self.wall, self.monotonic = clocks
        self.started = self.committed = self.wall
        self.dying: Death | None = None
        self._world, self._store, self._random = world, store, random
        loaded = store.load(self.wall)
        self.tracker = StateTracker(loaded, targets, TIMEOUT, IncidentIds(random), self.wall)
        self._schedule = Schedule(self.wall, self.monotonic)
        self._schedule.replace(_timings(targets), self.wall, self.tracker.last_checked)
        self._outbox = Outbox()
        self._outbox.add(store.messages.values())
        self._channels = {name: ChannelState() for name in CHANNELS}
        self._unnoted: dict[str, tuple[Message, ...]] = {}
        self._under_way: list[tuple[float, float, str, float]] = []
        self._pending: list[tuple[str, Entry]] = []
        self._let_go(loaded.states.keys() - self.tracker.targets.keys())

    def replan(self, targets: Sequence[MonitorTarget]) -> None:
        """Watch other targets from now on."""
        gone = self.tracker.targets.keys() - {watched.key for watched in targets}
        self.tracker.replan(targets, TIMEOUT, self.wall)
        self._schedule.replace(_timings(targets), self.wall)
        self._let_go(gone)
        self._commit()

    def turn(self) -> None:
        """Do all that is due now; raises Died."""
        self._check()
        if self.dying is Death.CHECKED and self._pending:
            raise Died
        written = self._commit()
        if self.dying is Death.WRITTEN and written:
            raise Died
        self._deliver()

    def next_time(self) -> float:
        """When there is something to do next."""
        times = [self._schedule.next_due(), self._under_way[0][0] if self._under_way else None]
        for name, messages in by_channel(self._outbox).items():
            state = self._channels[name]
            paused = state.paused_until(self.wall)
            if name not in self._unnoted:
                times.append(paused or next_time(messages, state.recent, self.wall, SETTINGS))
        if self.tracker.incidents.open or self._unnoted or self._pending:
            times.append(self.wall + _LOOK)
        return max(min([time for time in times if time is not None]), self.wall + 0.01)

    def _let_go(self, keys: Iterable[str]) -> None:
        self._pending += [(key, Entry(self.wall, self.wall, None)) for key in sorted(keys)]

    def _check(self) -> None:
        for due in self._schedule.due(self.wall, self.monotonic):
            over = self.wall + self._world.takes(due.key, self.wall)
            heapq.heappush(self._under_way, (over, self.wall, due.key, due.at))
        while self._under_way and self._under_way[0][0] <= self.wall:
            _, at, key, slot = heapq.heappop(self._under_way)
            self._schedule.finished(key)
            watched = self.tracker.targets.get(key)
            if watched is not None:
                observation, entry = self._world.answer(watched, at, slot)
                self.tracker.observe(watched, observation, self.wall)
                self._pending.append((key, entry))

    def _commit(self) -> bool:
        """Write what has happened; whether there was anything, and it could be written."""
        orders = [order for _, order in sorted(self._store.orders.items())]
        for order in orders:
            self.tracker.incidents.carry_out(order, self.wall)
        self.tracker.settle(self.wall)
        self.tracker.add_missed(self._schedule.take_missed())
        commit = self.tracker.take()
        try:
            self._store.write(commit)
        except StoreError:
            self.tracker.give_back(commit)
            return False
        for key, entry in self._pending:
            self._world.journal[key].append(entry)
        self._pending.clear()
        self.committed = self.wall
        self._outbox.add([m for m in commit.messages if m.status is DeliveryStatus.WAITING])
        return bool(commit)

    def _deliver(self) -> None:
        for channel, changed in list(self._unnoted.items()):
            self._note(channel, changed)
        for channel, useless in self._outbox.obsolete(CHANNELS, self._unnoted.keys()).items():
            self._note(channel, useless)
        while self._send_some():
            pass

    def _send_some(self) -> bool:
        """Send one delivery of each channel that has one."""
        now, states = self.wall, self._channels
        busy = {name for name, state in states.items() if state.paused_until(now) is not None}
        recent = {name: state.recent for name, state in states.items()}
        busy |= self._unnoted.keys()
        planned = plan_deliveries(self._outbox, recent, busy, now, SETTINGS)
        for delivery in planned:
            state, tried = states[delivery.channel], {m.id for m in delivery.messages}
            refused = self._world.send(delivery, now)
            if refused is not None:
                state.record_failure(refused, now, self._random)
            else:
                if self.dying is Death.SENT:
                    self._world.doubted |= tried
                    raise Died
                state.record_arrival(now, SETTINGS.digest_every)
            behind = [
                m for m in self._outbox if m.channel == delivery.channel and m.id not in tried
            ]
            self._note(delivery.channel, settle(delivery, refused, now, SETTINGS, behind))
        return bool(planned)

    def _note(self, channel: str, changed: tuple[Message, ...]) -> None:
        """Write down what became of messages; the channel waits for that."""
        try:
            self._store.write(Commit(messages=changed))
        except StoreError:
            self._unnoted[channel] = changed
        else:
            self._unnoted.pop(channel, None)
            self._outbox.update(changed)


def _timings(targets: Iterable[MonitorTarget]) -> list[tuple[str, Timing]]:
    return [(watched.key, watched.timing) for watched in targets]
