"""Parsing on the event loop itself, one page after another, and the time that each page takes."""

import asyncio
import time
import types
from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Self, TypeVar

from fetcher.model import RawPage
from fetcher.parse_stage.parse_errors import out_of_memory
from fetcher.parse_stage.parser import PageParser
from fetcher.parse_stage.stage import Parsed

R = TypeVar("R")

_SLICE = 0.005
"""Seconds of parsing after which others on the loop get their turn; too short to be noticed."""


@types.coroutine
def metered(
    coroutine: Coroutine[Any, Any, R],
    spent: Callable[[float], None],
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Any, Any, R]:
    """Await a coroutine, and report the seconds that it ran, without those that it waited.

    Args:
        coroutine: what to await.
        spent: called once with the seconds, however the coroutine ends.
        clock: returns seconds on a monotonic clock.
    """
    seconds = 0.0
    step, sent = coroutine.send, None
    try:
        while True:
            began = clock()
            try:
                waits_for = step(sent)
            except StopIteration as end:
                result: R = end.value
                return result
            finally:
                seconds += clock() - began
            try:
                sent = yield waits_for
                step = coroutine.send
            except BaseException as error:
                step, sent = coroutine.throw, error
    finally:
        spent(seconds)


class InlineStage:
    """Parses each page on the loop: the cheapest way, as long as pages are fast.

    The loop is blocked while a page is parsed, but not for several pages in a row. Nothing
    protects the run: a function that never returns, or ends its process, takes the run with it.

    Args:
        parser: what is done with each page.
        watch: called with the seconds of the loop's time that each page took.
    """

    def __init__(self, parser: PageParser, watch: Callable[[float], None] | None = None) -> None:
        self._parser = parser
        self._watch = watch
        self._gate = asyncio.Lock()
        self._spent = 0.0

    async def parse(self, page: RawPage) -> Parsed:
        """Parse a page when it is its turn."""
        await self.turn()
        return await self.parse_now(page)

    async def turn(self) -> None:
        """Wait until a page may be parsed without starving the rest of the loop.

        All responses that have arrived are handled in one turn of the loop: without this, timers
        would have to wait until all of them are parsed.
        """
        async with self._gate:
            if self._spent >= _SLICE:
                await asyncio.sleep(0)
                self._spent = 0.0

    async def parse_now(self, page: RawPage) -> Parsed:
        """Parse a page whose turn it is."""
        try:
            return await metered(self._parser.parse_here(page), self._note)
        except MemoryError:
            return out_of_memory(None)

    def _note(self, seconds: float) -> None:
        self._spent += seconds
        if self._watch is not None:
            self._watch(seconds)

    async def __aenter__(self) -> Self:
        self._parser.load()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass
