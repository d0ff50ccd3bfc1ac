"""`map`, `starmap` and their async forms: all items, and the results as a list."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar, overload

from fetcher.pool.async_result import AsyncResult, MapResult
from fetcher.pool.chunks import Chunk, How
from fetcher.pool.pool_core import PoolCore

__all__ = ["MapMethods"]

T = TypeVar("T")
R = TypeVar("R")


class MapMethods(PoolCore):
    """The methods that return a list of results."""

    @overload
    def map(
        self,
        func: Callable[[T], Coroutine[Any, Any, R]],
        iterable: Iterable[T],
        chunksize: int | None = None,
        *,
        time_limit: float | None = None,
    ) -> list[R]: ...
    @overload
    def map(
        self,
        func: Callable[[T], R],
        iterable: Iterable[T],
        chunksize: int | None = None,
        *,
        time_limit: float | None = None,
    ) -> list[R]: ...
    def map(
        self,
        func: Callable[[T], Any],
        iterable: Iterable[T],
        chunksize: int | None = None,
        *,
        time_limit: float | None = None,
    ) -> list[Any]:
        """Return the results of `func(item)` for all items, in input order.

        Raises the first error in input order, after all items have ended, and
        what `map_async` raises.
        """
        return self._map_async(func, "item", iterable, chunksize, None, None, time_limit).get()

    @overload
    def map_async(
        self,
        func: Callable[[T], Coroutine[Any, Any, R]],
        iterable: Iterable[T],
        chunksize: int | None = None,
        callback: Callable[[list[R]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[list[R]]: ...
    @overload
    def map_async(
        self,
        func: Callable[[T], R],
        iterable: Iterable[T],
        chunksize: int | None = None,
        callback: Callable[[list[R]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[list[R]]: ...
    def map_async(
        self,
        func: Callable[[T], Any],
        iterable: Iterable[T],
        chunksize: int | None = None,
        callback: Callable[[list[Any]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[list[Any]]:
        """Call `func(item)` for all items without waiting; return a handle on the results.

        Args:
            func: a function of one item; a coroutine function for kind "async".
            iterable: the items, read to the end at once; for more than fit in memory use `imap`.
            chunksize: how many items travel to a worker together; by default each worker
                gets 32 chunks, or 4 on a foreign executor.
            callback: called with the list of results.
            error_callback: called with the first error in input order.
            time_limit: seconds after which an item is stopped and fails with
                `TimeLimitExceeded`; for kinds "async" and "process".

        Raises:
            ValueError: the pool is closed, a chunk size is not positive, or a time
                limit is not possible here.
            TypeError: a coroutine function on a pool of another kind.
            NotPicklable: the function cannot be sent to a process.
        """
        return self._map_async(
            func, "item", iterable, chunksize, callback, error_callback, time_limit
        )

    @overload
    def starmap(
        self,
        func: Callable[..., Coroutine[Any, Any, R]],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        *,
        time_limit: float | None = None,
    ) -> list[R]: ...
    @overload
    def starmap(
        self,
        func: Callable[..., R],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        *,
        time_limit: float | None = None,
    ) -> list[R]: ...
    def starmap(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        *,
        time_limit: float | None = None,
    ) -> list[Any]:
        """Return the results of `func(*item)` for all items: `map` with several arguments."""
        return self._map_async(func, "star", iterable, chunksize, None, None, time_limit).get()

    @overload
    def starmap_async(
        self,
        func: Callable[..., Coroutine[Any, Any, R]],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        callback: Callable[[list[R]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[list[R]]: ...
    @overload
    def starmap_async(
        self,
        func: Callable[..., R],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        callback: Callable[[list[R]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[list[R]]: ...
    def starmap_async(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Iterable[Any]],
        chunksize: int | None = None,
        callback: Callable[[list[Any]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[list[Any]]:
        """Call `func(*item)` for all items without waiting: `map_async` with several arguments."""
        return self._map_async(
            func, "star", iterable, chunksize, callback, error_callback, time_limit
        )

    def _map_async(
        self,
        func: Callable[..., Any],
        how: How,
        iterable: Iterable[Any],
        chunksize: int | None,
        callback: Callable[[list[Any]], object] | None,
        error_callback: Callable[[BaseException], object] | None,
        time_limit: float | None,
    ) -> AsyncResult[list[Any]]:
        call = self._call(func, how, time_limit)
        # A copy, so that nobody changes it meanwhile; a slice of a range pickles as a range.
        items = iterable if isinstance(iterable, range) else tuple(iterable)
        length = len(items)
        if chunksize is None:
            chunksize = self._backend.chunksize(length)
        elif chunksize < 1:
            raise ValueError(f"chunksize must be 1 or more, not {chunksize}")
        starts = range(0, length, chunksize)
        result: MapResult[Any] = MapResult(self, length, chunksize, callback, error_callback)
        for index, start in enumerate(starts):
            cut = slice(start, start + chunksize)
            self._submit(Chunk(call, index, start, items, result, cut))
        return result
