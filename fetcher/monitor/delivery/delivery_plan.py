"""What is sent now, and when there will be more to send; pure, on a clock that is passed in.

In which order a channel's messages go.

What goes out as one.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from fetcher.monitor.incident import Message, MessageKind
from fetcher.monitor.plan import MonitorSettings

_RANK = {MessageKind.UP: 2, MessageKind.REMINDER: 1, MessageKind.ESCALATION: 1}
"""Of one incident, what begins it goes first, and its end last."""

_SET_BACK = 60.0
"""A message that is made so many seconds in the future was made by another clock."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message, and from when on it is its turn."""

    due: float
    message: Message


def in_order(messages: Iterable[Message], now: float) -> list[Turn]:
    """Put one channel's messages in order: by when they are due, then by when they were made.

    An end never comes before what it ends: it is due when that is, if not later.
    """
    placed: list[tuple[float, float, int, str, Message]] = []
    behind: dict[str, tuple[float, float]] = {}
    for message in sorted(messages, key=_by_rank):
        own = (_due(message, now), message.created)
        due, created = behind[message.incident] = max(own, behind.get(message.incident, own))
        placed.append((due, created, _rank(message), message.id, message))
    return [Turn(due, message) for due, _, _, _, message in sorted(placed, key=lambda p: p[:4])]


def _due(message: Message, now: float) -> float:
    """When it may go; at once, if it was made by a clock that has been set back since."""
    return now if message.created > now + _SET_BACK else message.due


def _rank(message: Message) -> int:
    return _RANK.get(message.kind, 0)


def _by_rank(message: Message) -> tuple[int, float, float, str]:
    return _rank(message), message.due, message.created, message.id


@dataclass(frozen=True, slots=True)
class Delivery:
    """Messages that one channel sends as one; of more than one, a digest."""

    channel: str
    messages: tuple[Message, ...]

    @property
    def id(self) -> str:
        """What receivers know it by: the same when it is tried again.

        That holds when some of a digest were given up since: who had them knows the rest.
        """
        if self.messages[0].digest:
            return self.messages[0].digest
        if len(self.messages) == 1:
            return self.messages[0].id
        ids = "\n".join([message.id for message in self.messages])
        return f"digest-{hashlib.sha256(ids.encode()).hexdigest()[:24]}-{self.channel}"


STUBBORN = 5
"""After so many failures, some two minutes, a delivery is no longer the only one that is tried."""


def plan_deliveries(
    waiting: Iterable[Message],
    recent: Mapping[str, Sequence[float]],
    busy: Set[str],
    now: float,
    settings: MonitorSettings,
) -> list[Delivery]:
    """Choose what is sent now: of each channel that is not busy, one delivery at the most.

    recent: when each channel's latest deliveries arrived. now: seconds since the epoch.

    Messages go one by one while the channel has room: `digest_above` deliveries within any
    `digest_every`. When more are due than there is room for, they go as one digest; where there is
    no room, they wait until there is. What was tried before goes first, as it was put together
    then, so that a receiver who had it all the same can tell. What was refused `STUBBORN` times
    lets others go before it, but for those about the same incidents: it may be this message that
    the receiver does not want, and not the receiver that takes none.
    """
    planned = []
    for channel, messages in by_channel(waiting).items():
        if channel not in busy:
            lately = recent.get(channel, ())
            chosen = _chosen(in_order(messages, now), lately, now, settings)
            if chosen:
                planned.append(Delivery(channel, chosen))
    return planned


def next_time(
    messages: Iterable[Message], recent: Sequence[float], now: float, settings: MonitorSettings
) -> float | None:
    """Say when one of a channel's messages can be sent; None when none of them waits."""
    turns = in_order(messages, now)
    if not turns:
        return None
    if any(turn.message.attempts for turn in turns):
        return now
    return max(turns[0].due, _room_from(recent, now, settings))


def by_channel(messages: Iterable[Message]) -> dict[str, list[Message]]:
    """Sort messages by the channels that send them."""
    found = defaultdict(list)
    for message in messages:
        found[message.channel].append(message)
    return found


def _chosen(
    turns: Sequence[Turn], recent: Sequence[float], now: float, settings: MonitorSettings
) -> tuple[Message, ...]:
    tried = _tried(turns)
    again = min(tried, key=lambda delivery: delivery[0].attempts, default=())
    if again and again[0].attempts < STUBBORN:
        return again
    held = {message.incident for delivery in tried for message in delivery}
    due = [t.message for t in turns if t.due <= now and t.message.incident not in held]
    # What was tried has its room already, whenever it arrives.
    room = settings.digest_above - len(tried) - len(_lately(recent, now, settings))
    if room <= 0 or not due:
        return again
    return tuple(due[:1] if len(due) <= room else due)


def _tried(turns: Sequence[Turn]) -> list[tuple[Message, ...]]:
    """What was tried before, as it was put together then."""
    found: dict[str, list[Message]] = {}
    for turn in turns:
        if turn.message.attempts:
            found.setdefault(turn.message.digest or turn.message.id, []).append(turn.message)
    return [tuple(messages) for messages in found.values()]


def _room_from(recent: Sequence[float], now: float, settings: MonitorSettings) -> float:
    """When a channel may send the next one."""
    lately = _lately(recent, now, settings)
    if len(lately) < settings.digest_above:
        return now
    return lately[-settings.digest_above] + settings.digest_every


def _lately(recent: Sequence[float], now: float, settings: MonitorSettings) -> list[float]:
    """What counts against the room; not what is yet to come, by a clock that was set back."""
    return sorted([at for at in recent if at <= now < at + settings.digest_every])
