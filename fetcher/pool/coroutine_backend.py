"""The coroutine backend: an event loop that the pool owns, so it works from ordinary code."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from fetcher.pool.amap import amap
from fetcher.pool.backend import Backend, broken_by
from fetcher.pool.chunks import Chunk, Errors, as_item_error
from fetcher.pool.pool_errors import TimeLimitExceeded

__all__ = ["CoroutineBackend"]

# Seconds that `terminate` waits for cancelled coroutines to clean up.
_GRACE = 5.0


class _Open:
    """A chunk whose items are running, each in a task of its own."""

    __slots__ = ("chunk", "errors", "missing", "values")

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.missing = len(chunk)
        self.values: list[Any] = [None] * self.missing
        self.errors: Errors = {}


class CoroutineBackend(Backend):
    """An event loop in a thread of its own, which works in a script and under a running loop.

    Args:
        size: maximum number of items that run at a time; None for 100.
        initializer: called once on the loop before the first item; may be a coroutine function.
        initargs: its arguments.
    """

    takes_coroutines = True

    def __init__(
        self,
        size: int | None,
        initializer: Callable[..., object] | None,
        initargs: tuple[Any, ...],
    ) -> None:
        super().__init__()
        self.size = size or 100
        self._initializer = initializer
        self._initargs = initargs
        self._pending: deque[Chunk] = deque()
        self._closed = False
        self._sleeping: asyncio.Future[None] | None = None
        # The error's text, should the loop end by an exception.
        self._failure_text = "the pool's event loop did not start"
        self._main: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._thread_main, name="pool loop", daemon=True)
        self._thread.start()

    def chunksize(self, length: int) -> int:
        # Chunks do not matter here: their items run at the same time.
        return max(1, length)

    def _run(self, chunk: Chunk) -> None:
        self._pending.append(chunk)
        self._wake()

    def close(self) -> None:
        self._closed = True
        self._wake()

    def _kill(self) -> None:
        self._closed = True
        self._call_soon(self._cancel)
        if threading.current_thread() is not self._thread:
            self._thread.join(_GRACE)

    def join(self) -> None:
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _call_soon(self, callback: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _wake(self) -> None:
        # Reset first, so that many chunks submitted at once wake the loop once.
        sleeping, self._sleeping = self._sleeping, None
        if sleeping is not None:
            self._call_soon(functools.partial(_set, sleeping))

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()

    def _thread_main(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._serve())
            except asyncio.CancelledError:
                pass
            except BaseException as error:  # reported to whoever waits
                self.give_up(broken_by(self._failure_text, error))

    async def _serve(self) -> None:
        """Run the items, `size` at a time, until the pool is closed and empty."""
        self._main = asyncio.current_task()
        if self._initializer is not None:
            self._failure_text = "the initializer failed"
            outcome = self._initializer(*self._initargs)
            if inspect.isawaitable(outcome):
                await outcome
        self._failure_text = "the pool's event loop stopped"
        async for _ in amap(self._run_one, self._items(), max_at_once=self.size, ordered=False):
            pass

    async def _items(self) -> AsyncIterator[tuple[_Open, int, Any]]:
        """Yield the items of the chunks one by one as they arrive."""
        while True:
            while self._pending:
                opened = _Open(self._pending.popleft())
                for position, item in enumerate(opened.chunk.items):
                    yield opened, position, item
            if self._closed:
                return
            sleeping = self._sleeping = self._loop.create_future()
            # Whoever appends after this line sees the future; an earlier append is seen here.
            if not self._pending and not self._closed:
                await sleeping

    async def _run_one(self, unit: tuple[_Open, int, Any]) -> None:
        opened, position, item = unit
        call = opened.chunk.call
        try:
            awaitable = call.function(item)
            if not hasattr(awaitable, "__await__"):
                kind = type(awaitable).__name__
                raise TypeError(f"{call.name} is not a coroutine function: it returned a {kind}")
            if call.time_limit is not None:
                awaitable = _limited(awaitable, call.time_limit)
            opened.values[position] = await awaitable
        except BaseException as error:  # it is the item's outcome
            opened.errors[position] = as_item_error(error)
        opened.missing -= 1
        if not opened.missing:
            self.finish(opened.chunk, opened.values, opened.errors)


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _limited(awaitable: Any, seconds: float) -> Any:
    """Await with a time limit; the function's own TimeoutError passes unchanged."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await awaitable
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise TimeLimitExceeded(f"stopped after its time limit of {seconds:g} s") from error
