"""Asking targets when it is their turn, for ever: the schedule feeds the engine.

schedule ─► targets that are due ─► run ─► results, as they come
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from itertools import count

from fetcher.engine.deduplication import Forgetful
from fetcher.engine.run import Run
from fetcher.judgement.check_reader import inquiry_for
from fetcher.model import Result, Target
from fetcher.monitor.plan import MonitorTarget
from fetcher.monitor.punctuality import Clock
from fetcher.monitor.schedule import Due, Schedule
from fetcher.settings import Settings
from fetcher.transport.base import Inquiry

MakeRun = Callable[..., Run]

_BREATH = 0.02
"""Seconds: to wake up for each of a thousand targets a second would cost more than to ask them."""

_LONGEST = 1.0
"""Seconds: only by looking at the clock now and then is it noticed that someone has set it."""


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that is made: of what, and when it was planned for (seconds since the epoch)."""

    watched: MonitorTarget
    due: float


class CheckRunner:
    """Runs the checks that a schedule plans; iterate over `results` once, from one task.

    watched: the targets by their keys, as they are now. settings: the engine's; `restart` takes
    others.
    """

    def __init__(
        self,
        schedule: Schedule,
        watched: Mapping[str, MonitorTarget],
        settings: Settings,
        clock: Clock,
        *,
        make_run: MakeRun = Run,
    ) -> None:
        self._schedule = schedule
        self._watched = watched
        self._settings = settings
        self._clock = clock
        self._make_run = make_run
        self._numbers = count()
        self._changed = asyncio.Event()
        self._under_way: dict[int, str] = {}
        self._run: Run | None = None
        self._stopped = False

    @property
    def under_way(self) -> int:
        """How many checks were begun and have no result yet."""
        return len(self._under_way)

    def wake(self) -> None:
        """Look at the schedule again: it has changed."""
        self._changed.set()

    def restart(self, settings: Settings) -> None:
        """Go on with other settings, once what is under way has come to its end."""
        self._settings = settings
        if self._run is not None:
            self._run.stop()

    def stop(self) -> None:
        """Begin nothing new; what is under way may finish, and ends the iteration."""
        self._stopped = True
        if self._run is not None:
            self._run.stop()

    def abort(self) -> None:
        """Give up what is under way too."""
        self._stopped = True
        if self._run is not None:
            self._run.abort()

    async def results(self) -> AsyncGenerator[tuple[PlannedCheck, Result], None]:
        """Give each result as it comes; its key stays marked as running in the schedule."""
        while not self._stopped:
            run = self._run = self._make_run(
                self._due(), _inquire, self._settings, ledger=Forgetful()
            )
            try:
                async with aclosing(aiter(run)) as results:
                    async for result in results:
                        self._under_way.pop(result.target.index, None)
                        check = result.target.expected
                        assert isinstance(check, PlannedCheck)
                        yield check, result
            finally:
                # Whatever was read and never asked may have its turn again.
                for key in self._under_way.values():
                    self._schedule.finished(key)
                self._under_way.clear()

    async def _due(self) -> AsyncGenerator[Target, None]:
        """Give each target when it is due."""
        while True:
            self._changed.clear()
            due = self._schedule.due(self._clock.wall(), self._clock.monotonic())
            for target in [self._begun(one) for one in due]:
                yield target
            await self._next()

    def _begun(self, due: Due) -> Target:
        """Note that a check is under way."""
        watched = self._watched[due.key]
        number = next(self._numbers)
        self._under_way[number] = due.key
        return Target(number, watched.url, watched.source, expected=PlannedCheck(watched, due.at))

    async def _next(self) -> None:
        """Wait until the next check is due, or the schedule has changed."""
        due = self._schedule.next_due()
        wait = _LONGEST if due is None else due - self._clock.wall()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(wait, _BREATH), _LONGEST)):
                await self._changed.wait()


def _inquire(target: Target) -> Inquiry:
    check = target.expected
    assert isinstance(check, PlannedCheck)
    return inquiry_for(check.watched.expected)
