"""What has happened since the last commit, until the next."""

from collections import deque

from fetcher.monitor.commit import Commit, Missed, Record
from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.message import Message
from fetcher.monitor.state import State

MOST_RECORDS = 200_000
"""While the database cannot be written, no more single checks are kept than this: older ones are
forgotten, and their time counts as unwatched. Everything else is bounded by what is watched."""


class Gathering:
    """Gathers what is to be written; of each state, incident and message the latest counts."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.records: deque[Record] = deque(maxlen=MOST_RECORDS)
        self.states: dict[str, State] = {}
        self.incidents: dict[str, Incident] = {}
        self.messages: dict[str, Message] = {}
        self.missed: deque[Missed] = deque(maxlen=MOST_RECORDS)
        self.silences: dict[str, Silence] = {}
        self.unsilenced: set[str] = set()
        self.done: set[int] = set()

    def take(self) -> Commit:
        """Give all of it, and begin anew."""
        commit = Commit(
            tuple(self.records),
            self.states,
            tuple(self.incidents.values()),
            tuple(self.messages.values()),
            tuple(self.missed),
            tuple(self.silences.values()),
            tuple(sorted(self.unsilenced)),
            tuple(sorted(self.done)),
        )
        self._begin()
        return commit

    def give_back(self, commit: Commit) -> None:
        """Take back what could not be written; what has happened since then counts for more."""
        later = self.take()
        for part in (commit, later):
            self.records.extend(part.records)
            self.states.update(part.states)
            self.incidents.update({incident.id: incident for incident in part.incidents})
            self.messages.update({message.id: message for message in part.messages})
            self.missed.extend(part.missed)
            self.silences.update({silence.id: silence for silence in part.silences})
            self.unsilenced.update(part.unsilenced)
            self.done.update(part.done)
