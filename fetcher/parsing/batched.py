"""Parsing elsewhere: pages leave in batches, and each comes back with an outcome of its own."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from fetcher.model import RawPage
from fetcher.parsing.budget import ByteBudget
from fetcher.parsing.collecting import BATCH_BYTES, Collector, Errand
from fetcher.parsing.losing import guilty, innocent, lost, nothing_goes
from fetcher.parsing.parsed import Parsed
from fetcher.parsing.parser import Parser
from fetcher.pool.backend import Backend
from fetcher.pool.calls import Errors
from fetcher.pool.chunks import Call, Chunk

_BATCHES_OUT = 8
"""So many batches' bytes for each worker may be out: enough that pages of all sizes keep it busy,
and little beside what the run's connections hold."""


class BatchedStage(ABC):
    """Has pages parsed by whatever runs a pool's chunks.

    call: a function of one page. memory_limit: of a worker, in bytes, for the words about it.
    """

    def __init__(self, parser: Parser, call: Call, memory_limit: int | None = None) -> None:
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
        errand = Errand(page, asyncio.get_running_loop().create_future())
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

    def _send(self, batch: list[Errand]) -> None:
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

    def _delivered(self, batch: list[Errand], values: list[Any], errors: Errors) -> None:
        """Take what became of a batch, in whatever thread; the loop may be gone by now."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrived, batch, values, errors)

    def _arrived(self, batch: list[Errand], values: list[Any], errors: Errors) -> None:
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

    def _answer(self, errand: Errand, parsed: Parsed) -> None:
        self._budget.give_back(errand.size)
        if not errand.answer.done():
            errand.answer.set_result(parsed)

    def _fail(self, errand: Errand, error: BaseException) -> None:
        if not nothing_goes(error):
            self._answer(errand, lost(error, self._call.time_limit, self._memory_limit))
            return
        self._budget.give_back(errand.size)
        if not errand.answer.done():
            errand.answer.set_exception(error)


class _Receipt:
    """Stands for a batch while it is parsed."""

    __slots__ = ("_batch", "_stage")

    def __init__(self, stage: BatchedStage, batch: list[Errand]) -> None:
        self._stage = stage
        self._batch = batch

    def deliver(self, _: int, values: list[Any], errors: Errors) -> None:
        """Take the pages' outcomes from the pool."""
        self._stage._delivered(self._batch, values, errors)


def _deserves_another(errand: Errand, error: BaseException) -> bool:
    """Whether a page is sent again, alone: what it meets then is its own doing."""
    if errand.answer.done() or nothing_goes(error) or guilty(error):
        return False
    return innocent(error) or not errand.again
