"""Parsing on the event loop itself, one page after the other.

How much of its thread's time a coroutine takes for itself.
"""

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


@types.coroutine
def metered(
    coroutine: Coroutine[Any, Any, R],
    spent: Callable[[float], None],
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Any, Any, R]:
    """Await a coroutine, and tell the seconds that it ran, without those that it waited.

    spent: called once, when it has ended in whatever way.
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


_SLICE = 0.005
"""Seconds of parsing after which others on the loop have their turn; less than anybody notices."""


class InlineStage:
    """Parses each page where it is asked to: the cheapest way, as long as pages are quick.

    The loop stands still while a page is parsed, but not for several pages in a row. Nothing
    protects it: a function that never returns, or that ends its process, takes the run with it.

    watch: hears the seconds that each page took of the loop's time.
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
        """Wait until a page may be parsed without keeping others on the loop from their work.

        All answers that are there are handled in one turn of the loop: without this, timers would
        have to wait for all of them to be parsed.
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
