"""What goes out as one."""

import hashlib
from dataclasses import dataclass

from fetcher.monitor.message import Message


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
