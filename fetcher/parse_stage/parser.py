"""What is to be done with each page: fields to take, a function of the user's to call.

An event loop for a user's coroutines, in a thread that has none.
"""

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


class _Kept:
    """A thread's loop, closed when the thread ends.

    One for all pages, and not one for each: what a function keeps from page to page, a session or
    a connection, belongs to the loop that it was made on.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def __del__(self) -> None:
        self.loop.close()


_of_thread = threading.local()


def _own_loop() -> asyncio.AbstractEventLoop:
    kept: _Kept | None = getattr(_of_thread, "kept", None)
    if kept is None:
        kept = _of_thread.kept = _Kept()
    return kept.loop


async def on_own_loop(awaitable: Awaitable[R]) -> R:
    """Run something awaitable to its end on this thread's own loop; never suspends itself.

    Raises what it raises, and RuntimeError when it cancelled itself.
    """
    try:
        return _own_loop().run_until_complete(_whole(awaitable))
    except asyncio.CancelledError:
        raise RuntimeError("the function cancelled its own task") from None


async def on_running_loop(awaitable: Awaitable[R]) -> R:
    """Await something on the loop that runs already.

    Raises what it raises, and RuntimeError when it cancelled itself.
    """
    try:
        return await awaitable
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError("the function cancelled its own task") from None


async def _whole(awaitable: Awaitable[R]) -> R:
    """Make a coroutine of anything awaitable."""
    return await awaitable


Finish = Callable[[Awaitable[Any]], Coroutine[Any, Any, Any]]
"""How an awaitable is brought to its end."""

_NOT_THE_PAGES = (MemoryError, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)
"""What is raised while a page is parsed and is the business of whoever has it parsed."""


@dataclass(frozen=True, slots=True)
class PageParser:
    """Fields to take from a page, or a user's function to call with it, or both.

    The function gets a `PageView` and returns a dict, a list of dicts or None for no row; it may
    be `async`, and may be a generator. With both, the fields stand in each of its rows, before what
    the function says. Picklable: the function travels as its name.
    """

    fields: FieldSet | None = None
    function: UserFunction | None = None

    def load(self) -> None:
        """Import what is needed, so that no page has to wait for it. Raises FunctionError."""
        if self.function is not None:
            self.function.load()

    def parse(self, page: RawPage) -> Parsed:
        """Parse a page in a thread where no event loop runs.

        What the user's function awaits runs on a loop of the thread's own. Failures are values;
        raises MemoryError, for which the caller has the words.
        """
        whole = self._parse(page, on_own_loop)
        try:
            whole.send(None)
        except StopIteration as end:
            parsed: Parsed = end.value
            return parsed
        raise AssertionError("on_own_loop has suspended")

    async def parse_here(self, page: RawPage) -> Parsed:
        """Parse a page on the running loop, which what the user's function awaits runs on too.

        Failures are values; raises MemoryError, and CancelledError when its task is cancelled.
        """
        return await self._parse(page, on_running_loop)

    async def _parse(self, page: RawPage, finish: Finish) -> Parsed:
        view = PageView(page)  # one for both, so the page is parsed once
        try:
            found = {} if self.fields is None else self.fields.extract_from(view)
        except _NOT_THE_PAGES:
            raise
        except BaseException as error:  # those of a library in Rust are no Exceptions
            return defect(error)
        if self.function is None:
            return Parsed((found,))
        try:
            rows = await _called(self.function, view, finish)
        except _NOT_THE_PAGES:
            raise
        except BaseException as error:  # SystemExit too: it ends no more than this page
            return extract_failed(error, (found,) if found else ())
        return Parsed(tuple([found | row for row in rows]) if found else tuple(rows))


async def _called(function: UserFunction, view: PageView, finish: Finish) -> list[FieldRow]:
    """Call the user's function, and see to what it returned."""
    with redirect_stdout(sys.stderr):  # rows may be on standard output
        returned = function.load()(view)
    if inspect.isawaitable(returned):
        returned = await finish(returned)
    if inspect.isasyncgen(returned):
        returned = await finish(_listed(returned))
    return rows_of(returned)


async def _listed(items: AsyncIterator[R]) -> list[R]:
    return [item async for item in items]
