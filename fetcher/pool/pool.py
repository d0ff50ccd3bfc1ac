"""`Pool`: what `multiprocessing.pool.Pool` does, on whatever runs the work.

The pool seen as a `concurrent.futures.Executor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeAlias, TypeVar

from fetcher.pool.apply import Applying
from fetcher.pool.chunks import Chunk, Errors
from fetcher.pool.imap import Iterating
from fetcher.pool.map import Listing

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from multiprocessing.context import BaseContext

    from fetcher.pool.backend import Backend

__all__ = ["Kind", "Pool"]

Kind: TypeAlias = Literal["async", "thread", "process"]
Initializer: TypeAlias = Callable[..., object] | None


class Pool(Applying, Listing, Iterating):
    """Applies functions to items concurrently; the methods are those of `multiprocessing.Pool`.

    Args:
        kind: "async" for coroutine functions, on an event loop of the pool's own;
            "thread" for functions that wait in blocking calls; "process", the
            default, for functions that compute.
        size: the most items that run at a time; unless given 100 coroutines, 4 more
            threads than processors but at most 32, or a process for each processor.
        executor: run on this `concurrent.futures.Executor` instead of a kind; it is
            not shut down with the pool.
        initializer: called once in each worker before its first item; for kind
            "async" once on the loop, where it may be a coroutine function.
        initargs: its arguments.
        maxtasksperchild: replace a worker thread or process after so many chunks.
        context: how processes are started: "spawn", "forkserver", "fork" or a
            multiprocessing context; "forkserver" unless given, "spawn" on Windows.

    Raises:
        ValueError: a number that is not positive, or options that do not go together.
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
            backend = _loop_backend(size, initializer, tuple(initargs))
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

    def as_executor(self, *, time_limit: float | None = None) -> PoolExecutor:
        """Return the pool in the form of a `concurrent.futures.Executor`.

        Every call made through it has the time limit, in seconds, if one is given.
        """

        return PoolExecutor(self, time_limit)


def _check(size: int | None, initializer: Initializer, maxtasks: int | None) -> None:
    if size is not None and size < 1:
        raise ValueError(f"size must be 1 or more, not {size}")
    if initializer is not None and not callable(initializer):
        raise TypeError("initializer must be a callable")
    if maxtasks is not None and not (isinstance(maxtasks, int) and maxtasks > 0):
        raise ValueError(f"maxtasksperchild must be a whole number from 1 on, not {maxtasks!r}")


def _refuse(what: str, options: Mapping[str, object]) -> None:
    """Say which options have no meaning together with something else."""
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ValueError(f"{what} does not go together with {' and '.join(given)}")


# Each kind is imported when a pool of it is made: threads need no asyncio, and
# coroutines no multiprocessing.


def _executor_backend(executor: Executor, size: int | None) -> Backend:
    from fetcher.pool.executor_backend import ExecutorBackend

    return ExecutorBackend(executor, size)


def _loop_backend(size: int | None, initializer: Initializer, initargs: tuple[Any, ...]) -> Backend:
    from fetcher.pool.coroutine_backend import LoopBackend

    return LoopBackend(size, initializer, initargs)


def _thread_backend(
    size: int | None, initializer: Initializer, initargs: tuple[Any, ...], maxtasks: int | None
) -> Backend:
    from fetcher.pool.thread_backend import ThreadBackend

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
