"""A store that remembers in memory, for tests that crash a thousand times."""

from fetcher.monitor.commit import Commit, Record
from fetcher.monitor.history import Loaded
from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.message import Message
from fetcher.monitor.observation import Observation
from fetcher.monitor.state import State


class MemoryStore:
    """Takes commits, and gives back what a monitor has to know when it starts."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.states: dict[str, State] = {}
        self.latest: dict[str, Observation] = {}
        self.incidents: dict[str, Incident] = {}
        self.messages: dict[str, Message] = {}
        self.silences: dict[str, Silence] = {}

    def write(self, commit: Commit) -> None:
        """Write all of a commit."""
        self.records += commit.records
        self.latest |= {record.key: record.observation for record in commit.records}
        self.states |= commit.states
        self.incidents |= {incident.id: incident for incident in commit.incidents}
        self.messages |= {message.id: message for message in commit.messages}
        self.silences |= {silence.id: silence for silence in commit.silences}
        for ended in commit.unsilenced:
            self.silences.pop(ended, None)

    def load(self, now: float) -> Loaded:
        """Give the last commit."""
        return Loaded(
            states=dict(self.states),
            latest=dict(self.latest),
            checked={key: seen.at for key, seen in self.latest.items()},
            incidents=tuple([i for _, i in sorted(self.incidents.items()) if i.open]),
            messages=tuple(self.messages.values()),
            silences=tuple([s for s in self.silences.values() if s.until > now]),
        )
