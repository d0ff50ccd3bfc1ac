"""Parsing elsewhere: pages leave in batches, and each comes back with an outcome of its own.

Pages that are put together, to travel as one.

How many bytes may be on their way at a time.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from fetcher.model import RawPage
from fetcher.parse_stage.parse_errors import guilty, innocent, lost, nothing_goes
from fetcher.parse_stage.parser import PageParser
from fetcher.parse_stage.stage import Parsed
from fetcher.pool.backend import Backend
from fetcher.pool.chunks import Call, Chunk, Errors

BATCH_BYTES = 256_000
"""A batch this large keeps a worker busy for many times as long as it takes to send."""
LINGER = 0.002
"""How long, in seconds, a page waits for others to travel with."""
AT_HAND = 2
"""So many batches for each worker are enough: while one is parsed, the next lies ready."""
_REST = 500
"""Bytes of a page beside its body, roughly."""


@dataclass(slots=True, eq=False)
class PageJob:
    """A page on its way, and who waits for what becomes of it.

    again: whether it is sent a second time, after it was lost.
    """

    page: RawPage
    answer: asyncio.Future[Parsed]
    again: bool = False

    @property
    def size(self) -> int:
        """Bytes that travel."""
        return len(self.page.body) + _REST


class Collector:
    """Puts pages together until they are a batch, or until the workers need one.

    send: takes each batch. workers: how many there are.
    """

    def __init__(self, send: Callable[[list[PageJob]], None], workers: int) -> None:
        self._send = send
        self._enough = workers * AT_HAND
        self._gathered: list[PageJob] = []
        self._bytes = 0
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, errand: PageJob) -> None:
        """Send a page along with others."""
        if self._gathered and self._bytes + errand.size > BATCH_BYTES:
            self._leave()
        self._gathered.append(errand)
        self._bytes += errand.size
        if self._bytes >= BATCH_BYTES:
            self._leave()
        elif self._timer is None and self._sent < self._enough:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._leave)

    def send_alone(self, errand: PageJob) -> None:
        """Send a page without others."""
        self._sent += 1
        self._send([errand])

    def came_back(self) -> None:
        """Hear that a batch is done."""
        self._sent -= 1
        if self._gathered and self._timer is None and self._sent < self._enough:
            self._leave()

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._gathered, self._bytes = self._gathered, [], 0
        self._sent += 1
        self._send(batch)


class ByteBudget:
    """Hands out a number of bytes, first come first served; whoever finds none left waits.

    What alone is more than the whole gets it when nothing else is out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._out = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, count: int) -> None:
        """Wait for so many bytes; they are out until they are given back."""
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
                self._hand_out()  # it may have been the one that the others waited behind
            raise

    def give_back(self, count: int) -> None:
        """Let others have so many bytes."""
        self._out -= count
        self._hand_out()

    def _fits(self, count: int) -> bool:
        return not self._out or self._out + count <= self._limit

    def _hand_out(self) -> None:
        """Tell those in the queue whose turn has come."""
        waiting = self._waiting
        while waiting and (waiting[0][1].done() or self._fits(waiting[0][0])):
            count, turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._out += count


_BATCHES_OUT = 8
"""So many batches' bytes for each worker may be out: enough that pages of all sizes keep it busy,
and little beside what the run's connections hold."""


class BatchedStage(ABC):
    """Has pages parsed by whatever runs a pool's chunks.

    call: a function of one page. memory_limit: of a worker, in bytes, for the words about it.
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
        """Start what runs the chunks."""

    async def parse(self, page: RawPage) -> Parsed:
        """Have a page parsed; waits until there is room for its bytes.

        A page that was cancelled is not parsed, or its rows are dropped. Raises PoolBroken when no
        worker can be started, and PoolTerminated when the stage is left meanwhile.
        """
        errand = PageJob(page, asyncio.get_running_loop().create_future())
        await self._budget.take(errand.size)
        self._collector.add(errand)
        return await errand.answer

    def open(self) -> None:
        """Start the workers; they become ready while the loop goes on.

        Raises FunctionError, and OSError when no process can be made.
        """
        self._parser.load()
        self._loop = asyncio.get_running_loop()
        self._backend = self._start()
        self._backend.prepare(self._call)
        self._collector = Collector(self._send, self._backend.size)
        self._budget = ByteBudget(self._backend.size * _BATCHES_OUT * BATCH_BYTES)

    def close(self) -> None:
        """End the workers now; who still waits for a page is told as soon as the loop goes on.

        It takes a millisecond or two, and does not wait for the loop: nothing that cancels the run
        could leave a process behind.
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
        """Have a batch parsed, but for the pages that nobody waits for any more."""
        wanted = [errand for errand in batch if not errand.answer.done()]
        self._budget.give_back(sum(errand.size for errand in batch if errand.answer.done()))
        chunk = Chunk(self._call, 0, 0, [errand.page for errand in wanted], _Receipt(self, wanted))
        try:
            if wanted:
                self._backend.submit(chunk)
            else:
                self._loop.call_soon(self._arrived, [], [], {})
        except Exception as error:  # whatever a foreign executor raises
            errors: Errors = dict.fromkeys(range(len(wanted)), error)
            self._loop.call_soon(self._arrived, wanted, [], errors)

    def _delivered(self, batch: list[PageJob], values: list[Any], errors: Errors) -> None:
        """Take what became of a batch, in whatever thread; the loop may be gone by now."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrived, batch, values, errors)

    def _arrived(self, batch: list[PageJob], values: list[Any], errors: Errors) -> None:
        """Pass on the outcomes of a batch; pages that may not be at fault are sent again."""
        for position, errand in enumerate(batch):
            error = errors.get(position)
            if error is None:
                self._answer(errand, values[position])
            elif _deserves_another(errand, error):
                errand.again |= not innocent(error)
                self._collector.send_alone(errand)
            else:
                self._fail(errand, error)
        self._collector.came_back()

    def _answer(self, errand: PageJob, parsed: Parsed) -> None:
        self._budget.give_back(errand.size)
        if not errand.answer.done():
            errand.answer.set_result(parsed)

    def _fail(self, errand: PageJob, error: BaseException) -> None:
        if not nothing_goes(error):
            self._answer(errand, lost(error, self._call.time_limit, self._memory_limit))
            return
        self._budget.give_back(errand.size)
        if not errand.answer.done():
            errand.answer.set_exception(error)


class _Receipt:
    """Stands for a batch while it is parsed."""

    __slots__ = ("_batch", "_stage")

    def __init__(self, stage: BatchedStage, batch: list[PageJob]) -> None:
        self._stage = stage
        self._batch = batch

    def deliver(self, _: int, values: list[Any], errors: Errors) -> None:
        """Take the pages' outcomes from the pool."""
        self._stage._delivered(self._batch, values, errors)


def _deserves_another(errand: PageJob, error: BaseException) -> bool:
    """Whether a page is sent again, alone: what it meets then is its own doing."""
    if errand.answer.done() or nothing_goes(error) or guilty(error):
        return False
    return innocent(error) or not errand.again
