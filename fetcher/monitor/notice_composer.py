"""The words of what is sent, made when it is: from what is known of the incident then.

What a monitor that starts again has to know of its messages.
"""

from collections.abc import Sequence
from string import Template

from fetcher.monitor.history import HistoryReader, LoadedState
from fetcher.monitor.incident import DeliveryStatus, Incident, Message
from fetcher.monitor.incident_manager import IncidentManager
from fetcher.monitor.incidents import compose, compose_digest
from fetcher.monitor.plan import Plan
from fetcher.notify.channel import Notice


class NoticeComposer:
    """Makes notices of messages.

    plan: the one in force. desk: has the incidents that last. reader: has those that are over.
    """

    def __init__(self, plan: Plan, desk: IncidentManager, reader: HistoryReader) -> None:
        self.plan = plan
        self._desk = desk
        self._reader = reader

    def notice(self, messages: Sequence[Message], now: float) -> Notice:
        """Make the notice of what goes out as one; raises LookupError without its incident."""
        page = self.plan.page
        told = [(message, self._incident(message)) for message in messages]
        if len(told) > 1:
            return compose_digest(told, now, title=page.title, public_url=page.public_url)
        [(message, incident)] = told
        return compose(
            incident,
            message.kind,
            now,
            title=page.title,
            public_url=page.public_url,
            template=self._template(message.channel),
            id=message.id,
        )

    def _template(self, channel: str) -> Template | None:
        """The words that a channel's configuration has for its messages, None for the usual."""
        texts = [each.text for each in self.plan.channels if each.name == channel and each.text]
        return Template(texts[0]) if texts else None

    def _incident(self, message: Message) -> Incident:
        found = self._desk.get(message.incident) or self._reader.incident(message.incident)
        if found is None:
            raise LookupError(f"there is no incident {message.incident}")
        return found


def resumed(loaded: LoadedState, reader: HistoryReader, since: float) -> list[Message]:
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
    for message in reader.messages(fate=DeliveryStatus.SENT):
        if message.sent is not None and message.sent >= since:
            found[message.id] = message
    return list(found.values())
