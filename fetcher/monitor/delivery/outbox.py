"""The messages that wait.

What becomes of messages: sent, tried again, or given up.

Which incidents people have heard of, by which channel.
"""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import replace

from fetcher.monitor.delivery.delivery_plan import Delivery, by_channel
from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind
from fetcher.monitor.plan import MonitorSettings
from fetcher.notify.channel import Refused

TELLING = frozenset({MessageKind.DOWN, MessageKind.ESCALATION, MessageKind.NOTICE})
"""What tells people of an incident for the first time, where they get it."""

_MOST = 10_000


class Heard:
    """What became of the messages that tell of an incident, for as long as its end is to come.

    Of the latest ten thousand: an end that nobody waits for any more must not fill the memory.
    """

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], bool] = {}

    def note(self, message: Message) -> None:
        """Take in what became of a message."""
        where = (message.incident, message.channel)
        if message.kind is MessageKind.UP:
            if message.fate is not DeliveryStatus.WAITING:
                self._told.pop(where, None)
        elif message.sent is not None:
            self._put(where, told=True)
        elif message.fate is DeliveryStatus.GIVEN_UP and message.kind in TELLING:
            self._put(where, told=self._told.get(where, False))

    def nothing(self, incident: str, channel: str) -> bool:
        """Whether it is known that nothing of an incident came through a channel."""
        return self._told.get((incident, channel)) is False

    def _put(self, where: tuple[str, str], *, told: bool) -> None:
        self._told.pop(where, None)
        self._told[where] = told
        if len(self._told) > _MOST:
            del self._told[next(iter(self._told))]


LEAST_TRIES = 5
"""How often a delivery is tried at least."""


def settle(
    delivery: Delivery,
    refused: Refused | None,
    now: float,
    settings: MonitorSettings,
    behind: Iterable[Message] = (),
) -> tuple[Message, ...]:
    """Say what became of a delivery's messages, and of those that wait behind them.

    refused: why it did not arrive, None when it did. After so many failures, what was made
    `give_up_after` ago is given up, that behind it too: or else each of those would be tried by
    itself, with a pause in between. Not at the first failure: a monitor that comes back after days
    has old messages, and has hardly tried.
    """
    digest = delivery.id if len(delivery.messages) > 1 else delivery.messages[0].digest
    tried = [replace(m, attempts=m.attempts + 1, digest=digest) for m in delivery.messages]
    if refused is None:
        return tuple([replace(m, fate=DeliveryStatus.SENT, sent=now, error="") for m in tried])
    if refused.partly:
        tried = [replace(m, sent=now) for m in tried]
    failed = [replace(m, error=refused.error) for m in tried]
    if any(m.attempts < LEAST_TRIES for m in tried):
        return tuple(failed)
    late = [m for m in behind if _is_late(m, now, settings)]
    return (
        *[give_up(m, m.error) if _is_late(m, now, settings) else m for m in failed],
        *[give_up(m, refused.error) for m in late],
    )


def give_up(message: Message, error: str) -> Message:
    """Try no longer to send a message."""
    return replace(message, fate=DeliveryStatus.GIVEN_UP, error=error)


def needless(waiting: Iterable[Message], heard: Heard) -> tuple[Message, ...]:
    """Give up what has nothing to say any more.

    A reminder, when the end of its incident waits as well. An end, when what it ends was given up
    before it reached anyone, and nothing waits that would tell of it.
    """
    messages = tuple(waiting)
    over = {(m.incident, m.channel) for m in messages if m.kind is MessageKind.UP}
    telling = {(m.incident, m.channel) for m in messages if m.kind in TELLING}
    given_up = []
    for message in messages:
        where = (message.incident, message.channel)
        if message.kind is MessageKind.REMINDER and where in over:
            given_up.append(give_up(message, "it was over before this could be sent"))
        elif message.kind is MessageKind.UP and where not in telling and heard.nothing(*where):
            given_up.append(give_up(message, "nobody was told that it had begun"))
    return tuple(given_up)


def _is_late(message: Message, now: float, settings: MonitorSettings) -> bool:
    return now - message.created >= settings.give_up_after


class Backlog:
    """The messages that wait, as they were written down last; iterate over them."""

    def __init__(self) -> None:
        self._waiting: dict[str, Message] = {}
        self._heard = Heard()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._waiting.values())

    def add(self, messages: Iterable[Message]) -> None:
        """Add messages; of those that do not wait, only what became of them is of interest."""
        for message in messages:
            if message.fate is DeliveryStatus.WAITING:
                self._waiting.setdefault(message.id, message)
            self._heard.note(message)

    def take_in(self, changed: Iterable[Message]) -> None:
        """Put messages in the place of those with the same ids; they are written down."""
        for message in changed:
            if message.fate is DeliveryStatus.WAITING:
                self._waiting[message.id] = message
            else:
                self._waiting.pop(message.id, None)
            self._heard.note(message)

    def useless(self, channels: Collection[str], busy: Set[str]) -> dict[str, tuple[Message, ...]]:
        """Give up what cannot be sent or has nothing to say any more, by channels.

        channels: that there are. busy: those whose messages are on the way.
        """
        found = {}
        for channel, messages in by_channel(self).items():
            if channel in busy:
                continue
            if channel in channels:
                given_up = needless(messages, self._heard)
            else:
                error = f"there is no channel {channel!r} any more"
                given_up = tuple([give_up(message, error) for message in messages])
            if given_up:
                found[channel] = given_up
        return found
