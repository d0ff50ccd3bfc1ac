"""Threads and executors: a pool on worker threads, on any executor, and as an executor.

An executor (`concurrent.futures.Executor`) can be this machine's, another library's
or a cluster's.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from fetcher.pool.backend import Backend, broken_by, usable_cpus
from fetcher.pool.chunks import Chunk, Errors, run_items
from fetcher.pool.remote_errors import run_packed, unpack

if TYPE_CHECKING:
    from fetcher.pool.pool import Pool

__all__ = ["ExecutorBackend", "PoolExecutor", "ThreadBackend"]

P = ParamSpec("P")
R = TypeVar("R")

_thread_numbers = itertools.count(1)


class ThreadBackend(Backend):
    """Worker threads on one queue.

    They are daemon threads: a function that never returns does not keep the
    interpreter from exiting, as it would with `ThreadPoolExecutor`, which joins
    its threads at exit.

    Args:
        size: the number of threads; None for 4 more than usable processors, at most 32.
        initializer: called once in each thread before its first item.
        initargs: its arguments.
        maxtasksperchild: chunks after which a thread is replaced; None for never.
    """

    no_time_limit = "a thread cannot be stopped from outside; use kind='process'"

    def __init__(
        self,
        size: int | None,
        initializer: Callable[..., object] | None,
        initargs: tuple[Any, ...],
        maxtasksperchild: int | None,
    ) -> None:
        super().__init__()
        # As in concurrent.futures: blocking calls need more threads than processors.
        self.size = size or min(32, usable_cpus() + 4)
        self._initializer = initializer
        self._initargs = initargs
        self._maxtasks = maxtasksperchild
        # None tells one thread to exit.
        self._queue: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        self._threads: set[threading.Thread] = set()
        for _ in range(self.size):
            self._start_thread()

    def _start_thread(self) -> None:
        name = f"pool thread {next(_thread_numbers)}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._threads.add(thread)
        thread.start()

    def _run(self, chunk: Chunk) -> None:
        self._queue.put(chunk)

    def close(self) -> None:
        for _ in range(self.size):
            self._queue.put(None)

    def _kill(self) -> None:
        while not self._queue.empty():
            try:
                self._queue.get_nowait()
            except queue.Empty:
                break
        self.close()

    def join(self) -> None:
        while self._threads:
            for thread in list(self._threads):
                # A thread that stopped the pool itself, in a callback, cannot wait for itself.
                if self._stopped is not None or thread is threading.current_thread():
                    self._threads.discard(thread)
                else:
                    thread.join()

    def _work(self) -> None:
        """Run chunks until told to exit, or until this thread has run `maxtasksperchild`."""
        try:
            if self._initializer is not None:
                self._initializer(*self._initargs)
            for _ in itertools.count() if self._maxtasks is None else range(self._maxtasks):
                chunk = self._queue.get()
                if chunk is None:
                    return
                values, errors = run_items(chunk.call.function, chunk.items)
                self.finish(chunk, values, errors)
                del chunk, values, errors  # nothing is kept alive while waiting
            self._start_thread()
        except BaseException as error:
            self.give_up(broken_by("the initializer failed", error))
        finally:
            self._threads.discard(threading.current_thread())


class ExecutorBackend(Backend):
    """Hands each chunk to an executor, which its owner shuts down.

    Args:
        executor: what runs the chunks.
        size: the number of its workers; None to ask it, or else one per usable processor.
    """

    # As in multiprocessing: a chunk may have a long way to travel.
    chunks_each = 4
    no_time_limit = "a foreign executor offers no way to stop a running item"

    def __init__(self, executor: Executor, size: int | None) -> None:
        super().__init__()
        self._executor = executor
        self.size = size or getattr(executor, "_max_workers", None) or usable_cpus()
        self._futures: set[Future[Any]] = set()
        self._idle = threading.Condition()

    def _run(self, chunk: Chunk) -> None:
        call = chunk.call
        try:
            future = self._executor.submit(run_packed, call.func, call.how, list(chunk.items))
        except BaseException:
            self._live.discard(chunk)
            raise
        self._futures.add(future)
        future.add_done_callback(lambda done: self._finished(chunk, done))

    def _finished(self, chunk: Chunk, future: Future[Any]) -> None:
        """Pass on an outcome; an error of the executor is the error of each item."""
        values: list[Any]
        errors: Errors
        try:
            values, packed = future.result(timeout=0)
            errors = {position: unpack(error) for position, error in packed.items()}
        except BaseException as error:  # that is the outcome, cancellation included
            count = len(chunk)
            values, errors = [None] * count, dict.fromkeys(range(count), error)
        self.finish(chunk, values, errors)
        with self._idle:
            self._futures.discard(future)
            self._idle.notify_all()

    def close(self) -> None:
        pass

    def _kill(self) -> None:
        for future in list(self._futures):
            future.cancel()
        with self._idle:
            self._idle.notify_all()

    def join(self) -> None:
        with self._idle:
            while self._live:
                self._idle.wait()


class _FutureSink:
    """Passes the outcome of one call on to a future."""

    __slots__ = ("_future",)

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def deliver(self, _: int, values: list[Any], errors: Errors) -> None:
        """Receive the only outcome."""
        if not self._future.set_running_or_notify_cancel():
            return
        if errors:
            self._future.set_exception(errors[0])
        else:
            self._future.set_result(values[0])


class PoolExecutor(Executor):
    """A pool for anything that takes an executor, such as `loop.run_in_executor`.

    It only adapts the interface: workers, time limits and the handling of dying
    workers are the pool's own.
    """

    def __init__(self, pool: Pool, time_limit: float | None = None) -> None:
        self._pool = pool
        self._time_limit = time_limit

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Call a function on the pool; return the future of its result.

        Raises:
            ValueError: the pool is closed.
        """
        future: Future[R] = Future()
        call = self._pool._call(fn, "full", self._time_limit)  # a friend of the pool
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
