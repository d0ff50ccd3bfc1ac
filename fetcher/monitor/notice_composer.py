"""The notices that are sent, composed at the last moment from what is known of the incident then.

The text itself is made in `incidents/message_text.py` (one message) and
`incidents/message_digest.py` (several in one).
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

    Args:
        plan: The one in force; replaced on reload.
        incidents: Has the open incidents.
        reader: Has the closed ones.
    """

    def __init__(self, plan: Plan, incidents: IncidentManager, reader: HistoryReader) -> None:
        self.plan = plan
        self._incidents = incidents
        self._reader = reader

    def notice(self, messages: Sequence[Message], now: float) -> Notice:
        """Return the notice for messages that are sent as one.

        Raises:
            LookupError: A message's incident is unknown.
        """
        page = self.plan.page
        found = [(message, self._incident(message)) for message in messages]
        if len(found) > 1:
            return compose_digest(found, now, title=page.title, public_url=page.public_url)
        [(message, incident)] = found
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
        """Return the text template of a channel's configuration, None for the usual text."""
        texts = [each.text for each in self.plan.channels if each.name == channel and each.text]
        return Template(texts[0]) if texts else None

    def _incident(self, message: Message) -> Incident:
        found = self._incidents.get(message.incident) or self._reader.incident(message.incident)
        if found is None:
            raise LookupError(f"there is no incident {message.incident}")
        return found


def messages_to_resume(loaded: LoadedState, reader: HistoryReader, since: float) -> list[Message]:
    """Return the queued messages, and those that decide whether and when these are sent.

    That is: the other messages about the same incidents and about all open ones (an UP goes only
    to those who were sent the DOWN), and whatever was sent after `since`, in seconds since the
    epoch (which counts against a channel's rate).
    """
    about = {message.incident for message in loaded.messages}
    about |= {incident.id for incident in loaded.incidents}
    found = {message.id: message for message in loaded.messages}
    for incident in sorted(about):
        found |= {message.id: message for message in reader.messages(incident)}
    for message in reader.messages(status=DeliveryStatus.SENT):
        if message.sent is not None and message.sent >= since:
            found[message.id] = message
    return list(found.values())
