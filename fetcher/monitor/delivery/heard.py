"""Which incidents people have heard of, by which channel."""

from fetcher.monitor.message import Fate, Kind, Message

TELLING = frozenset({Kind.DOWN, Kind.ESCALATION, Kind.NOTICE})
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
        if message.kind is Kind.UP:
            if message.fate is not Fate.WAITING:
                self._told.pop(where, None)
        elif message.sent is not None:
            self._put(where, told=True)
        elif message.fate is Fate.GIVEN_UP and message.kind in TELLING:
            self._put(where, told=self._told.get(where, False))

    def nothing(self, incident: str, channel: str) -> bool:
        """Whether it is known that nothing of an incident came through a channel."""
        return self._told.get((incident, channel)) is False

    def _put(self, where: tuple[str, str], *, told: bool) -> None:
        self._told.pop(where, None)
        self._told[where] = told
        if len(self._told) > _MOST:
            del self._told[next(iter(self._told))]
