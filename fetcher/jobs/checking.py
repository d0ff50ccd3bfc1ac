"""One check of a list: everything is asked once, and at the end what failed is asked again.

targets ─► run ─► verdict ─┬─────────────────────────────► out
                           └► spool ─► run again ─► settle ─┘
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing, closing

from fetcher.engine import Run
from fetcher.jobs.recheck import Again, Recheck
from fetcher.jobs.spool import Spool
from fetcher.judgement.asking import inquiry_for
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.judge import judge, settle_recheck, worth_rechecking
from fetcher.judgement.verdict import Checked
from fetcher.model import Result, Target
from fetcher.settings import Method, Order, Settings
from fetcher.transport.base import Inquiry

Targets = Iterable[Target] | AsyncIterable[Target]
MakeRun = Callable[[Targets, Callable[[Target], Inquiry], Settings], Run]


def no_hash(url: str) -> str:
    """What a page's hash was last time, when there was no last time."""
    return ""


class CheckRun:
    """A run whose results are verdicts; iterate over it once, from one task.

    expected: what holds for targets that say nothing of their own. recheck: how to ask again what
    failed; None: not at all. last_hash: a URL's hash of last time, "" when there is none. now: the
    wall clock, seconds since the epoch.

    In input order, what comes after the first failure waits in a temporary file until that was
    asked again; otherwise only failures wait. Raises what `engine.Run` raises, and OSError when
    that file cannot be written.
    """

    def __init__(
        self,
        targets: Targets,
        expected: Expectations,
        settings: Settings,
        *,
        method: Method = Method.GET,
        recheck: Recheck | None = None,
        last_hash: Callable[[str], str] = no_hash,
        now: Callable[[], float] = time.time,
        make_run: MakeRun = Run,
    ) -> None:
        self.asking_again = 0
        """How many are to be asked again, once that has begun."""
        self.asked_again = 0
        """How many of them have a last word."""
        self._expected = expected
        self._settings = settings
        self._method = method
        self._recheck = recheck
        self._last_hash = last_hash
        self._now = now
        self._make_run = make_run
        self._usual = inquiry_for(expected, method)
        self._first = self._current = make_run(targets, self._inquire, settings)
        self._stopped = asyncio.Event()

    @property
    def read(self) -> int:
        """Rows read from the input so far."""
        return self._first.read

    @property
    def given(self) -> int:
        """Rows with a verdict, even if that is not the last word."""
        return self._first.given

    @property
    def all_read(self) -> bool:
        """Whether the input has come to its end."""
        return self._first.all_read

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return self._current.in_flight

    @property
    def defects(self) -> deque[str]:
        """The tracebacks of the latest internal errors."""
        return self._current.defects

    def stop(self) -> None:
        """Start nothing new; what is under way may finish, and ends the iteration."""
        self._stopped.set()
        self._current.stop()

    def abort(self) -> None:
        """Give up what is under way too; what was finished is still given out."""
        self._stopped.set()
        self._current.abort()

    def __aiter__(self) -> AsyncGenerator[Checked, None]:
        return self._all()

    async def _all(self) -> AsyncGenerator[Checked, None]:
        with closing(Spool()) as spool:
            async with aclosing(aiter(self._first)) as results:
                async for result in results:
                    checked = self._judged(result)
                    if not self._waits(checked, spool):
                        yield checked
            if self._recheck and spool.again and not await self._stopped_within(self._recheck):
                await self._ask_again(spool, self._recheck)
            for checked in spool.results():
                yield checked

    def _waits(self, checked: Checked, spool: Spool) -> bool:
        """Put a result by that cannot be given out yet."""
        again = self._recheck is not None and worth_rechecking(checked.verdict)
        behind = spool.count > 0 and self._settings.order is Order.INPUT
        if again or behind:
            spool.add(checked, again=again)
        return again or behind

    async def _ask_again(self, spool: Spool, recheck: Recheck) -> None:
        """Ask again what failed, and put the last word on it in the place of the first."""
        self.asking_again = spool.again
        again = Again(spool.to_ask_again())
        settings = recheck.settings(self._settings, spool.again)
        self._current = self._make_run(again.targets(), self._inquire, settings)
        async with aclosing(aiter(self._current)) as results:
            async for second in results:
                number = second.target.index
                first = spool.get(number)
                again.note(first.target, second.outcome)
                spool.replace(number, self._settled(first, second))
                self.asked_again += 1

    async def _stopped_within(self, recheck: Recheck) -> bool:
        """Wait before asking again; whether the run was stopped meanwhile."""
        try:
            async with asyncio.timeout(recheck.after):
                await self._stopped.wait()
        except TimeoutError:
            pass
        return self._stopped.is_set()

    def _inquire(self, target: Target) -> Inquiry:
        expected = self._expected_of(target)
        return self._usual if expected is self._expected else inquiry_for(expected, self._method)

    def _expected_of(self, target: Target) -> Expectations:
        return target.expected if isinstance(target.expected, Expectations) else self._expected

    def _judged(self, result: Result) -> Checked:
        target = result.target
        expected, last = self._expected_of(target), self._last_hash(target.url)
        verdict = judge(result, expected, now=self._now(), last_hash=last)
        return Checked(target, result.outcome, result.page, verdict)

    def _settled(self, first: Checked, second: Result) -> Checked:
        """The last word on what was asked twice."""
        again = self._judged(Result(first.target, second.outcome, second.page))
        verdict = settle_recheck(first.verdict, again.verdict)
        return Checked(first.target, again.outcome, again.page, verdict)
