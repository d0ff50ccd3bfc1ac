"""`Pool`: what `multiprocessing.pool.Pool` does, on coroutines, threads, processes or executors."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from fetcher.pool.async_result import AsyncResult, SingleResult
from fetcher.pool.chunks import Chunk
from fetcher.pool.imap import ImapMethods
from fetcher.pool.map import MapMethods

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from multiprocessing.context import BaseContext

    from fetcher.pool.backend import Backend
    from fetcher.pool.executors import PoolExecutor

__all__ = ["Kind", "Pool"]

R = TypeVar("R")
Kind: TypeAlias = Literal["async", "thread", "process"]
Initializer: TypeAlias = Callable[..., object] | None
Keywords: TypeAlias = Mapping[str, Any] | None


class Pool(MapMethods, ImapMethods):
    """Applies functions to items concurrently, with the methods of `multiprocessing.Pool`.

    Args:
        kind: "async" for coroutine functions, on an event loop of the pool's own;
            "thread" for functions that wait in blocking calls; "process", the
            default, for functions that compute.
        size: the maximum number of items that run at a time; by default 100 coroutines,
            4 more threads than processors but at most 32, or one process per processor.
        executor: run on this `concurrent.futures.Executor` instead of a kind; it is
            not shut down with the pool.
        initializer: called once in each worker before its first item; for kind
            "async" once on the loop, where it may be a coroutine function.
        initargs: its arguments.
        maxtasksperchild: replace a worker thread or process after this many chunks.
        context: how processes are started: "spawn", "forkserver", "fork" or a
            multiprocessing context; by default "forkserver", on Windows "spawn".

    Raises:
        ValueError: a number is not positive, or options cannot be combined.
        TypeError: the initializer cannot be called.
        RuntimeError: a script starts processes without the `__main__` guard.
    """

    def __init__(
        self,
        kind: Kind | None = None,
        size: int | None = None,
        *,
        executor: Executor | None = None,
        initializer: Initializer = None,
        initargs: Iterable[Any] = (),
        maxtasksperchild: int | None = None,
        context: BaseContext | str | None = None,
    ) -> None:
        _check(size, initializer, maxtasksperchild)
        if executor is not None:
            given = {
                "kind": kind,
                "initializer": initializer,
                "maxtasksperchild": maxtasksperchild,
                "context": context,
            }
            _refuse("executor", given)
            backend = _executor_backend(executor, size)
        elif kind == "async":
            _refuse("kind='async'", {"maxtasksperchild": maxtasksperchild, "context": context})
            backend = _coroutine_backend(size, initializer, tuple(initargs))
        elif kind == "thread":
            _refuse("kind='thread'", {"context": context})
            backend = _thread_backend(size, initializer, tuple(initargs), maxtasksperchild)
        elif kind in {None, "process"}:
            backend = _process_backend(
                size, initializer, tuple(initargs), maxtasksperchild, context
            )
        else:
            raise ValueError(f"kind must be 'async', 'thread' or 'process', not {kind!r}")
        super().__init__(backend)

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
        """Call `func(*args, **kwds)` in a worker without waiting; return a handle on its result.

        The callbacks run in a thread of the pool, which waits for them: keep them short.

        Args:
            func: the function; a coroutine function for kind "async".
            args: its positional arguments.
            kwds: its keyword arguments.
            callback: called with the result.
            error_callback: called with the exception.
            time_limit: seconds after which the call is stopped and fails with
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

    def as_executor(self, *, time_limit: float | None = None) -> PoolExecutor:
        """Return a `concurrent.futures.Executor` that runs its calls on the pool.

        Args:
            time_limit: seconds that each call may take; None for no limit.
        """
        from fetcher.pool.executors import PoolExecutor

        return PoolExecutor(self, time_limit)


def _check(size: int | None, initializer: Initializer, maxtasks: int | None) -> None:
    if size is not None and size < 1:
        raise ValueError(f"size must be 1 or more, not {size}")
    if initializer is not None and not callable(initializer):
        raise TypeError("initializer must be a callable")
    if maxtasks is not None and not (isinstance(maxtasks, int) and maxtasks > 0):
        raise ValueError(f"maxtasksperchild must be a positive integer, not {maxtasks!r}")


def _refuse(what: str, options: Mapping[str, object]) -> None:
    """Raise ValueError if options were given that have no meaning together with `what`."""
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ValueError(f"{what} cannot be combined with {' and '.join(given)}")


# Each kind is imported when a pool of it is created: threads need no asyncio, and
# coroutines no multiprocessing.


def _executor_backend(executor: Executor, size: int | None) -> Backend:
    from fetcher.pool.executors import ExecutorBackend

    return ExecutorBackend(executor, size)


def _coroutine_backend(
    size: int | None, initializer: Initializer, initargs: tuple[Any, ...]
) -> Backend:
    from fetcher.pool.coroutine_backend import CoroutineBackend

    return CoroutineBackend(size, initializer, initargs)


def _thread_backend(
    size: int | None, initializer: Initializer, initargs: tuple[Any, ...], maxtasks: int | None
) -> Backend:
    from fetcher.pool.executors import ThreadBackend

    return ThreadBackend(size, initializer, initargs, maxtasks)


def _process_backend(
    size: int | None,
    initializer: Initializer,
    initargs: tuple[Any, ...],
    maxtasks: int | None,
    context: BaseContext | str | None,
) -> Backend:
    from fetcher.pool.processes.process_backend import ProcessBackend

    return ProcessBackend(size, initializer, initargs, maxtasks, context)
