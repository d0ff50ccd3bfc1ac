"""A store that remembers in memory, for tests that crash a thousand times."""

from collections import Counter

from fetcher.monitor.commit import CheckRecord, Commit, MissedReason, OperatorCommand, OrderKind
from fetcher.monitor.history import LoadedState, StoreError
from fetcher.monitor.incident import DeliveryStatus, Incident, Message, Silence
from fetcher.monitor.target_state import Observation, State


class MemoryStore:
    """Takes commits, and gives back what a monitor has to know when it starts.

    full: whether the disk is, so that nothing can be written.
    """

    def __init__(self) -> None:
        self.full = False
        self.records: list[CheckRecord] = []
        self.states: dict[str, State] = {}
        self.latest: dict[str, Observation] = {}
        self.incidents: dict[str, Incident] = {}
        self.messages: dict[str, Message] = {}
        self.silences: dict[str, Silence] = {}
        self.missed: Counter[tuple[str, MissedReason]] = Counter()
        self.orders: dict[int, OperatorCommand] = {}
        """Those that were not carried out yet."""
        self._given = 0

    def write(self, commit: Commit) -> None:
        """Write all of a commit, or nothing; raises StoreError."""
        if self.full:
            raise StoreError("the disk is full")
        self.records += commit.records
        self.latest |= {record.key: record.observation for record in commit.records}
        self.states |= commit.states
        self.incidents |= {incident.id: incident for incident in commit.incidents}
        self.messages |= {message.id: message for message in commit.messages}
        self.silences |= {silence.id: silence for silence in commit.silences}
        for ended in commit.unsilenced:
            self.silences.pop(ended, None)
        for missed in commit.missed:
            self.missed[missed.key, missed.why] += missed.count
        for done in commit.done:
            # It is read until this is written, so once it would not have to be written again.
            del self.orders[done]

    def give(self, kind: OrderKind, subject: str, until: float = 0.0) -> None:
        """Ask something of the monitor, from another process."""
        self._given += 1
        self.orders[self._given] = OperatorCommand(self._given, kind, subject, "someone", "", until)

    def load(self, now: float) -> LoadedState:
        """Give the last commit."""
        waiting = [m for m in self.messages.values() if m.status is DeliveryStatus.WAITING]
        return LoadedState(
            states=dict(self.states),
            latest=dict(self.latest),
            checked={key: seen.at for key, seen in self.latest.items()},
            incidents=tuple([i for _, i in sorted(self.incidents.items()) if i.open]),
            messages=tuple(sorted(waiting, key=lambda m: (m.due, m.created, m.id))),
            silences=tuple([s for s in self.silences.values() if s.until > now]),
        )
