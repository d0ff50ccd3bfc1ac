"""`Pool`: what `multiprocessing.pool.Pool` does, on whatever runs the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from fetcher.pool.applying import Applying
from fetcher.pool.iterating import Iterating
from fetcher.pool.listing import Listing

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from multiprocessing.context import BaseContext

    from fetcher.pool.backend import Backend
    from fetcher.pool.executor_view import PoolExecutor

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
        from fetcher.pool.executor_view import PoolExecutor  # rarely needed

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
    from fetcher.pool.executors import ExecutorBackend

    return ExecutorBackend(executor, size)


def _loop_backend(size: int | None, initializer: Initializer, initargs: tuple[Any, ...]) -> Backend:
    from fetcher.pool.loops import LoopBackend

    return LoopBackend(size, initializer, initargs)


def _thread_backend(
    size: int | None, initializer: Initializer, initargs: tuple[Any, ...], maxtasks: int | None
) -> Backend:
    from fetcher.pool.threads import ThreadBackend

    return ThreadBackend(size, initializer, initargs, maxtasks)


def _process_backend(
    size: int | None,
    initializer: Initializer,
    initargs: tuple[Any, ...],
    maxtasks: int | None,
    context: BaseContext | str | None,
) -> Backend:
    from fetcher.pool.processes.backend import ProcessBackend

    return ProcessBackend(size, initializer, initargs, maxtasks, context)
