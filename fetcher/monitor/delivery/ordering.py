"""In which order a channel's messages go."""

from collections.abc import Iterable
from dataclasses import dataclass

from fetcher.monitor.message import Kind, Message

_RANK = {Kind.UP: 2, Kind.REMINDER: 1, Kind.ESCALATION: 1}
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
