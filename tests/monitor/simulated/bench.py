"""A state tracker on a bench: step by step, on a clock that the test turns."""

import random
from collections.abc import Iterable, Sequence

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.commit import Commit
from fetcher.monitor.incident import MessageKind
from fetcher.monitor.incidents import IncidentIds
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.state_tracker import StateTracker
from fetcher.monitor.target_state import Observation
from tests.monitor.memory import MemoryStore
from tests.monitor.simulated.targets import TIMEOUT

BEGAN = 1_800_000_000.0


class Bench:
    """A tracker, what it has written, and the time; seconds since the epoch."""

    def __init__(self, *targets: MonitorTarget) -> None:
        self.now = BEGAN
        self.store = MemoryStore()
        self.targets: Sequence[MonitorTarget] = targets
        self._random = random.Random(1)
        self.restart()

    def restart(self) -> None:
        """Begin with what was written, and nothing else."""
        loaded = self.store.load(self.now)
        self.tracker = StateTracker(
            loaded, self.targets, TIMEOUT, IncidentIds(self._random), self.now
        )

    def fail(self, *targets: MonitorTarget, times: int = 2, ip: str = "") -> None:
        """Find targets unreachable, this many times in a row."""
        seen = Observation(0.0, Health.UNHEALTHY, Trouble.CONNECT, "refused", ip=ip)
        self._see(targets, seen, times)

    def answer(self, *targets: MonitorTarget, times: int = 2, ip: str = "10.0.0.1") -> None:
        """Find that targets answer, this many times in a row."""
        self._see(targets, Observation(0.0, Health.HEALTHY, ip=ip), times)

    def passes(self, seconds: float) -> Commit:
        """Let time pass, and write what follows."""
        self.now += seconds
        for _, order in sorted(self.store.orders.items()):
            self.tracker.incidents.carry_out(order, self.now)
        self.tracker.settle(self.now)
        commit = self.tracker.take()
        self.store.write(commit)
        return commit

    @property
    def told(self) -> list[MessageKind]:
        """What the first channel was sent, in order."""
        return [m.kind for m in self.store.messages.values() if m.channel == "team"]

    def _see(self, targets: Iterable[MonitorTarget], seen: Observation, times: int) -> None:
        for watched in list(targets) * times:
            self.now += 1.0
            found = Observation(
                self.now, seen.health, seen.trouble, seen.text, due=self.now, ip=seen.ip
            )
            self.tracker.observe(watched, found, self.now)
