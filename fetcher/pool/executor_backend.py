"""Any `concurrent.futures.Executor`: of this machine, of a library, of a cluster."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future
from typing import Any

from fetcher.pool.backend import Backend, usable_cpus
from fetcher.pool.chunks import Chunk, Errors
from fetcher.pool.remote_errors import run_packed, unpack

__all__ = ["ExecutorBackend"]


class ExecutorBackend(Backend):
    """Hands each chunk to an executor, which stays its owner's to shut down."""

    # A chunk may have a long way to go here; so many have those of multiprocessing.
    chunks_each = 4
    no_time_limit = "how to end a running item is not known of a foreign executor"

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
        """Pass on an outcome; an error of the executor is an error of each of its items."""
        values: list[Any]
        errors: Errors
        try:
            values, packed = future.result(timeout=0)
            errors = {position: unpack(error) for position, error in packed.items()}
        except BaseException as error:  # it is the outcome, cancellation included
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
