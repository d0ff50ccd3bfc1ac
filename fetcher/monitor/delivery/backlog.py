"""The messages that wait."""

from collections.abc import Collection, Iterable, Iterator, Set

from fetcher.monitor.delivery.heard import Heard
from fetcher.monitor.delivery.planning import by_channel
from fetcher.monitor.delivery.settling import give_up, needless
from fetcher.monitor.message import Fate, Message


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
            if message.fate is Fate.WAITING:
                self._waiting.setdefault(message.id, message)
            self._heard.note(message)

    def take_in(self, changed: Iterable[Message]) -> None:
        """Put messages in the place of those with the same ids; they are written down."""
        for message in changed:
            if message.fate is Fate.WAITING:
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
