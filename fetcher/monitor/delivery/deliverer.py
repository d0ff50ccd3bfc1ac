"""Sends what waits, channel by channel.

Writes down what became of messages, until that succeeds.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from fetcher.monitor.commit import Commit
from fetcher.monitor.delivery.channel_state import Line
from fetcher.monitor.delivery.delivery_plan import Delivery, by_channel, next_time, plan_deliveries
from fetcher.monitor.delivery.outbox import Backlog, settle
from fetcher.monitor.incident import Message
from fetcher.monitor.plan import MonitorSettings
from fetcher.notify.channel import Channel, Notice, Refused

_log = logging.getLogger(__name__)


_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


async def save(
    commit: Callable[[Commit], Awaitable[None]], changes: Commit, closing: asyncio.Event
) -> bool:
    """Commit the changes, and again after a pause while that fails; whether it succeeded.

    What was sent is never sent again because it could not be written down. It is tried for as long
    as `closing` is not set, and then once more.
    """
    pause = _FIRST_PAUSE
    while True:
        try:
            await commit(changes)
        except Exception as error:  # whatever it is, to send once more would not mend it
            _log.error("what became of messages cannot be written down: %s", error)
        else:
            return True
        if closing.is_set():
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await closing.wait()
        pause = min(2 * pause, _LONGEST_PAUSE)


_LOOK_AGAIN = 30.0
"""Seconds after which the clock is looked at again: it may have been set."""

OnFailing = Callable[[str, str, float], None]
OnMended = Callable[[str], None]


class Deliverer:
    """Sends messages through channels, and has what became of them committed.

    channels: by name; from now on they are closed here. compose: makes the words for one or more
    messages. commit: writes down, or raises. now: seconds since the epoch. rng: for the length of
    pauses. on_failing: is told a channel's name, the error, and since when, after three failures in
    a row; on_mended: its name, when it works again after that. failing_since: channels that were
    failing so when this process began.

    A channel sends one delivery after the other, and not before it is written down what became of
    the one before. Delivery is at least once: what was sent when this process died is sent again,
    with the same id.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        compose: Callable[[tuple[Message, ...]], Notice],
        commit: Callable[[Commit], Awaitable[None]],
        settings: MonitorSettings,
        now: Callable[[], float],
        rng: random.Random,
        *,
        on_failing: OnFailing = lambda channel, error, since: None,
        on_mended: OnMended = lambda channel: None,
        failing_since: Mapping[str, float] | None = None,
    ) -> None:
        self.sent = 0
        """How many messages arrived."""
        self._channels = dict(channels)
        self._compose = compose
        self._commit = commit
        self._settings = settings
        self._now = now
        self._rng = rng
        self._on_failing = on_failing
        self._on_mended = on_mended
        known = failing_since or {}
        self._lines = {name: Line(known.get(name)) for name in channels}
        self._backlog = Backlog()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._closing = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._backlog)

    @property
    def failing(self) -> Mapping[str, str]:
        """The channels whose latest delivery failed, with the error."""
        return {name: line.error for name, line in self._lines.items() if line.error}

    @property
    def failing_since(self) -> Mapping[str, float]:
        """Since when each of them fails."""
        return {
            name: line.failing_since
            for name, line in self._lines.items()
            if line.error and line.failing_since is not None
        }

    @property
    def next_time(self) -> float | None:
        """When the next delivery is due; None while there is nothing to wait for but those now."""
        now = self._now()
        times = [
            self._lines[name].paused_until(now)
            or next_time(messages, self._lines[name].recent, now, self._settings)
            for name, messages in by_channel(self._backlog).items()
            if name not in self._jobs and name in self._lines
        ]
        return min([time for time in times if time is not None], default=None)

    def add(self, messages: Iterable[Message]) -> None:
        """Add messages that are written down; what is there already is not added twice.

        After a restart, those of the incidents that last too that were sent or given up: an end is
        told only to those who heard of the beginning. And those sent within `digest_every`: they
        count against the rate.
        """
        messages = tuple(messages)
        self._backlog.add(messages)
        arrived = {(m.channel, m.digest or m.id): m.sent for m in messages if m.sent is not None}
        for (channel, _), sent in arrived.items():
            if channel in self._lines:
                self._lines[channel].recent += (sent,)
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, until `aclose`."""
        while not self._closing.is_set():
            self._wake.clear()
            self.tick()
            await self._rest()

    def tick(self) -> None:
        """Start what is due now."""
        now = self._now()
        for channel, given_up in self._backlog.useless(self._lines, self._jobs.keys()).items():
            self._start(channel, self._save(given_up))
        recent = {name: line.recent for name, line in self._lines.items()}
        paused = {name for name, line in self._lines.items() if line.paused_until(now) is not None}
        busy = paused | self._jobs.keys()
        for delivery in plan_deliveries(self._backlog, recent, busy, now, self._settings):
            self._start(delivery.channel, self._deliver(delivery))

    def replace_channels(
        self, channels: Mapping[str, Channel], settings: MonitorSettings | None = None
    ) -> None:
        """Use other channels from now on, and other settings.

        A delivery under way is finished by the channel that began it, which is then closed. What
        waits for a channel that is gone is given up; one that had failed is tried at once.
        """
        old, self._channels = self._channels, dict(channels)
        self._settings = settings or self._settings
        for name in old.keys() - channels.keys():
            if self._lines.pop(name).told:
                self._on_mended(name)
        for name, channel in channels.items():
            line = self._lines.setdefault(name, Line())
            if old.get(name) is not channel:
                line.resume()
        for name, channel in old.items():
            if channels.get(name) is not channel:
                self._retire(channel, self._jobs.get(name))
        self._wake.set()

    async def aclose(self, grace: float) -> None:
        """Start nothing new, wait `grace` seconds for what is under way, close the channels."""
        self._closing.set()
        self._wake.set()
        under_way = {*self._jobs.values(), *self._retiring}
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for channel in self._channels.values():
            await _close(channel)

    def _start(self, channel: str, job: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._jobs[channel] = task
        task.add_done_callback(lambda task: self._ended(channel, task))

    def _ended(self, channel: str, task: asyncio.Task[None]) -> None:
        del self._jobs[channel]
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s: a delivery ended with an internal error", channel, exc_info=error)

    async def _deliver(self, delivery: Delivery) -> None:
        name = delivery.channel
        line = self._lines[name]
        refused = await self._attempt(self._channels[name], delivery)
        tried = {message.id for message in delivery.messages}
        behind = [m for m in self._backlog if m.channel == name and m.id not in tried]
        changed = settle(delivery, refused, self._now(), self._settings, behind)
        news = self._note(line, delivery, refused)
        await self._save(changed)
        if news and self._lines.get(name) is line:  # it may be gone meanwhile
            self._tell(name, line, refused)

    async def _attempt(self, channel: Channel, delivery: Delivery) -> Refused | None:
        try:
            return await channel.send(_named(self._compose(delivery.messages), delivery.id))
        except Exception as error:  # a fault of ours in one message must not stop all the others
            _log.exception("%s: internal error in %s", delivery.channel, delivery.id)
            return Refused(f"internal error: {type(error).__name__}: {error}")

    def _note(self, line: Line, delivery: Delivery, refused: Refused | None) -> bool:
        """Note how it went; whether others are to be told."""
        if refused is not None:
            return line.failed(refused, self._now(), self._rng)
        self.sent += len(delivery.messages)
        return line.arrived(self._now(), self._settings.digest_every)

    def _tell(self, channel: str, line: Line, refused: Refused | None) -> None:
        if refused is None:
            self._on_mended(channel)
        elif line.failing_since is not None:
            self._on_failing(channel, refused.error, line.failing_since)

    async def _save(self, changed: tuple[Message, ...]) -> None:
        if await save(self._commit, Commit(messages=changed), self._closing):
            self._backlog.take_in(changed)

    async def _rest(self) -> None:
        """Wait until there is something to do, or the clock is to be looked at again."""
        due = self.next_time
        seconds = None if due is None else min(max(0.0, due - self._now()), _LOOK_AGAIN)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _retire(self, channel: Channel, under_way: asyncio.Task[None] | None) -> None:
        async def retire() -> None:
            if under_way is not None:
                await asyncio.wait([under_way])
            await _close(channel)

        task = asyncio.get_running_loop().create_task(retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


def _named(notice: Notice, id: str) -> Notice:
    """The notice with its delivery's id, also where programs look for it."""
    data = {**notice.data, "id": id} if "id" in notice.data else notice.data
    return replace(notice, id=id, data=data)


async def _close(channel: Channel) -> None:
    try:
        await channel.aclose()
    except Exception:  # it is of no use any more, whatever is wrong with it
        _log.exception("%s: cannot be closed", channel.name)
