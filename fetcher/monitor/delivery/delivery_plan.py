"""What is sent now, in which order, and when there will be more; pure, on a clock passed in."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from fetcher.monitor.incident import Message, MessageKind
from fetcher.monitor.plan import MonitorSettings

STUBBORN = 5
"""After this many failures, some two minutes, a delivery no longer holds up all others."""

_RANK = {MessageKind.UP: 2, MessageKind.REMINDER: 1, MessageKind.ESCALATION: 1}
"""Among messages about one incident, its beginning goes first, and its end last."""

_SET_BACK = 60.0
"""A message created more than this many seconds in the future was created by another clock."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Messages that a channel sends as one; if there are several, a digest."""

    channel: str
    messages: tuple[Message, ...]

    @property
    def id(self) -> str:
        """The id by which receivers know it: the same when it is retried.

        That holds even if some messages of a digest have been given up since: a receiver that had
        it knows the rest.
        """
        if self.messages[0].digest:
            return self.messages[0].digest
        if len(self.messages) == 1:
            return self.messages[0].id
        ids = "\n".join([message.id for message in self.messages])
        return f"digest-{hashlib.sha256(ids.encode()).hexdigest()[:24]}-{self.channel}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A message, and when its turn comes."""

    due: float
    message: Message


def plan_deliveries(
    waiting: Iterable[Message],
    recent: Mapping[str, Sequence[float]],
    busy: Set[str],
    now: float,
    settings: MonitorSettings,
) -> list[Delivery]:
    """Choose what is sent now: at most one delivery for each channel that is not busy.

    Messages go one by one while the channel has room: `digest_above` deliveries within any
    `digest_every`. When more are due than there is room for, they go as one digest; while there is
    no room, they wait. What was tried before goes first, put together as it was then, so that a
    receiver that had it all the same can tell. What was refused `STUBBORN` times lets others go
    first, except those about the same incidents: the receiver may object to this one message only.

    Args:
        waiting: The queued messages.
        recent: When each channel's latest deliveries arrived.
        busy: Channels that send something already, or are paused.
        now: Seconds since the epoch.
        settings: With the room that each channel has.
    """
    planned = []
    for channel, messages in by_channel(waiting).items():
        if channel not in busy:
            arrived = recent.get(channel, ())
            chosen = _chosen(in_order(messages, now), arrived, now, settings)
            if chosen:
                planned.append(Delivery(channel, chosen))
    return planned


def next_time(
    messages: Iterable[Message], recent: Sequence[float], now: float, settings: MonitorSettings
) -> float | None:
    """Return when one of a channel's messages can be sent; None if there are none."""
    turns = in_order(messages, now)
    if not turns:
        return None
    if any(turn.message.attempts for turn in turns):
        return now
    return max(turns[0].due, _room_from(recent, now, settings))


def by_channel(messages: Iterable[Message]) -> dict[str, list[Message]]:
    """Group messages by the channels that send them."""
    found = defaultdict(list)
    for message in messages:
        found[message.channel].append(message)
    return found


def in_order(messages: Iterable[Message], now: float) -> list[Turn]:
    """Sort one channel's messages: by when they are due, then by when they were created.

    The end of an incident never comes before what it ends: it is due when that is, if not later.
    """
    placed: list[tuple[float, float, int, str, Message]] = []
    behind: dict[str, tuple[float, float]] = {}
    for message in sorted(messages, key=_by_rank):
        own = (_due(message, now), message.created)
        due, created = behind[message.incident] = max(own, behind.get(message.incident, own))
        placed.append((due, created, _rank(message), message.id, message))
    return [Turn(due, message) for due, _, _, _, message in sorted(placed, key=lambda p: p[:4])]


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
    room = settings.digest_above - len(tried) - len(_counted(recent, now, settings))
    if room <= 0 or not due:
        return again
    return tuple(due[:1] if len(due) <= room else due)


def _tried(turns: Sequence[Turn]) -> list[tuple[Message, ...]]:
    """Return what was tried before, put together as it was then."""
    found: dict[str, list[Message]] = {}
    for turn in turns:
        if turn.message.attempts:
            found.setdefault(turn.message.digest or turn.message.id, []).append(turn.message)
    return [tuple(messages) for messages in found.values()]


def _room_from(recent: Sequence[float], now: float, settings: MonitorSettings) -> float:
    """Return when a channel may send the next delivery."""
    counted = _counted(recent, now, settings)
    if len(counted) < settings.digest_above:
        return now
    return counted[-settings.digest_above] + settings.digest_every


def _counted(recent: Sequence[float], now: float, settings: MonitorSettings) -> list[float]:
    """Return what counts against the room; nothing in the future, after a clock was set back."""
    return sorted([at for at in recent if at <= now < at + settings.digest_every])


def _due(message: Message, now: float) -> float:
    """Return when it may go: at once, if it was created by a clock that has been set back since."""
    return now if message.created > now + _SET_BACK else message.due


def _rank(message: Message) -> int:
    return _RANK.get(message.kind, 0)


def _by_rank(message: Message) -> tuple[int, float, float, str]:
    return _rank(message), message.due, message.created, message.id
