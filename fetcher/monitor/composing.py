"""The words of what is sent, made when it is: from what is known of the incident then."""

from collections.abc import Sequence
from string import Template

from fetcher.monitor.desk import Desk
from fetcher.monitor.history import Reader
from fetcher.monitor.incident import Incident
from fetcher.monitor.incidents import compose, compose_digest
from fetcher.monitor.message import Message
from fetcher.monitor.plan import Plan
from fetcher.notify.base import Notice


class Composing:
    """Makes notices of messages.

    plan: the one in force. desk: has the incidents that last. reader: has those that are over.
    """

    def __init__(self, plan: Plan, desk: Desk, reader: Reader) -> None:
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
