"""The outbox: the queued messages, and what becomes of them."""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import replace

from fetcher.monitor.delivery.delivery_plan import Delivery, by_channel
from fetcher.monitor.incident import DeliveryStatus, Message, MessageKind
from fetcher.monitor.plan import MonitorSettings
from fetcher.notify.channel import Refused

LEAST_TRIES = 5
"""The minimum number of attempts before a delivery is given up."""

FIRST_NEWS = frozenset({MessageKind.DOWN, MessageKind.ESCALATION, MessageKind.NOTICE})
"""What informs people of an incident for the first time."""

_MOST_INCIDENTS = 10_000


class Outbox:
    """The queued messages, as they were last written to disk; iterate over them."""

    def __init__(self) -> None:
        self._waiting: dict[str, Message] = {}
        self._receipts = Receipts()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._waiting.values())

    def add(self, messages: Iterable[Message]) -> None:
        """Add messages; those that are not queued only for what became of them."""
        for message in messages:
            if message.status is DeliveryStatus.WAITING:
                self._waiting.setdefault(message.id, message)
            self._receipts.record(message)

    def update(self, changed: Iterable[Message]) -> None:
        """Replace the messages with the same ids; the changes are on disk."""
        for message in changed:
            if message.status is DeliveryStatus.WAITING:
                self._waiting[message.id] = message
            else:
                self._waiting.pop(message.id, None)
            self._receipts.record(message)

    def obsolete(self, channels: Collection[str], busy: Set[str]) -> dict[str, tuple[Message, ...]]:
        """Give up what cannot be sent or has nothing to say any longer; return it by channel.

        channels: those that exist. busy: those whose messages are being sent.
        """
        found = {}
        for channel, messages in by_channel(self).items():
            if channel in busy:
                continue
            if channel in channels:
                given_up = give_up_obsolete(messages, self._receipts)
            else:
                error = f"the channel {channel!r} no longer exists"
                given_up = tuple([give_up(message, error) for message in messages])
            if given_up:
                found[channel] = given_up
        return found


class Receipts:
    """Which incidents each channel has told people about, until it tells them of the end.

    For the latest ten thousand: an end that nobody waits for any longer must not fill the memory.
    """

    def __init__(self) -> None:
        self._arrived: dict[tuple[str, str], bool] = {}

    def record(self, message: Message) -> None:
        """Record what became of a message."""
        where = (message.incident, message.channel)
        if message.kind is MessageKind.UP:
            if message.status is not DeliveryStatus.WAITING:
                self._arrived.pop(where, None)
        elif message.sent is not None:
            self._put(where, arrived=True)
        elif message.status is DeliveryStatus.GIVEN_UP and message.kind in FIRST_NEWS:
            self._put(where, arrived=self._arrived.get(where, False))

    def is_unknown_to(self, channel: str, incident: str) -> bool:
        """True if it is certain that nothing about an incident has come through a channel."""
        return self._arrived.get((incident, channel)) is False

    def _put(self, where: tuple[str, str], *, arrived: bool) -> None:
        self._arrived.pop(where, None)
        self._arrived[where] = arrived
        if len(self._arrived) > _MOST_INCIDENTS:
            del self._arrived[next(iter(self._arrived))]


def settle(
    delivery: Delivery,
    refused: Refused | None,
    now: float,
    settings: MonitorSettings,
    behind: Iterable[Message] = (),
) -> tuple[Message, ...]:
    """Return what became of a delivery's messages, and of those that wait behind them.

    After several failures, what was created `give_up_after` ago is given up, and what waits behind
    it too: otherwise each of these would be tried by itself, with a pause in between. Not at the
    first failure: a monitor that comes back after days has old messages, and has hardly tried.

    Args:
        delivery: What was sent.
        refused: Why it did not arrive, None if it did.
        now: Seconds since the epoch.
        settings: With `give_up_after`.
        behind: The channel's other queued messages.
    """
    digest = delivery.id if len(delivery.messages) > 1 else delivery.messages[0].digest
    tried = [replace(m, attempts=m.attempts + 1, digest=digest) for m in delivery.messages]
    if refused is None:
        sent = DeliveryStatus.SENT
        return tuple([replace(m, status=sent, sent=now, error="") for m in tried])
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
    """Return a message that is not tried again."""
    return replace(message, status=DeliveryStatus.GIVEN_UP, error=error)


def give_up_obsolete(waiting: Iterable[Message], receipts: Receipts) -> tuple[Message, ...]:
    """Give up what has nothing to say any longer.

    A reminder, if the end of its incident is queued as well. An end, if what it ends was given up
    before it reached anyone, and nothing is queued that would report it.
    """
    messages = tuple(waiting)
    over = {(m.incident, m.channel) for m in messages if m.kind is MessageKind.UP}
    reported = {(m.incident, m.channel) for m in messages if m.kind in FIRST_NEWS}
    given_up = []
    for message in messages:
        where = (message.incident, message.channel)
        if message.kind is MessageKind.REMINDER and where in over:
            given_up.append(give_up(message, "the incident ended before this could be sent"))
        elif (
            message.kind is MessageKind.UP
            and where not in reported
            and receipts.is_unknown_to(message.channel, message.incident)
        ):
            given_up.append(give_up(message, "the beginning was never delivered"))
    return tuple(given_up)


def _is_late(message: Message, now: float, settings: MonitorSettings) -> bool:
    return now - message.created >= settings.give_up_after
