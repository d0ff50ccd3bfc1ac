"""What a monitor that starts again has to know of its messages."""

from fetcher.monitor.history import Loaded, Reader
from fetcher.monitor.message import Fate, Message


def resumed(loaded: Loaded, reader: Reader, since: float) -> list[Message]:
    """The messages that wait, and those by which it is decided whether and when they go.

    Those are the others about the same incidents and about all that last (an end is told only to
    who has heard of the beginning), and what was sent after `since`, in seconds since the epoch
    (the rate of a channel).
    """
    about = {message.incident for message in loaded.messages}
    about |= {incident.id for incident in loaded.incidents}
    found = {message.id: message for message in loaded.messages}
    for incident in sorted(about):
        found |= {message.id: message for message in reader.messages(incident)}
    for message in reader.messages(fate=Fate.SENT):
        if message.sent is not None and message.sent >= since:
            found[message.id] = message
    return list(found.values())
