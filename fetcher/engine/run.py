"""The engine: targets in, one result out for each.

    source ─► frontier ─► transport ─► extraction ─► result
                 ▲            │
                 └─ redirect, retry, other scheme

The window of at most N concurrent requests is the pool's `amap`, fed by the frontier. A redirect
or a retry goes back to the frontier, under the limits of the host that it leads to, and holds no
slot while it waits.
"""

import asyncio
import random
import time
import traceback
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from fetcher.engine.deduplication import Deduplicator, Intake, Numbered
from fetcher.engine.frontier import Frontier
from fetcher.engine.read_ahead import ReadAhead
from fetcher.engine.visit import Done, Elsewhere, Visit, next_step
from fetcher.failures import Failure, FailureKind, Unrecoverable
from fetcher.model import NO_PAGE, Outcome, Result, Target
from fetcher.pool.amap import amap
from fetcher.pool.ordering import Reorder
from fetcher.settings import Order, Settings
from fetcher.text import shorten
from fetcher.transport.base import Exchange, Inquiry, Request, Transport
from fetcher.transport.client import AiohttpTransport
from fetcher.transport.request_headers import header as cookie_header
from fetcher.transport.retry import Retrying
from fetcher.transport.robots import Robots
from fetcher.urls import Url, without_passwords

MakeTransport = Callable[[Settings, Callable[[Url], int]], Transport]

_LEAST_ROWS = 64
"""Waking up the reader for fewer rows costs more than it gains."""


class Run:
    """One pass over the input; iterate over it once, from one task.

    Memory is bounded whatever the length of the input. Leaving the iteration early cancels all
    requests in flight.

    Args:
        targets: A plain or async iterable, read lazily and ahead, possibly endless. A plain one is
            read on the event loop, so one that blocks should be async.
        inquire: Says what to ask of a target's URL; must not raise.
        deduplicator: A new one; by default, each URL is fetched once in the whole run.
        make_transport, rng, wall_clock: Replaceable for tests.

    Raises:
        Unrecoverable: From a transport or a parse stage that cannot go on; at once. What the input
            raises comes out after the results of all rows before it.
    """

    def __init__(
        self,
        targets: Iterable[Target] | AsyncIterable[Target],
        inquire: Callable[[Target], Inquiry],
        settings: Settings,
        *,
        deduplicator: Deduplicator | None = None,
        make_transport: MakeTransport = AiohttpTransport,
        rng: random.Random | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.given = 0
        """Results returned so far."""
        self.defects: deque[str] = deque(maxlen=10)
        """The tracebacks of the latest internal errors."""
        self._settings = settings
        self._frontier: Frontier[Visit] = Frontier(
            settings.host_concurrency,
            settings.host_interval,
            settings.rate_limit,
            pace_first=settings.robots,
        )
        self._transport = make_transport(settings, lambda url: self._frontier.waiting(url.host))
        self._retrying = Retrying(settings, rng or random.Random(), wall_clock)
        self._robots = Robots(self._transport, settings.user_agent) if settings.robots else None
        self._intake = Intake(inquire, deduplicator)
        self._changed = asyncio.Event()
        self._reading = ReadAhead(targets, self._admit, self._wants_more, self._changed.set)
        self._answered: list[Numbered] = []
        self._asking: set[asyncio.Task[object]] = set()
        self._stopped = self._aborted = False

    @property
    def read(self) -> int:
        """Rows read from the input so far."""
        return self._intake.read

    @property
    def all_read(self) -> bool:
        """True if the input has ended."""
        return self._reading.all_read

    @property
    def in_flight(self) -> int:
        """Requests in flight."""
        return self._frontier.active

    def stop(self) -> None:
        """Start nothing new; the iteration ends when the requests in flight have finished."""
        self._stopped = True
        self._changed.set()

    def abort(self) -> None:
        """Cancel the requests in flight, too; results that are finished are still returned."""
        self.stop()
        self._aborted = True
        for task in self._asking:
            task.cancel()

    def __aiter__(self) -> AsyncGenerator[Result, None]:
        return self._results()

    async def _results(self) -> AsyncGenerator[Result, None]:
        """Return results in the order that the settings ask for."""
        in_order: Reorder[Result] | None = (
            Reorder() if self._settings.order is Order.INPUT else None
        )
        async with self._transport:
            self._reading.begin()
            concurrency = self._settings.concurrency
            visits = amap(self._handle, self._work(), max_at_once=concurrency, ordered=False)
            try:
                async with aclosing(visits):
                    async for settled in visits:
                        for result in _arranged(settled, in_order):
                            self.given += 1
                            yield result
                            self._feed()
                # A run that was stopped has gaps; results beyond them count, too.
                for result in () if in_order is None else in_order.rest():
                    self.given += 1
                    yield result
            finally:
                await self._reading.aclose()
                if self._robots is not None:
                    await self._robots.aclose()
                self._intake.close()

    def _admit(self, target: Target) -> None:
        """Take a row of the input."""
        found = self._intake.admit(target)
        if isinstance(found, Visit):
            self._frontier.push(found.url.host, found)
        elif found is not None:
            self._answered.append(found)
        self._changed.set()

    def _wants_more(self) -> bool:
        """Return True if there is room to read on.

        All of it is used: in a list sorted by host, the slowest host may well be the last.
        """
        return not self._stopped and self.read - self.given < self._settings.read_ahead

    def _feed(self) -> None:
        """Wake up the reader if there is room for more than a few rows, or nothing else to do."""
        room = self._settings.read_ahead - (self.read - self.given)
        if room >= _LEAST_ROWS or not self._frontier.startable:
            self._reading.wake()

    async def _work(self) -> AsyncGenerator[Visit | list[Numbered], None]:
        """Return each visit when it may start, until nothing is left and nothing can come.

        Results that are known without a visit take turns with visits, so that neither holds up the
        other.
        """
        loop = asyncio.get_running_loop()
        while self._answered or not self._stopped:
            self._changed.clear()
            if self._answered:
                answered, self._answered = self._answered, []
                yield answered
            if self._stopped:
                continue
            now = loop.time()
            popped = self._frontier.pop(now)
            self._feed()
            if popped is not None:
                yield popped[1]
            elif not self._answered and self._frontier.idle() and self._reading.ended():
                return
            else:
                await self._change(self._frontier.next_due(now))

    async def _change(self, due: float | None) -> None:
        """Wait until something has changed, or until a time on the loop's clock."""
        loop = asyncio.get_running_loop()
        timer = None if due is None else loop.call_at(due, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def _handle(self, work: Visit | list[Numbered]) -> list[Numbered]:
        """Do one piece of work; return its results, if any."""
        if isinstance(work, list):
            return work
        task = asyncio.current_task()
        assert task is not None
        self._asking.add(task)
        try:
            done = await self._advance(work)
            return [] if done is None else await self._answered_by(work, *done)
        except asyncio.CancelledError as error:
            if self._aborted:
                return []
            if task.cancelling():
                raise
            return self._defect(
                work, error
            )  # raised by a library itself; nobody here cancelled anything
        except Unrecoverable:
            raise
        except Exception as error:
            return self._defect(work, error)
        finally:
            self._asking.discard(task)
            self._changed.set()

    async def _advance(self, visit: Visit) -> tuple[Outcome, Exchange] | None:
        """Send a visit's next request; return None if the visit goes on, or is given up."""
        try:
            if self._aborted:
                return None
            exchange = await self._ask(visit)
            outcome = self._follow(visit, exchange)
            return None if outcome is None else (outcome, exchange)
        finally:
            self._frontier.done(visit.url.host)
            self._changed.set()

    async def _answered_by(
        self, visit: Visit, outcome: Outcome, exchange: Exchange
    ) -> list[Numbered]:
        """Parse a visit's answer, and settle all rows that wait for it."""
        page = exchange.page if outcome.failure is None else NO_PAGE
        if visit.inquiry.parse is not None and outcome.failure is None:
            failure, page = await visit.inquiry.parse(visit.url, exchange)
            if failure is not None:
                outcome = replace(outcome, failure=failure)
        return self._intake.settle(visit, (outcome, page))

    async def _ask(self, visit: Visit) -> Exchange:
        """Send a visit's next request if the site's robots.txt allows it."""
        if self._robots is not None:
            rules = await self._robots.rules(visit.url, visit.public_only)
            now = asyncio.get_running_loop().time()
            self._frontier.pace(visit.url.host, rules.crawl_delay, now)
            if denied := rules.check(visit.url):
                return Exchange(denied)
        cookie = cookie_header(visit.jar, visit.url)
        inquiry = visit.inquiry
        return await self._transport.send(
            Request(
                visit.url,
                inquiry.open_reader,
                visit.public_only,
                cookie,
                visit.at_home,
                visit.method,
                inquiry.tls,
            )
        )

    def _follow(self, visit: Visit, exchange: Exchange) -> Outcome | None:
        """Queue a visit's next request, or return its outcome if it has ended."""
        now = asyncio.get_running_loop().time()
        if (pause := self._retrying.retry_after(exchange)) is not None:
            self._frontier.hold(visit.url.host, now + pause)
        step = next_step(visit, exchange, self._settings, self._retrying)
        if isinstance(step, Done):
            return step.outcome
        following = step.visit
        if isinstance(step, Elsewhere):
            self._frontier.push(following.url.host, following, first=True)
        else:
            self._frontier.push_later(following.url.host, following, now + step.delay)
        return None

    def _defect(self, visit: Visit, error: BaseException) -> list[Numbered]:
        """Settle a visit that ran into a bug, and keep the traceback."""
        self.defects.append(without_passwords("".join(traceback.format_exception(error))))
        failure = Failure.of(FailureKind.INTERNAL_ERROR, shorten(repr(error)))
        outcome = Outcome(
            None, failure, visit.hops, visit.attempt, visit.elapsed, earlier=visit.earlier
        )
        return self._intake.settle(visit, (outcome, NO_PAGE))


def _arranged(settled: Sequence[Numbered], in_order: Reorder[Result] | None) -> Iterator[Result]:
    """Return the results whose turn has come."""
    for number, result in settled:
        if in_order is None:
            yield result
        else:
            yield from in_order.push(number, result)
