"""Checking targets when they are due: the schedule feeds the engine while the monitor runs."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from itertools import count

from fetcher.engine.deduplication import InFlightDeduplicator
from fetcher.engine.run import Run
from fetcher.judgement.check_reader import inquiry_for
from fetcher.model import Target
from fetcher.monitor.events import Events, PlannedCheck
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.punctuality import Clock
from fetcher.monitor.schedule import Due, Schedule
from fetcher.settings import Settings
from fetcher.transport.base import Inquiry

MakeRun = Callable[..., Run]

_SHORTEST_WAIT = 0.02
"""Seconds: waking up for each of a thousand targets a second would cost more than checking them."""

_LONGEST_WAIT = 1.0
"""Seconds: someone may have set the clock, which is noticed only by looking at it."""


class CheckRunner:
    """Runs the checks that a schedule plans, and reports each as `Events.check_finished`.

    Args:
        schedule: Says what is due.
        targets: By key, always current.
        settings: The engine's; `restart` replaces them.
        clock: The time.
        events: Where results are reported.
        make_run: Starts the engine.
    """

    def __init__(
        self,
        schedule: Schedule,
        targets: Mapping[str, MonitorTarget],
        settings: Settings,
        clock: Clock,
        events: Events,
        *,
        make_run: MakeRun = Run,
    ) -> None:
        self._schedule = schedule
        self._targets = targets
        self._settings = settings
        self._clock = clock
        self._events = events
        self._make_run = make_run
        self._numbers = count()
        self._changed = asyncio.Event()
        self._in_progress: dict[int, str] = {}
        self._run: Run | None = None
        self._stopped = False

    def wake(self) -> None:
        """Look at the schedule again: it has changed."""
        self._changed.set()

    def restart(self, settings: Settings) -> None:
        """Continue with other settings once the checks in progress have finished."""
        self._settings = settings
        if self._run is not None:
            self._run.stop()

    def stop(self) -> None:
        """Start no more checks; `run` ends when those in progress have finished."""
        self._stopped = True
        if self._run is not None:
            self._run.stop()

    def abort(self) -> None:
        """Give up the checks in progress too."""
        self._stopped = True
        if self._run is not None:
            self._run.abort()

    async def run(self) -> None:
        """Check targets when they are due, until `stop`."""
        while not self._stopped:
            run = self._run = self._make_run(
                self._due_targets(), _inquire, self._settings, deduplicator=InFlightDeduplicator()
            )
            try:
                async with aclosing(aiter(run)) as results:
                    async for result in results:
                        self._in_progress.pop(result.target.index, None)
                        self._events.check_finished(_check_of(result.target), result)
            finally:
                # Whatever was read and never fetched may have its turn again.
                for key in self._in_progress.values():
                    self._schedule.finished(key)
                self._in_progress.clear()

    async def _due_targets(self) -> AsyncGenerator[Target, None]:
        """Yield each target when it is due."""
        while True:
            self._changed.clear()
            due = self._schedule.due(self._clock.wall(), self._clock.monotonic())
            for target in [self._start(one) for one in due]:
                yield target
            await self._next_due()

    def _start(self, due: Due) -> Target:
        """Note that a check is in progress."""
        target = self._targets[due.key]
        number = next(self._numbers)
        self._in_progress[number] = due.key
        return Target(number, target.url, target.source, expected=PlannedCheck(target, due.at))

    async def _next_due(self) -> None:
        """Wait until the next check is due, or the schedule has changed."""
        due = self._schedule.next_due()
        wait = _LONGEST_WAIT if due is None else due - self._clock.wall()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)):
                await self._changed.wait()


def _check_of(target: Target) -> PlannedCheck:
    check = target.expected
    assert isinstance(check, PlannedCheck)
    return check


def _inquire(target: Target) -> Inquiry:
    return inquiry_for(_check_of(target).target.expected)
