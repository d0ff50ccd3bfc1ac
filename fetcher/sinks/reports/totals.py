"""What all rows of a report come to; its size does not depend on how many there are."""

import heapq
from collections import Counter
from dataclasses import dataclass, field

from fetcher.judgement.verdict import Health
from fetcher.sinks.reports.entry import Entry
from fetcher.sinks.reports.latency import Latencies

_SLOWEST = 5
_EXAMPLES = 200
_GRAVITY = {
    health.value: place
    for place, health in enumerate(
        (Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED, Health.HEALTHY)
    )
}


@dataclass(slots=True)
class Group:
    """The URLs with the same health and the same kind of trouble: how many, and the first ones."""

    health: str
    trouble: str
    count: int = 0
    first: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Totals:
    """Counts over entries: add each one once.

    healths: how often each. seconds: of all last attempts together. latencies: of what answered.
    phases: of the last requests.
    """

    count: int = 0
    healths: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    latencies: Latencies = field(default_factory=Latencies)
    phases: Latencies = field(default_factory=Latencies)
    _groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    _slowest: list[tuple[float, int, Entry]] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        self.count += 1
        self.healths[entry.health] += 1
        if not entry.healthy:
            self._add_to_group(entry)
        if entry.elapsed_ms is not None:
            self.seconds += entry.elapsed_ms / 1000
            if entry.status is not None:
                self._add_answer(entry, entry.elapsed_ms)
        if (spent := sum(entry.phases)) > 0:
            self.phases.add(spent)

    def of(self, *healths: Health) -> int:
        """How many have one of these healths."""
        return sum(self.healths[health.value] for health in healths)

    def groups(self, *healths: Health) -> list[Group]:
        """Those with one of these healths by trouble, the gravest first, then the largest."""
        wanted = {health.value for health in healths}
        found = [group for group in self._groups.values() if group.health in wanted]
        return sorted(found, key=lambda g: (_GRAVITY.get(g.health, 0), -g.count, g.trouble))

    def slowest(self) -> list[Entry]:
        """Those whose answers took longest, slowest first."""
        return [entry for _, _, entry in sorted(self._slowest, reverse=True)]

    def _add_to_group(self, entry: Entry) -> None:
        key = entry.health, entry.trouble or ""
        group = self._groups.setdefault(key, Group(*key))
        group.count += 1
        if len(group.first) < _EXAMPLES:
            group.first.append(entry)

    def _add_answer(self, entry: Entry, elapsed: float) -> None:
        self.latencies.add(elapsed)
        # Of two that took as long, the earlier one counts as slower; entries cannot be compared.
        item = (elapsed, -self.count, entry)
        if len(self._slowest) < _SLOWEST:
            heapq.heappush(self._slowest, item)
        else:
            heapq.heappushpop(self._slowest, item)
