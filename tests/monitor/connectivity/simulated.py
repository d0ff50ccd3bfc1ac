"""A simulated network that is cut and mended, and a monitor's gate before it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from fetcher.monitor.connectivity import ControlRound, Evidence, Gate, GatedCheck, Released

Item = tuple[str, float]
TRIES = (0.0, 1.0, 3.0, 7.0)
"""When TCP sends its SYN, in seconds (RFC 6298, section 5.7 and Linux's first timeout)."""
TIMEOUT, CONTROL_TIMEOUT = 10.0, 5.0
LATENCY = 0.3
TICK = 0.25


@dataclass(slots=True)
class Simulation:
    """Hosts that are checked at intervals, evenly spread, over a network with cuts.

    cuts: (from, until). down: hosts that refuse connections, from a time on. believed, blinded:
    checks that failed, by what came of them. offline: how often the gate went offline.
    """

    gate: Gate[Item]
    hosts: int
    every: float
    cuts: tuple[tuple[float, float], ...]
    down: dict[str, float] = field(default_factory=dict)
    believed: list[Item] = field(default_factory=list)
    undecided: list[Item] = field(default_factory=list)
    fine: list[Item] = field(default_factory=list)
    offline: int = 0
    _events: list[tuple[float, int, Callable[[float], None]]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def run(self, until: float) -> None:
        """Let it run from 0 until a time; what waits then is not told."""
        for number in range(self.hosts):
            self._at(number * self.every / self.hosts, self._checker(f"h{number}"))
        self._at(0.0, self._tick)
        was_blind = False
        while self._events and self._events[0][0] <= until:
            at, _, action = heapq.heappop(self._events)
            action(at)
            self.offline += not was_blind and self.gate.offline is not None
            was_blind = self.gate.offline is not None

    def _at(self, when: float, action: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (when, next(self._numbers), action))

    def _answers_after(self, began: float, limit: float) -> float | None:
        """How long it takes until a packet comes through; None when that is too long."""
        for wait in TRIES:
            sent, back = began + wait, began + wait + LATENCY
            cut = any(since <= back and sent < until for since, until in self.cuts)
            if not cut and wait < limit:
                return wait + LATENCY
        return None

    def _checker(self, host: str) -> Callable[[float], None]:
        def check(now: float) -> None:
            self._at(now + self.every, check)
            took = self._answers_after(now, TIMEOUT)
            shown = Evidence.ONLINE
            if took is None or now >= self.down.get(host, float("inf")):
                shown, took = Evidence.DOUBT, took or TIMEOUT
            ended = now + took
            passing = GatedCheck(host, host, now, ended, shown, (host, now))
            self._at(ended, lambda at: self._take(self.gate.put(passing, at), at))

        return check

    def _tick(self, now: float) -> None:
        self._take(self.gate.tick(now), now)
        self._at(now + TICK, self._tick)

    def _take(self, released: list[Released[Item]], now: float) -> None:
        for one in released:
            host, began = one.item
            took = self._answers_after(began, TIMEOUT)
            failed = took is None or began >= self.down.get(host, float("inf"))
            kept = self.undecided if one.offline else self.believed if failed else self.fine
            kept.append(one.item)
        if self.gate.wants_controls(now):
            self.gate.control_round_started(now)
            took = self._answers_after(now, CONTROL_TIMEOUT)
            why = "nobody there" if took is None else ""
            ended = now + (took or CONTROL_TIMEOUT)
            heard = ControlRound(now, ended, why)
            self._at(ended, lambda at: self._take(self.gate.control_round_ended(heard, at), at))
