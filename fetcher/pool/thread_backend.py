"""Threads: for functions that block, in calls that let other threads run meanwhile."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any

from fetcher.pool.backend import Backend, broken_by, usable_cpus
from fetcher.pool.chunks import Chunk, run_items

__all__ = ["ThreadBackend"]

_names = itertools.count(1)


class ThreadBackend(Backend):
    """Worker threads on one queue.

    They are daemon threads: a function that never returns does not keep the
    interpreter from exiting. That is why this is no `ThreadPoolExecutor`,
    which joins its threads at exit.
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
        # As in concurrent.futures: blocking calls want more threads than processors.
        self.size = size or min(32, usable_cpus() + 4)
        self._initializer = initializer
        self._initargs = initargs
        self._maxtasks = maxtasksperchild
        # None tells one thread to end.
        self._queue: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        self._threads: set[threading.Thread] = set()
        for _ in range(self.size):
            self._start_thread()

    def _start_thread(self) -> None:
        name = f"pool thread {next(_names)}"
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
        """Run chunks until told to end, or until this thread has run enough of them."""
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
