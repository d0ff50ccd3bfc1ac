"""One call: `apply` and `apply_async`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar, overload

from fetcher.pool.async_result import AsyncResult, SingleResult
from fetcher.pool.chunks import Chunk
from fetcher.pool.pool_core import PoolCore

__all__ = ["Applying"]

R = TypeVar("R")
Keywords = Mapping[str, Any] | None


class Applying(PoolCore):
    """The methods that call a function once."""

    @overload
    def apply(
        self,
        func: Callable[..., Coroutine[Any, Any, R]],
        args: Iterable[Any] = (),
        kwds: Keywords = None,
        *,
        time_limit: float | None = None,
    ) -> R: ...
    @overload
    def apply(
        self,
        func: Callable[..., R],
        args: Iterable[Any] = (),
        kwds: Keywords = None,
        *,
        time_limit: float | None = None,
    ) -> R: ...
    def apply(
        self,
        func: Callable[..., Any],
        args: Iterable[Any] = (),
        kwds: Keywords = None,
        *,
        time_limit: float | None = None,
    ) -> Any:
        """Call `func(*args, **kwds)` in a worker and return its result.

        Raises what the function raises, and what `apply_async` raises.
        """
        return self.apply_async(func, args, kwds, time_limit=time_limit).get()

    @overload
    def apply_async(
        self,
        func: Callable[..., Coroutine[Any, Any, R]],
        args: Iterable[Any] = (),
        kwds: Keywords = None,
        callback: Callable[[R], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[R]: ...
    @overload
    def apply_async(
        self,
        func: Callable[..., R],
        args: Iterable[Any] = (),
        kwds: Keywords = None,
        callback: Callable[[R], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[R]: ...
    def apply_async(
        self,
        func: Callable[..., Any],
        args: Iterable[Any] = (),
        kwds: Keywords = None,
        callback: Callable[[Any], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
        *,
        time_limit: float | None = None,
    ) -> AsyncResult[Any]:
        """Have `func(*args, **kwds)` called in a worker; return a handle on its result.

        A callback takes the result, an error callback the exception. They run in
        a thread of the pool, which waits for them: let them be short.

        Args:
            func: the function; a coroutine function for kind "async".
            args: its positional arguments.
            kwds: its keyword arguments.
            callback: called with the result.
            error_callback: called with the exception.
            time_limit: seconds after which the call is ended and fails with
                `TimeLimitExceeded`; for kinds "async" and "process".

        Raises:
            ValueError: the pool is closed, or a time limit is not possible here.
            TypeError: a coroutine function on a pool of another kind.
            NotPicklable: the function cannot be sent to a process.
        """
        result: SingleResult[Any] = SingleResult(self, callback, error_callback)
        call = self._call(func, "full", time_limit)
        self._submit(Chunk(call, 0, 0, [(tuple(args), dict(kwds or {}))], result))
        return result
