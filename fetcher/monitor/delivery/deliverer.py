"""Sends queued messages, channel by channel."""

import asyncio
import logging
import random
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from fetcher.monitor.commit import Commit
from fetcher.monitor.delivery.channel_state import ChannelState
from fetcher.monitor.delivery.delivery_plan import Delivery, by_channel, next_time, plan_deliveries
from fetcher.monitor.delivery.outbox import Outbox, settle
from fetcher.monitor.events import Events
from fetcher.monitor.incident import Message
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.punctuality import Clock
from fetcher.notify.channel import Channel, Notice, Refused

_log = logging.getLogger(__name__)

_LOOK_AGAIN = 30.0
"""Seconds after which to look at the clock again: it may have been set."""

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
"""Seconds between two attempts to write to a store that fails."""


class Composer(Protocol):
    """Makes the text of what is sent."""

    def notice(self, messages: Sequence[Message], now: float) -> Notice:
        """Return the notice for one or more messages."""
        ...


class CommitStore(Protocol):
    """Where it is recorded what became of messages."""

    async def write(self, commit: Commit) -> None:
        """Write a commit, or raise."""
        ...


class Deliverer:
    """Sends messages through channels, and commits what became of them.

    A channel sends one delivery after the other, and none before it is on disk what became of the
    previous one. Delivery is at least once: what was being sent when this process died is sent
    again, with the same id.

    Args:
        channels: By name; from now on they are closed here.
        composer: Makes the text.
        store: Takes what became of messages.
        settings: When to send digests, and when to give up.
        clock: The time.
        rng: For the length of pauses.
        events: Where failing and recovered channels are reported.
        failing_since: Channels that were reported as failing before this process began.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        composer: Composer,
        store: CommitStore,
        settings: MonitorSettings,
        clock: Clock,
        rng: random.Random,
        events: Events,
        *,
        failing_since: Mapping[str, float] | None = None,
    ) -> None:
        self.sent = 0
        """How many messages were delivered."""
        self._channels = dict(channels)
        self._composer = composer
        self._store = store
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._events = events
        known = failing_since or {}
        self._states = {name: ChannelState(known.get(name)) for name in channels}
        self._outbox = Outbox()
        self._in_progress: dict[str, asyncio.Task[None]] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._closing = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many messages are queued."""
        return len(self._outbox)

    @property
    def failing(self) -> Mapping[str, str]:
        """The channels whose latest delivery failed, with the error."""
        return {name: state.error for name, state in self._states.items() if state.error}

    @property
    def failing_since(self) -> Mapping[str, float]:
        """Since when each of these fails."""
        return {
            name: state.failing_since
            for name, state in self._states.items()
            if state.error and state.failing_since is not None
        }

    @property
    def next_time(self) -> float | None:
        """When the next delivery is due; None if none is, apart from those in progress."""
        now = self._clock.wall()
        times = [
            self._states[name].paused_until(now)
            or next_time(messages, self._states[name].recent, now, self._settings)
            for name, messages in by_channel(self._outbox).items()
            if name not in self._in_progress and name in self._states
        ]
        return min([time for time in times if time is not None], default=None)

    def add(self, messages: Iterable[Message]) -> None:
        """Add messages that are on disk; those that are queued already are not added twice.

        After a restart, also those that were sent or given up about open incidents: an end is sent
        only to those who received the beginning. And those sent within `digest_every`: they count
        against the rate.
        """
        messages = tuple(messages)
        self._outbox.add(messages)
        arrived = {(m.channel, m.digest or m.id): m.sent for m in messages if m.sent is not None}
        for (channel, _), sent in arrived.items():
            if channel in self._states:
                self._states[channel].recent += (sent,)
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, until `aclose`."""
        while not self._closing.is_set():
            self._wake.clear()
            self.tick()
            await self._rest()

    def tick(self) -> None:
        """Start what is due now."""
        now, states = self._clock.wall(), self._states
        for channel, given_up in self._outbox.obsolete(states, self._in_progress.keys()).items():
            self._start(channel, self._save(given_up))
        recent = {name: state.recent for name, state in states.items()}
        paused = {name for name, state in states.items() if state.paused_until(now) is not None}
        busy = paused | self._in_progress.keys()
        for delivery in plan_deliveries(self._outbox, recent, busy, now, self._settings):
            self._start(delivery.channel, self._deliver(delivery))

    def replace_channels(
        self, channels: Mapping[str, Channel], settings: MonitorSettings | None = None
    ) -> None:
        """Use other channels, and other settings, from now on.

        A delivery in progress is finished by the channel that began it, which is then closed. What
        is queued for a channel that is gone is given up; one that had failed is tried at once.
        """
        old, self._channels = self._channels, dict(channels)
        self._settings = settings or self._settings
        for name in old.keys() - channels.keys():
            if self._states.pop(name).is_reported:
                self._events.channel_recovered(name)
        for name, channel in channels.items():
            state = self._states.setdefault(name, ChannelState())
            if old.get(name) is not channel:
                state.resume()
        for name, channel in old.items():
            if channels.get(name) is not channel:
                self._retire(channel, self._in_progress.get(name))
        self._wake.set()

    async def aclose(self, grace: float) -> None:
        """Start nothing new, wait `grace` seconds for what is in progress, close the channels."""
        self._closing.set()
        self._wake.set()
        in_progress = {*self._in_progress.values(), *self._retiring}
        if in_progress:
            _, late = await asyncio.wait(in_progress, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for channel in self._channels.values():
            await _close(channel)

    def _start(self, channel: str, job: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._in_progress[channel] = task
        task.add_done_callback(lambda task: self._ended(channel, task))

    def _ended(self, channel: str, task: asyncio.Task[None]) -> None:
        del self._in_progress[channel]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s: a delivery ended with an internal error", channel, exc_info=error)

    async def _deliver(self, delivery: Delivery) -> None:
        name = delivery.channel
        state = self._states[name]
        refused = await self._attempt(self._channels[name], delivery)
        tried = {message.id for message in delivery.messages}
        behind = [m for m in self._outbox if m.channel == name and m.id not in tried]
        changed = settle(delivery, refused, self._clock.wall(), self._settings, behind)
        is_news = self._record(state, delivery, refused)
        await self._save(changed)
        if is_news and self._states.get(name) is state:  # it may have been removed meanwhile
            self._report(name, state, refused)

    async def _attempt(self, channel: Channel, delivery: Delivery) -> Refused | None:
        try:
            notice = self._composer.notice(delivery.messages, self._clock.wall())
            return await channel.send(_with_id(notice, delivery.id))
        except Exception as error:  # a defect in one message must not stop all the others
            _log.exception("%s: internal error in %s", delivery.channel, delivery.id)
            return Refused(f"internal error: {type(error).__name__}: {error}")

    def _record(self, state: ChannelState, delivery: Delivery, refused: Refused | None) -> bool:
        """Record how it went; return True if that is to be reported."""
        if refused is not None:
            return state.record_failure(refused, self._clock.wall(), self._rng)
        self.sent += len(delivery.messages)
        return state.record_arrival(self._clock.wall(), self._settings.digest_every)

    def _report(self, channel: str, state: ChannelState, refused: Refused | None) -> None:
        if refused is None:
            self._events.channel_recovered(channel)
        elif state.failing_since is not None:
            self._events.channel_failing(channel, refused.error, state.failing_since)

    async def _save(self, changed: tuple[Message, ...]) -> None:
        if await save(self._store, Commit(messages=changed), self._closing):
            self._outbox.update(changed)

    async def _rest(self) -> None:
        """Wait until there is something to do, or it is time to look at the clock again."""
        due = self.next_time
        seconds = None if due is None else min(max(0.0, due - self._clock.wall()), _LOOK_AGAIN)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _retire(self, channel: Channel, in_progress: asyncio.Task[None] | None) -> None:
        async def retire() -> None:
            if in_progress is not None:
                await asyncio.wait([in_progress])
            await _close(channel)

        task = asyncio.get_running_loop().create_task(retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


async def save(store: CommitStore, commit: Commit, closing: asyncio.Event) -> bool:
    """Write a commit, and retry after a pause while that fails; return True if it succeeded.

    What was delivered is never sent again because it could not be recorded. It is retried while
    `closing` is not set, and then once more.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            await store.write(commit)
        except Exception as error:  # whatever it is, sending again would not help
            _log.error("delivery status cannot be written: %s", error)
        else:
            return True
        if closing.is_set():
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await closing.wait()
        pause = min(2 * pause, _LONGEST_PAUSE)


def _with_id(notice: Notice, id: str) -> Notice:
    """Return the notice with its delivery's id, also where programs look for it."""
    data = {**notice.data, "id": id} if "id" in notice.data else notice.data
    return replace(notice, id=id, data=data)


async def _close(channel: Channel) -> None:
    try:
        await channel.aclose()
    except Exception:  # it is no longer used, whatever is wrong with it
        _log.exception("%s: cannot be closed", channel.name)
