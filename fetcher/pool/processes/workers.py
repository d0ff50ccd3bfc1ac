"""The set of worker processes: started, polled, timed, replaced and reaped."""

from __future__ import annotations

import functools
import multiprocessing.connection
import selectors
import sys
import time
from collections.abc import Callable
from typing import Any

from fetcher.pool.processes.worker_handle import WorkerHandle

__all__ = ["Waiter", "WorkerSet"]

# Seconds that an idle worker may take to exit by itself before it is killed.
_GRACE = 5.0


class Waiter:
    """Waits for pipes and processes that are registered once, which is ten times cheaper."""

    def __init__(self) -> None:
        self._objects: dict[Any, Any] = {}
        # Windows cannot select on pipes and processes.
        self._selector = None if sys.platform == "win32" else selectors.DefaultSelector()

    def add(self, waitable: Any, meaning: Any) -> None:
        """Register an object; `wait` returns its meaning when it is ready."""
        self._objects[waitable] = meaning
        if self._selector is not None:
            self._selector.register(waitable, selectors.EVENT_READ, meaning)

    def remove(self, waitable: Any) -> None:
        """Unregister an object."""
        del self._objects[waitable]
        if self._selector is not None:
            self._selector.unregister(waitable)

    def wait(self, timeout: float | None) -> list[Any]:
        """Wait at most `timeout` seconds; return the meanings of the objects that are ready."""
        if self._selector is not None:
            return [key.data for key, _ in self._selector.select(timeout)]
        ready = multiprocessing.connection.wait(list(self._objects), timeout)
        return [self._objects[waitable] for waitable in ready]

    def close(self) -> None:
        """Release the system's resources."""
        self._objects.clear()
        if self._selector is not None:
            self._selector.close()


class WorkerSet:
    """One worker per slot.

    Only one thread uses it, except that any thread may check whether `idle` is empty.

    Args:
        start: starts the worker of a slot.
        size: the number of slots.
        on_reply: called with a worker and its reply.
        on_exit: called with a worker that has exited and its exit code.
    """

    def __init__(
        self,
        start: Callable[[int], WorkerHandle],
        size: int,
        on_reply: Callable[[WorkerHandle, bytes], None],
        on_exit: Callable[[WorkerHandle, int | None], None],
    ) -> None:
        self.alive: set[WorkerHandle] = set()
        self.idle: list[WorkerHandle] = []
        self._start = start
        self._on_reply = on_reply
        self._on_exit = on_exit
        self._free_slots = list(range(size))
        self._timed: set[WorkerHandle] = set()
        self._waiter = Waiter()

    def listen(self, waitable: object, react: Callable[[], None]) -> None:
        """Also react to an object that is not a worker."""
        self._waiter.add(waitable, react)

    def fill_up(self) -> None:
        """Start workers in the free slots."""
        while self._free_slots:
            try:
                worker = self._start(self._free_slots[-1])
            except OSError:
                if not self.alive:
                    raise
                return  # perhaps too many processes: the running ones will do for now
            self._free_slots.pop()
            self.alive.add(worker)
            self._waiter.add(worker.pipe, functools.partial(self._on_readable, worker))
            self._waiter.add(worker.process.sentinel, functools.partial(self._on_ended, worker))

    def wait(self, at_most: float | None = None) -> None:
        """Wait until something happens or a time limit expires, and react to it."""
        if self._timed:
            nearest = min(worker.deadline for worker in self._timed) - time.monotonic()
            at_most = nearest if at_most is None else min(nearest, at_most)
        for react in self._waiter.wait(None if at_most is None else max(0.0, at_most)):
            react()
        if self._timed:
            self._enforce_limits()

    def limit(self, worker: WorkerHandle, seconds: float) -> None:
        """Kill the worker in `seconds` seconds unless the limit is cleared or set again."""
        worker.deadline = time.monotonic() + seconds
        self._timed.add(worker)

    def clear_limit(self, worker: WorkerHandle) -> None:
        """Remove the worker's time limit."""
        self._timed.discard(worker)

    def retire(self, worker: WorkerHandle) -> None:
        """Ask an idle worker to exit; its slot is free for another."""
        worker.request_exit()
        self.limit(worker, _GRACE)
        self._free_slots.append(worker.slot)
        worker.retired = True

    def shut_down(self, hurry: Callable[[], bool]) -> None:
        """Ask all workers, which must be idle, to exit, and wait unless `hurry()` turns true."""
        for worker in self.alive:
            worker.request_exit()
            self.limit(worker, _GRACE)
        while self.alive and not hurry():
            self.wait()

    def kill(self) -> None:
        """Kill all workers."""
        for worker in self.alive:
            worker.kill()
        for worker in list(self.alive):
            self._forget(worker)
        self._waiter.close()

    def _on_readable(self, worker: WorkerHandle) -> None:
        """Read a reply, or the end of the pipe."""
        if worker not in self.alive:
            return
        try:
            reply = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._on_ended(worker)
        else:
            self._on_reply(worker, reply)

    def _drain(self, worker: WorkerHandle) -> None:
        """Read the replies that have arrived."""
        try:
            while worker.pipe.poll():
                self._on_reply(worker, worker.pipe.recv_bytes())
        except (EOFError, OSError):
            pass

    def _on_ended(self, worker: WorkerHandle) -> None:
        """Take what a worker that is gone still sent, and free its slot."""
        if worker not in self.alive:
            return
        self._drain(worker)
        code = self._forget(worker)
        if not worker.retired:
            self._free_slots.append(worker.slot)
        self._on_exit(worker, code)

    def _forget(self, worker: WorkerHandle) -> int | None:
        self.alive.discard(worker)
        self._timed.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        self._waiter.remove(worker.pipe)
        self._waiter.remove(worker.process.sentinel)
        return worker.reap()

    def _enforce_limits(self) -> None:
        """Kill the workers whose time is up; their exit is noticed like any other."""
        for worker in list(self._timed):
            if worker.deadline > time.monotonic():
                continue
            self._drain(worker)  # its result may have arrived in the meantime
            if worker in self._timed and worker.deadline <= time.monotonic():
                self._timed.discard(worker)
                worker.overdue = True
                worker.kill()
