"""The pool seen as a `concurrent.futures.Executor`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from fetcher.pool.calls import Errors
from fetcher.pool.chunks import Chunk

if TYPE_CHECKING:
    from fetcher.pool.pool import Pool

__all__ = ["PoolExecutor"]

P = ParamSpec("P")
R = TypeVar("R")


class _FutureSink:
    """Passes the outcome of one call on to a future."""

    __slots__ = ("_future",)

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def deliver(self, _: int, values: list[Any], errors: Errors) -> None:
        """Take the only outcome there is."""
        if not self._future.set_running_or_notify_cancel():
            return
        if errors:
            self._future.set_exception(errors[0])
        else:
            self._future.set_result(values[0])


class PoolExecutor(Executor):
    """Lets anything that takes an executor use a pool: `loop.run_in_executor`, for one.

    It adds to the pool nothing but the form; the pool's workers, its time
    limit for an item and its way with dying workers are the pool's own.
    """

    def __init__(self, pool: Pool, time_limit: float | None = None) -> None:
        self._pool = pool
        self._time_limit = time_limit

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have the pool call a function; return the future of its result.

        Raises:
            ValueError: the pool is closed.
        """
        future: Future[R] = Future()
        call = self._pool._call(fn, "full", self._time_limit)  # a part of it
        self._pool._submit(Chunk(call, 0, 0, [(args, kwargs)], _FutureSink(future)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the pool, or terminate it with `cancel_futures`; wait for its workers."""
        if cancel_futures:
            self._pool.terminate()
        else:
            self._pool.close()
        if wait:
            self._pool.join()
