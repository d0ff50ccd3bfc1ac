"""Parsing on a pool: pages are sent in batches, within a budget of bytes, each with its outcome."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from fetcher.model import RawPage
from fetcher.parse_stage.parse_errors import (
    caused_by_page,
    failed_on_worker,
    not_started,
    stage_ended,
)
from fetcher.parse_stage.parser import PageParser
from fetcher.parse_stage.stage import Parsed
from fetcher.pool.backend import Backend
from fetcher.pool.chunks import Call, Chunk, Errors

BATCH_BYTES = 256_000
"""Bytes; a batch of this size keeps a worker busy far longer than it takes to send."""
LINGER = 0.002
"""Seconds that a page waits for others to be sent with."""
BATCHES_PER_WORKER = 2
"""Batches that keep a worker busy: while one is parsed, the next is ready."""
_BUDGET_BATCHES = 8
"""The bytes of this many batches per worker may be in flight: enough to keep it busy with pages of
any size, and little compared with what the run's connections hold."""
_PAGE_OVERHEAD = 500
"""Approximate bytes of a page besides its body."""


@dataclass(slots=True, eq=False)
class PageJob:
    """A page to be parsed, and the future of its outcome.

    Attributes:
        page: the page.
        answer: set to the outcome.
        retried: True if it was sent a second time, after it was lost.
    """

    page: RawPage
    answer: asyncio.Future[Parsed]
    retried: bool = False

    @property
    def size(self) -> int:
        """Approximate size in bytes when it is sent."""
        return len(self.page.body) + _PAGE_OVERHEAD


class Collector:
    """Collects pages until they fill a batch, or until the workers need one.

    Args:
        send: called with each batch.
        workers: the number of workers.
    """

    def __init__(self, send: Callable[[list[PageJob]], None], workers: int) -> None:
        self._send = send
        self._busy_batches = workers * BATCHES_PER_WORKER
        self._pending: list[PageJob] = []
        self._bytes = 0
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, job: PageJob) -> None:
        """Send a page together with others."""
        if self._pending and self._bytes + job.size > BATCH_BYTES:
            self._send_pending()
        self._pending.append(job)
        self._bytes += job.size
        if self._bytes >= BATCH_BYTES:
            self._send_pending()
        elif self._timer is None and self._sent < self._busy_batches:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._send_pending)

    def send_alone(self, job: PageJob) -> None:
        """Send a page by itself."""
        self._sent += 1
        self._send([job])

    def batch_done(self) -> None:
        """Note that a batch has been parsed."""
        self._sent -= 1
        if self._pending and self._timer is None and self._sent < self._busy_batches:
            self._send_pending()

    def _send_pending(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._pending, self._bytes = self._pending, [], 0
        self._sent += 1
        self._send(batch)


class ByteBudget:
    """A semaphore of bytes, first come, first served.

    More than the limit is granted when nothing else is taken.

    Args:
        limit: bytes that may be taken at a time.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._out = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, count: int) -> None:
        """Wait for `count` bytes; they are taken until they are given back."""
        if not self._waiting and self._fits(count):
            self._out += count
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn came at the same moment
                self.give_back(count)
            else:
                self._grant()  # the others may have been waiting behind it
            raise

    def give_back(self, count: int) -> None:
        """Return `count` bytes."""
        self._out -= count
        self._grant()

    def _fits(self, count: int) -> bool:
        return not self._out or self._out + count <= self._limit

    def _grant(self) -> None:
        """Wake those in the queue whose turn has come."""
        waiting = self._waiting
        while waiting and (waiting[0][1].done() or self._fits(waiting[0][0])):
            count, turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._out += count


class BatchedStage(ABC):
    """Parses pages on a backend of the pool.

    Args:
        parser: what is done with each page.
        call: the function of one page that the workers run.
        memory_limit: of a worker, in bytes, for error messages; None for no limit.
    """

    def __init__(self, parser: PageParser, call: Call, memory_limit: int | None = None) -> None:
        self._parser = parser
        self._call = call
        self._memory_limit = memory_limit
        self._loop: asyncio.AbstractEventLoop
        self._backend: Backend
        self._collector: Collector
        self._budget: ByteBudget

    @abstractmethod
    def _start(self) -> Backend:
        """Start the backend that runs the chunks."""

    async def parse(self, page: RawPage) -> Parsed:
        """Parse a page on a worker, after waiting until there is room for its bytes.

        If this is cancelled, the page is not parsed or its rows are dropped.

        Raises:
            PoolBroken: no worker can be started.
            PoolTerminated: the stage was left meanwhile.
        """
        job = PageJob(page, asyncio.get_running_loop().create_future())
        await self._budget.take(job.size)
        self._collector.add(job)
        return await job.answer

    def open(self) -> None:
        """Start the workers; they become ready while the loop goes on.

        Raises FunctionError, and OSError if no process can be created.
        """
        self._parser.load()
        self._loop = asyncio.get_running_loop()
        self._backend = self._start()
        self._backend.prepare(self._call)
        self._collector = Collector(self._send, self._backend.size)
        self._budget = ByteBudget(self._backend.size * _BUDGET_BATCHES * BATCH_BYTES)

    def close(self) -> None:
        """Stop the workers now; who still waits for a page gets an error when the loop goes on.

        It takes a millisecond or two and does not wait for the loop, so that cancelling the run
        cannot leave a process behind.
        """
        self._backend.terminate()

    async def __aenter__(self) -> Self:
        self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, batch: list[PageJob]) -> None:
        """Submit a batch, without the pages that nobody waits for anymore."""
        wanted = [job for job in batch if not job.answer.done()]
        self._budget.give_back(sum(job.size for job in batch if job.answer.done()))
        chunk = Chunk(self._call, 0, 0, [job.page for job in wanted], _BatchReceiver(self, wanted))
        try:
            if wanted:
                self._backend.submit(chunk)
            else:
                self._loop.call_soon(self._arrived, [], [], {})
        except Exception as error:  # whatever a foreign executor raises
            errors: Errors = dict.fromkeys(range(len(wanted)), error)
            self._loop.call_soon(self._arrived, wanted, [], errors)

    def _deliver(self, batch: list[PageJob], values: list[Any], errors: Errors) -> None:
        """Receive the outcomes of a batch, in any thread; the loop may already be gone."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrived, batch, values, errors)

    def _arrived(self, batch: list[PageJob], values: list[Any], errors: Errors) -> None:
        """Pass on the outcomes of a batch; resend pages that may not be at fault."""
        for position, job in enumerate(batch):
            error = errors.get(position)
            if error is None:
                self._answer(job, values[position])
            elif _retry_alone(job, error):
                job.retried |= not not_started(error)
                self._collector.send_alone(job)
            else:
                self._fail(job, error)
        self._collector.batch_done()

    def _answer(self, job: PageJob, parsed: Parsed) -> None:
        self._budget.give_back(job.size)
        if not job.answer.done():
            job.answer.set_result(parsed)

    def _fail(self, job: PageJob, error: BaseException) -> None:
        if not stage_ended(error):
            self._answer(job, failed_on_worker(error, self._call.time_limit, self._memory_limit))
            return
        self._budget.give_back(job.size)
        if not job.answer.done():
            job.answer.set_exception(error)


class _BatchReceiver:
    """Receives the outcomes of a batch from the pool."""

    __slots__ = ("_batch", "_stage")

    def __init__(self, stage: BatchedStage, batch: list[PageJob]) -> None:
        self._stage = stage
        self._batch = batch

    def deliver(self, _: int, values: list[Any], errors: Errors) -> None:
        """Receive the pages' outcomes."""
        self._stage._deliver(self._batch, values, errors)


def _retry_alone(job: PageJob, error: BaseException) -> bool:
    """True if a page should be sent again, alone: a failure then is its own."""
    if job.answer.done() or stage_ended(error) or caused_by_page(error):
        return False
    return not_started(error) or not job.retried
