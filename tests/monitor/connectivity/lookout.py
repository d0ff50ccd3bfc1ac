"""A small monitor: checks targets again and again, and tells what comes through the gate.

As a program it writes one JSON object a line, until its standard input ends.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from fetcher.engine.deduplication import InFlightDeduplicator
from fetcher.engine.run import Run
from fetcher.judgement.check_reader import inquiry_for
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.judge import judge
from fetcher.judgement.verdict import Checked, Health
from fetcher.model import Result, Target
from fetcher.monitor.connectivity import (
    ControlChecker,
    ControlGate,
    Gate,
    GatedCheck,
    Offline,
    PeerGate,
    Released,
    Stalls,
    evidence_of,
    excuse_timeouts,
    observe,
    undecided,
)
from fetcher.monitor.plan import SelfSettings
from fetcher.monitor.target_state import Observation
from fetcher.settings import Order, Settings

EVERY = 0.2
QUICK = Settings(timeout=0.5, connect_timeout=0.5, retries=0, order=Order.COMPLETED, concurrency=50)
OWN = SelfSettings(patience=0.8, control_pause=0.2)
WANTED = Expectations()

Item = tuple[str, Observation]


@dataclass(slots=True)
class Seen:
    """One check that is through; at: when it began, seconds since the epoch."""

    url: str
    at: float
    health: str
    text: str


@dataclass(slots=True)
class Lookout:
    """Checks URLs. tell: called with each released check. offline_periods: when it was offline."""

    urls: Sequence[str]
    controls: Sequence[str]
    tell: Callable[[Seen], None]
    settings: Settings = QUICK
    offline_periods: list[Offline] = field(default_factory=list)
    _asking: "set[asyncio.Task[None]]" = field(default_factory=set)
    _under_way: set[str] = field(default_factory=set)

    async def watch(self) -> None:
        """Go on until cancelled."""
        gate: Gate[Item] = ControlGate(OWN) if self.controls else PeerGate(OWN)
        run = Run(
            self._due(),
            lambda row: inquiry_for(WANTED),
            self.settings,
            deduplicator=InFlightDeduplicator(),
        )
        ticking = asyncio.create_task(self._tick(gate))
        try:
            with Stalls() as stalls:
                async with aclosing(aiter(run)) as results:
                    async for result in results:
                        self._under_way.discard(result.target.url)
                        self._take(gate, self._judged(result, stalls))
        finally:
            for task in (ticking, *self._asking):
                task.cancel()
            await asyncio.gather(ticking, *self._asking, return_exceptions=True)

    async def _due(self) -> AsyncIterator[Target]:
        number = 0
        while True:
            for url in self.urls:
                if url not in self._under_way:
                    self._under_way.add(url)
                    number += 1
                    yield Target(number, url)
            await asyncio.sleep(EVERY)

    def _judged(self, result: Result, stalls: Stalls) -> GatedCheck[Item]:
        ended = asyncio.get_running_loop().time()
        began = ended - (result.outcome.elapsed or 0.0)
        verdict = judge(result, WANTED, now=time.time())
        verdict = excuse_timeouts(verdict, began, ended, stalls, OWN)
        checked = Checked(result.target, result.outcome, result.page, verdict)
        now = time.time()
        observation = observe(checked, now, now)
        url = result.target.url
        shown = evidence_of(result.outcome, verdict)
        host = url.split("/")[2]
        return GatedCheck(url, host, began, ended, shown, (url, observation), verdict.text)

    def _take(self, gate: Gate[Item], check: GatedCheck[Item]) -> None:
        now = asyncio.get_running_loop().time()
        self._release(gate, gate.put(check, now))

    async def _tick(self, gate: Gate[Item]) -> None:
        while True:
            await asyncio.sleep(0.05)
            self._release(gate, gate.tick(asyncio.get_running_loop().time()))

    async def _ask(self, gate: Gate[Item]) -> None:
        answer = await ControlChecker(self.controls, self.settings).check()
        self._release(gate, gate.control_round_ended(answer, asyncio.get_running_loop().time()))

    def _release(self, gate: Gate[Item], released: Sequence[Released[Item]]) -> None:
        if gate.offline is not None and gate.offline not in self.offline_periods:
            self.offline_periods.append(gate.offline)
        for one in released:
            url, observation = one.item
            if one.offline is not None:
                observation = undecided(observation, one.offline.why)
            health = observation.health
            self.tell(Seen(url, observation.at, health.value, observation.text))
        now = asyncio.get_running_loop().time()
        if gate.wants_controls(now):
            gate.control_round_started(now)
            task = asyncio.create_task(self._ask(gate))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)


@dataclass(slots=True)
class Log:
    """What was seen so far."""

    lines: list[Seen] = field(default_factory=list)

    def add(self, line: Seen) -> None:
        """Keep one."""
        self.lines.append(line)

    def since(self, url: str, at: float, health: Health) -> int:
        """How often a target was found so in checks that began after a moment."""
        return sum(
            line.url == url and line.at > at and line.health == health.value for line in self.lines
        )


def _print(seen: Seen) -> None:
    print(json.dumps([seen.url, seen.at, seen.health, seen.text]), flush=True)


async def _main(urls: Sequence[str], controls: Sequence[str]) -> None:
    lookout = Lookout(urls, controls, _print)
    watching = asyncio.create_task(lookout.watch())
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    print(json.dumps([offline.why for offline in lookout.offline_periods]), flush=True)


if __name__ == "__main__":
    _urls, _, _controls = " ".join(sys.argv[1:]).partition(" --controls")
    asyncio.run(_main(_urls.split(), _controls.split()))
