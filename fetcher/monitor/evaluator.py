"""Checks on their way to observations: judged, and held back while it is not known whose fault
they show.

result ─► verdict ─► gate ─► observation ─► core
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from fetcher.judgement.judge import judge
from fetcher.judgement.verdict import Checked
from fetcher.model import Result
from fetcher.monitor.check_runner import PlannedCheck
from fetcher.monitor.connectivity import (
    ControlGate,
    Controls,
    Gate,
    Offline,
    OthersGate,
    Passing,
    Released,
    Shows,
    Stalls,
    blinded,
    excused,
    observe,
    shows,
)
from fetcher.monitor.plan import Plan
from fetcher.monitor.punctuality import Clock, Lags
from fetcher.monitor.target_state import Observation
from fetcher.urls import UrlError, parse

Seen = tuple[PlannedCheck, Observation]
Take = Callable[[PlannedCheck, Observation], None]

_TICK = 0.25
"""Seconds between two looks at what waits."""


class Evaluator:
    """Turns results into observations that can be believed.

    take: called with each check and what it found, for one target in the order of its checks.
    """

    def __init__(self, plan: Plan, clock: Clock, take: Take) -> None:
        self._clock = clock
        self._take = take
        self._lags = Lags(clock.monotonic())
        self._stills = Stalls(lambda late: self._lags.note(late, clock.monotonic()))
        self._due = asyncio.Event()
        self._sees = False
        self._plan = plan
        self._gate = _gate(plan)
        self._controls = _controls(plan)

    def replan(self, plan: Plan) -> None:
        """Look by another plan from now on; if that is about this, what waits is left undecided."""
        before, self._plan = self._plan, plan
        if (plan.own, plan.controls) != (before.own, before.controls):
            self.drain("the configuration was changed")
            self._gate = _gate(plan)
        self._controls = _controls(plan)

    @property
    def blind(self) -> Offline | None:
        """Since when nothing can be seen, on the monotonic clock, and why; None while it can."""
        return self._gate.blind

    @property
    def sees(self) -> bool:
        """Whether anyone has answered since the start."""
        return self._sees and self.blind is None

    def ago(self, monotonic: float) -> float:
        """How many seconds ago it was then, by the monotonic clock."""
        return self._clock.monotonic() - monotonic

    @property
    def loop_lag(self) -> float:
        """How late the event loop was of late: the 99th percentile, in seconds."""
        return self._lags.percentile(99, self._clock.monotonic())

    def answered(self, check: PlannedCheck, result: Result) -> None:
        """Take a result that has just come."""
        watched, now, ended = check.watched, self._clock.wall(), self._clock.monotonic()
        began = ended - (result.outcome.elapsed or 0.0)
        verdict = judge(result, watched.expected, now=now)
        verdict = excused(verdict, began, ended, self._stills, self._plan.own)
        shown = shows(result.outcome, verdict)
        self._sees = self._sees or shown is Shows.ONLINE
        checked = Checked(result.target, result.outcome, result.page, verdict)
        observation = observe(checked, check.due, now)
        self._through(
            self._gate.put(
                Passing(
                    watched.key,
                    _host(watched.url),
                    began,
                    ended,
                    shown,
                    (check, observation),
                    observation.text,
                ),
                ended,
            )
        )
        if self._gate.wants_controls(ended):
            self._due.set()

    async def run(self) -> None:
        """Ask the control targets when something hangs on it, until it is cancelled."""
        with self._stills:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TICK):
                        await self._due.wait()
                self._due.clear()
                now = self._clock.monotonic()
                self._through(self._gate.tick(now))
                controls, gate = self._controls, self._gate
                if controls is not None and gate.wants_controls(now):
                    gate.asking_controls(now)
                    told = await controls.ask()
                    self._through(gate.hear(told, self._clock.monotonic()))

    def drain(self, why: str) -> None:
        """Let everything through that waits, undecided."""
        self._through(self._gate.drain(why))

    def _through(self, released: Iterable[Released[Seen]]) -> None:
        for one in released:
            check, observation = one.item
            if one.blind is not None:
                observation = blinded(observation, one.blind.why)
            self._take(check, observation)


def _host(url: str) -> str:
    try:
        return parse(url).host
    except UrlError:
        return url


def _gate(plan: Plan) -> Gate[Seen]:
    return ControlGate(plan.own) if plan.controls else OthersGate(plan.own)


def _controls(plan: Plan) -> Controls | None:
    return Controls(plan.controls, plan.fetch) if plan.controls else None
