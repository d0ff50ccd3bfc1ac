"""`PageParser`: the fields to extract from each page, and the user's function to call with it."""

import asyncio
import inspect
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, TypeVar

from fetcher.extraction.fields import FieldSet, PageView
from fetcher.model import RawPage
from fetcher.parse_stage.parse_errors import defect, extract_failed
from fetcher.parse_stage.row_values import rows_of
from fetcher.parse_stage.stage import FieldRow, Parsed
from fetcher.parse_stage.user_function import UserFunction

R = TypeVar("R")
Finish = Callable[[Awaitable[Any]], Coroutine[Any, Any, Any]]
"""Awaits something to its end, on one loop or another."""

_NOT_OF_THE_PAGE = (MemoryError, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)
"""Exceptions that concern the caller, not the page."""


class _ThreadLoop:
    """A thread's event loop, closed when the thread ends.

    One for all pages, because what a function keeps from page to page, such as a connection,
    belongs to the loop that it was created on.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __del__(self) -> None:
        self.loop.close()


_thread = threading.local()


def _own_loop() -> asyncio.AbstractEventLoop:
    own: _ThreadLoop | None = getattr(_thread, "own", None)
    if own is None:
        own = _thread.own = _ThreadLoop()
    return own.loop


async def on_own_loop(awaitable: Awaitable[R]) -> R:
    """Run an awaitable to its end on this thread's own loop; never suspends.

    Raises what it raises, and RuntimeError if it cancelled itself.
    """
    try:
        return _own_loop().run_until_complete(_coroutine(awaitable))
    except asyncio.CancelledError:
        raise RuntimeError("the function cancelled its own task") from None


async def on_running_loop(awaitable: Awaitable[R]) -> R:
    """Await something on the running loop.

    Raises what it raises, and RuntimeError if it cancelled itself.
    """
    try:
        return await awaitable
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError("the function cancelled its own task") from None


async def _coroutine(awaitable: Awaitable[R]) -> R:
    """Turn any awaitable into a coroutine."""
    return await awaitable


@dataclass(frozen=True, slots=True)
class PageParser:
    """The fields to extract from a page, or a user's function to call with it, or both.

    The function receives a `PageView` and returns a dict, a list of dicts or None for no row; it
    may be `async`, and a generator. With both, each of the function's rows begins with the fields.
    Picklable: the function is sent by its name.
    """

    fields: FieldSet | None = None
    function: UserFunction | None = None

    def load(self) -> None:
        """Import the function, so that no page has to wait for it. Raises FunctionError."""
        if self.function is not None:
            self.function.load()

    def parse(self, page: RawPage) -> Parsed:
        """Parse a page in a thread without a running event loop.

        What the user's function awaits runs on the thread's own loop. Failures are values; only
        MemoryError is raised, which the caller can explain better.
        """
        whole = self._parse(page, on_own_loop)
        try:
            whole.send(None)
        except StopIteration as end:
            parsed: Parsed = end.value
            return parsed
        raise AssertionError("on_own_loop has suspended")

    async def parse_here(self, page: RawPage) -> Parsed:
        """Parse a page on the running loop, as well as what the user's function awaits.

        Failures are values; raises MemoryError, and CancelledError if its task is cancelled.
        """
        return await self._parse(page, on_running_loop)

    async def _parse(self, page: RawPage, finish: Finish) -> Parsed:
        view = PageView(page)  # shared, so that the page is parsed once
        try:
            found = {} if self.fields is None else self.fields.extract_from(view)
        except _NOT_OF_THE_PAGE:
            raise
        except BaseException as error:  # a library in Rust raises BaseException
            return defect(error)
        if self.function is None:
            return Parsed((found,))
        try:
            rows = await _call(self.function, view, finish)
        except _NOT_OF_THE_PAGE:
            raise
        except BaseException as error:  # even SystemExit ends only this page
            return extract_failed(error, (found,) if found else ())
        return Parsed(tuple([found | row for row in rows]) if found else tuple(rows))


async def _call(function: UserFunction, view: PageView, finish: Finish) -> list[FieldRow]:
    """Call the user's function and return its rows."""
    with redirect_stdout(sys.stderr):  # rows may go to standard output
        returned = function.load()(view)
    if inspect.isawaitable(returned):
        returned = await finish(returned)
    if inspect.isasyncgen(returned):
        returned = await finish(_listed(returned))
    return rows_of(returned)


async def _listed(items: AsyncIterator[R]) -> list[R]:
    return [item async for item in items]
