"""From the result of a check to an observation that can be believed.

result ─► verdict ─► connectivity gate ─► observation
          (as for    (holds a failure back while
          any URL)   the monitor may be offline)
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from fetcher.judgement.judge import judge
from fetcher.judgement.verdict import Checked
from fetcher.model import Result
from fetcher.monitor.connectivity import (
    ControlChecker,
    ControlGate,
    Evidence,
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
from fetcher.monitor.events import Events, PlannedCheck
from fetcher.monitor.plan import Plan
from fetcher.monitor.punctuality import Clock, RecentLag
from fetcher.monitor.target_state import Observation
from fetcher.urls import UrlError, parse

Pending = tuple[PlannedCheck, Observation]

_TICK = 0.25
"""Seconds between two looks at the checks that are held back."""


class Evaluator:
    """Turns results into observations, and reports each as `Events.observed`."""

    def __init__(self, plan: Plan, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events
        self._lag = RecentLag(clock.monotonic())
        self._stalls = Stalls(lambda late: self._lag.record(late, clock.monotonic()))
        self._controls_wanted = asyncio.Event()
        self._answered = False
        self._plan = plan
        self._gate = _gate(plan)
        self._controls = _controls(plan)

    def replan(self, plan: Plan) -> None:
        """Continue with another plan; if its connectivity settings differ, decide nothing held."""
        before, self._plan = self._plan, plan
        if (plan.own, plan.controls) != (before.own, before.controls):
            self.drain("the configuration was changed")
            self._gate = _gate(plan)
        self._controls = _controls(plan)

    @property
    def offline(self) -> Offline | None:
        """Since when the monitor is offline, on the monotonic clock, and why; None if online."""
        return self._gate.offline

    @property
    def is_online(self) -> bool:
        """True if a target has answered since the start, and the monitor is not offline."""
        return self._answered and self.offline is None

    def ago(self, monotonic: float) -> float:
        """Return how many seconds ago a moment of the monotonic clock was."""
        return self._clock.monotonic() - monotonic

    @property
    def loop_lag(self) -> float:
        """How late the event loop was recently: the 99th percentile, in seconds."""
        return self._lag.percentile(99, self._clock.monotonic())

    def evaluate(self, check: PlannedCheck, result: Result) -> None:
        """Judge a result that has just come in."""
        target, now, ended = check.target, self._clock.wall(), self._clock.monotonic()
        began = ended - (result.outcome.elapsed or 0.0)
        verdict = judge(result, target.expected, now=now)
        verdict = excuse_timeouts(verdict, began, ended, self._stalls, self._plan.own)
        evidence = evidence_of(result.outcome, verdict)
        self._answered = self._answered or evidence is Evidence.ONLINE
        checked = Checked(result.target, result.outcome, result.page, verdict)
        observation = observe(checked, check.due, now)
        self._release(
            self._gate.put(
                GatedCheck(
                    target.key,
                    _host(target.url),
                    began,
                    ended,
                    evidence,
                    (check, observation),
                    observation.text,
                ),
                ended,
            )
        )
        if self._gate.wants_controls(ended):
            self._controls_wanted.set()

    async def run(self) -> None:
        """Check the control targets whenever a decision depends on it, until cancelled."""
        with self._stalls:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TICK):
                        await self._controls_wanted.wait()
                self._controls_wanted.clear()
                now = self._clock.monotonic()
                self._release(self._gate.tick(now))
                controls, gate = self._controls, self._gate
                if controls is not None and gate.wants_controls(now):
                    gate.control_round_started(now)
                    outcome = await controls.check()
                    self._release(gate.control_round_ended(outcome, self._clock.monotonic()))

    def drain(self, why: str) -> None:
        """Release everything that is held back; failures remain undecided."""
        self._release(self._gate.drain(why))

    def _release(self, released: Iterable[Released[Pending]]) -> None:
        for one in released:
            check, observation = one.item
            if one.offline is not None:
                observation = undecided(observation, one.offline.why)
            self._events.observed(check, observation)


def _host(url: str) -> str:
    try:
        return parse(url).host
    except UrlError:
        return url


def _gate(plan: Plan) -> Gate[Pending]:
    return ControlGate(plan.own) if plan.controls else PeerGate(plan.own)


def _controls(plan: Plan) -> ControlChecker | None:
    return ControlChecker(plan.controls, plan.fetch) if plan.controls else None
