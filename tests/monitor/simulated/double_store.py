"""The real store beside the one in memory, for tests that are not written for asyncio."""

import asyncio
from pathlib import Path

from fetcher.monitor.commit import Commit, OrderKind
from fetcher.monitor.history import HistoryReader, HistoryStore, LoadedState, give_order, open_store
from fetcher.monitor.incident import DeliveryStatus
from fetcher.monitor.plan import MonitorSettings
from tests.monitor.history.making import crash
from tests.monitor.memory import MemoryStore


class DoubleStore(MemoryStore):
    """Writes everything to both; what is loaded is the database's, and has to be what both have.

    now: seconds since the epoch.
    """

    def __init__(self, path: Path, now: float) -> None:
        super().__init__()
        self._path = str(path)
        self._runner = asyncio.Runner()
        self._store: HistoryStore | None = None
        self._open(now)

    def write(self, commit: Commit) -> None:
        """Write all of a commit, or nothing; raises StoreError."""
        super().write(commit)
        assert self._store is not None
        self._runner.run(self._store.write(commit))

    def give(self, kind: OrderKind, subject: str, until: float = 0.0) -> None:
        """Ask something of the monitor, from another process."""
        assert self._store is not None
        give_order(self._path, kind, subject, "someone", "", until, 0.0)
        self.orders = {one.number: one for one in self._runner.run(self._store.take_orders())}

    def load(self, now: float) -> LoadedState:
        """End as a process that is killed does, begin again, and give the last commit."""
        self._leave()
        loaded = self._open(now)
        wanted = super().load(now)
        assert dict(loaded.states) == dict(wanted.states)
        assert dict(loaded.latest) == dict(wanted.latest)
        assert dict(loaded.checked) == dict(wanted.checked)
        assert loaded.incidents == wanted.incidents
        assert loaded.messages == wanted.messages
        assert set(loaded.silences) == set(wanted.silences)
        return loaded

    def close(self) -> None:
        """See that the history is whole, and let go of it."""
        with_all = HistoryReader(self._path)
        try:
            waiting = {m.id for m in with_all.messages(status=DeliveryStatus.WAITING)}
            assert waiting == {
                m.id for m in self.messages.values() if m.status is DeliveryStatus.WAITING
            }
            for incident in self.incidents.values():
                assert with_all.incident(incident.id) == incident
                about = {m.id: m for m in with_all.messages(incident.id)}
                assert about == {
                    m.id: m for m in self.messages.values() if m.incident == incident.id
                }
        finally:
            with_all.close()
            self._leave()
            self._runner.close()

    def _open(self, now: float) -> LoadedState:
        self._store = open_store(self._path, MonitorSettings(), now)
        assert self._store.notice == ""
        return self._store.load()

    def _leave(self) -> None:
        if self._store is not None:
            crash(self._store)
            self._store = None
