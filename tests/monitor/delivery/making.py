"""Messages and channels as tests of delivery need them."""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fetcher.monitor.commit import Commit
from fetcher.monitor.delivery.deliverer import Deliverer
from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind, message_id
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.punctuality import Clock
from fetcher.notify.channel import Notice, Refused
from tests.monitor.quiet_events import QuietEvents
from tests.pool.virtual_clock import VirtualClockLoop

R = TypeVar("R")

EPOCH = 1_800_000_000.0
"""When the virtual clock begins."""

SETTINGS = MonitorSettings(give_up_after=1000.0, digest_above=2, digest_every=60.0)


def message(
    incident: str = "i1",
    kind: MessageKind = MessageKind.DOWN,
    channel: str = "ops",
    *,
    at: float = 0.0,
    after: float = 0.0,
    number: int = 0,
    **changes: Any,
) -> Message:
    """A message made `at` seconds after the beginning of time, and due `after` seconds later."""
    name = message_id(incident, kind, channel, number)
    made = Message(name, incident, channel, kind, EPOCH + at, EPOCH + at + after)
    return replace(made, **changes)


class Lister:
    """Composes notices that say which messages they are made of."""

    def notice(self, messages: Sequence[Message], now: float) -> Notice:
        """Return a notice that lists the ids of the messages."""
        ids = [message.id for message in messages]
        kind = messages[0].kind.value
        return Notice("of no importance", kind, "s", "t", {"id": "same", "messages": ids})


@dataclass(slots=True, eq=False)
class Pipe:
    """A channel that answers as a test wants, and keeps what it was given.

    answers: in turn, the last one again and again. takes: how long a delivery takes.
    """

    name: str = "ops"
    answers: list[Refused | Exception | None] = field(default_factory=lambda: [None])
    takes: float = 0.0
    given: list[Notice] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    closed: bool = False

    async def send(self, notice: Notice) -> Refused | None:
        """Take a notice."""
        assert not self.closed
        self.given.append(notice)
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True

    @property
    def got(self) -> list[list[str]]:
        """The ids of the messages in each notice."""
        return [list(notice.data["messages"]) for notice in self.given]  # type: ignore[call-overload]


@dataclass
class Monitor(QuietEvents):
    """A deliverer on a virtual clock, what it commits and reports; `commits_fail`: how often."""

    deliverer: Deliverer = field(init=False)
    written: dict[str, Message] = field(default_factory=dict)
    reported: list[str] = field(default_factory=list)
    commits_fail: int = 0

    async def write(self, commit: Commit) -> None:
        """Write a commit, or fail to."""
        if self.commits_fail:
            self.commits_fail -= 1
            raise OSError("disk full")
        self.written |= {message.id: message for message in commit.messages}

    def channel_failing(self, channel: str, error: str, since: float) -> None:
        """Keep what is reported."""
        self.reported.append(f"{channel} {error} {since - EPOCH:.0f}")

    def channel_recovered(self, channel: str) -> None:
        """Keep what is reported."""
        self.reported.append(f"{channel} recovered")

    def status(self, message: Message) -> DeliveryStatus:
        """What is written down of a message."""
        return self.written[message.id].status


@asynccontextmanager
async def delivering(
    *pipes: Pipe,
    failing_since: Mapping[str, float] | None = None,
    settings: MonitorSettings = SETTINGS,
) -> AsyncIterator[Monitor]:
    """Run a deliverer."""
    it = Monitor()
    it.deliverer = Deliverer(
        {pipe.name: pipe for pipe in pipes},
        Lister(),
        it,
        settings,
        Clock(wall=wall_clock),
        random.Random(7),
        it,
        failing_since=failing_since,
    )
    running = asyncio.create_task(it.deliverer.run())
    try:
        yield it
    finally:
        await it.deliverer.aclose(0.0)
        await running


def wall_clock() -> float:
    """The loop's own time, as seconds since the epoch."""
    return EPOCH + asyncio.get_running_loop().time()


def on_virtual_clock(main: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine on a loop on which an hour passes at once."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(main)
