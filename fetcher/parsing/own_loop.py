"""An event loop for a user's coroutines, in a thread that has none."""

import asyncio
import threading
from collections.abc import Awaitable
from typing import TypeVar

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
