"""Apply a coroutine function to many items: at most N at once, results as an async iterator.

This module stays cheap to import: asyncio is loaded by the first call.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Iterable,
)
from typing import Literal, TypeVar, overload

from fetcher.pool.pace import Pace

__all__ = ["amap"]

T = TypeVar("T")
R = TypeVar("R")


@overload
def amap(
    func: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    *,
    max_at_once: int,
    max_per_second: float | None = None,
    ordered: bool = True,
    return_exceptions: Literal[False] = False,
    buffersize: int | None = None,
) -> AsyncGenerator[R, None]: ...
@overload
def amap(
    func: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    *,
    max_at_once: int,
    max_per_second: float | None = None,
    ordered: bool = True,
    return_exceptions: bool,
    buffersize: int | None = None,
) -> AsyncGenerator[R | BaseException, None]: ...
def amap(
    func: Callable[[T], Awaitable[R]],
    items: Iterable[T] | AsyncIterable[T],
    *,
    max_at_once: int,
    max_per_second: float | None = None,
    ordered: bool = True,
    return_exceptions: bool = False,
    buffersize: int | None = None,
) -> AsyncGenerator[R | BaseException, None]:
    """Return an async iterator over `await func(item)` for each item, run concurrently.

    Nothing runs until the iteration begins. An item is read only when it can
    start at once: fewer than `max_at_once` are running, the rate allows it and
    there is room for its result. One read is outstanding at a time. A slow
    consumer therefore stops the reading.

    Leaving early, by an error, a cancellation or `break`, cancels the running
    items, awaits them, and then closes the source if it has `aclose`. After `break`
    the event loop does so as soon as it is idle; to have it done before the next
    line, wrap the call in `contextlib.aclosing`.

    Args:
        func: a coroutine function, or any callable that returns an awaitable.
        items: a plain or async iterable, lazily read, possibly endless.
        max_at_once: maximum number of items running at any time; 1 or more.
        max_per_second: maximum number of items started per second, evenly spread; None
            for no limit.
        ordered: yield results in input order; False for the order in which they finish.
        return_exceptions: yield an item's exception as its result, as `asyncio.gather` does.
        buffersize: maximum number of items read and not yet yielded, running or finished;
            2 * max_at_once by default. With `ordered`, it is also how far the others may
            run ahead of one slow item.

    Raises:
        ValueError: a limit is out of its range.
        Exception: what an item's function raised, at the item's place, unless
            `return_exceptions`; what the source raised, after the last item read.
        asyncio.CancelledError: at an item's place, if its own function raised that.
    """
    if max_at_once < 1:
        raise ValueError(f"max_at_once must be 1 or more, not {max_at_once!r}")
    if buffersize is None:
        buffersize = 2 * max_at_once
    elif buffersize < max_at_once:
        raise ValueError(f"buffersize must be {max_at_once} or more, not {buffersize!r}")
    pace = None if max_per_second is None else Pace(max_per_second)
    from fetcher.pool.amap_run import AmapRun, results  # it imports asyncio

    run = AmapRun(func, items, max_at_once, pace, buffersize, ordered)
    return results(run, return_exceptions)
