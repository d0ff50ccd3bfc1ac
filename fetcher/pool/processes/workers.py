"""The worker processes of a pool: started, listened to, timed, replaced and buried.

Waiting for several pipes and processes at once.
"""

from __future__ import annotations

import functools
import multiprocessing.connection
import selectors
import sys
import time
from collections.abc import Callable
from typing import Any

from fetcher.pool.processes.worker_handle import Handle

__all__ = ["Waiter"]


class Waiter:
    """Remembers what to wait for, which makes a wait ten times cheaper than naming it anew."""

    def __init__(self) -> None:
        self._objects: dict[Any, Any] = {}
        # Windows cannot select on pipes and processes.
        self._selector = None if sys.platform == "win32" else selectors.DefaultSelector()

    def add(self, waitable: Any, meaning: Any) -> None:
        """Wait for this object too; `wait` returns its meaning when it is ready."""
        self._objects[waitable] = meaning
        if self._selector is not None:
            self._selector.register(waitable, selectors.EVENT_READ, meaning)

    def remove(self, waitable: Any) -> None:
        """Wait for this object no more."""
        del self._objects[waitable]
        if self._selector is not None:
            self._selector.unregister(waitable)

    def wait(self, timeout: float | None) -> list[Any]:
        """Return the meanings of what is ready, waiting at most `timeout` seconds."""
        if self._selector is not None:
            return [key.data for key, _ in self._selector.select(timeout)]
        ready = multiprocessing.connection.wait(list(self._objects), timeout)
        return [self._objects[waitable] for waitable in ready]

    def close(self) -> None:
        """Give the system's resources back."""
        self._objects.clear()
        if self._selector is not None:
            self._selector.close()


__all__ = ["WorkerSet"]

# How long a worker without work may take to end by itself before it is killed.
_GRACE = 5.0


class WorkerSet:
    """As many workers as there are slots; `on_reply` and `on_end` hear what becomes of them.

    Only one thread uses it, except that any may look whether `idle` is empty.
    """

    def __init__(
        self,
        start: Callable[[int], Handle],
        size: int,
        on_reply: Callable[[Handle, bytes], None],
        on_end: Callable[[Handle, int | None], None],
    ) -> None:
        self.workers: set[Handle] = set()
        self.idle: list[Handle] = []
        self._start = start
        self._on_reply = on_reply
        self._on_end = on_end
        self._free_slots = list(range(size))
        self._timed: set[Handle] = set()
        self._waiter = Waiter()

    def listen(self, waitable: object, react: Callable[[], None]) -> None:
        """Also react to something that is not a worker."""
        self._waiter.add(waitable, react)

    def fill_up(self) -> None:
        """Start workers for the empty places."""
        while self._free_slots:
            try:
                worker = self._start(self._free_slots[-1])
            except OSError:
                if not self.workers:
                    raise
                return  # too many processes, perhaps: those that run will do for now
            self._free_slots.pop()
            self.workers.add(worker)
            self._waiter.add(worker.pipe, functools.partial(self._heard, worker))
            self._waiter.add(worker.process.sentinel, functools.partial(self._ended, worker))

    def wait(self, at_most: float | None = None) -> None:
        """Wait until something happens or a time limit is over, and react to it."""
        if self._timed:
            nearest = min(worker.deadline for worker in self._timed) - time.monotonic()
            at_most = nearest if at_most is None else min(nearest, at_most)
        for react in self._waiter.wait(None if at_most is None else max(0.0, at_most)):
            react()
        if self._timed:
            self._enforce_limits()

    def limit(self, worker: Handle, seconds: float) -> None:
        """Kill the worker unless this is called off, or called again, so many seconds from now."""
        worker.deadline = time.monotonic() + seconds
        self._timed.add(worker)

    def call_off(self, worker: Handle) -> None:
        """Let the worker take its time."""
        self._timed.discard(worker)

    def retire(self, worker: Handle) -> None:
        """Let a worker without work end by itself; its place is free for another."""
        worker.tell_to_end()
        self.limit(worker, _GRACE)
        self._free_slots.append(worker.slot)
        worker.retired = True

    def dismiss(self, hurry: Callable[[], bool]) -> None:
        """Let all workers end, none of which has work."""
        for worker in self.workers:
            worker.tell_to_end()
            self.limit(worker, _GRACE)
        while self.workers and not hurry():
            self.wait()

    def kill(self) -> None:
        """End all workers now."""
        for worker in self.workers:
            worker.kill()
        for worker in list(self.workers):
            self._forget(worker)
        self._waiter.close()

    def _heard(self, worker: Handle) -> None:
        """Read a reply, or the end of the pipe."""
        if worker not in self.workers:
            return
        try:
            reply = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._ended(worker)
        else:
            self._on_reply(worker, reply)

    def _drain(self, worker: Handle) -> None:
        """Read the replies that are there."""
        try:
            while worker.pipe.poll():
                self._on_reply(worker, worker.pipe.recv_bytes())
        except (EOFError, OSError):
            pass

    def _ended(self, worker: Handle) -> None:
        """A worker is gone: what it still sent counts, and its place is free."""
        if worker not in self.workers:
            return
        self._drain(worker)
        code = self._forget(worker)
        if not worker.retired:
            self._free_slots.append(worker.slot)
        self._on_end(worker, code)

    def _forget(self, worker: Handle) -> int | None:
        self.workers.discard(worker)
        self._timed.discard(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        self._waiter.remove(worker.pipe)
        self._waiter.remove(worker.process.sentinel)
        return worker.bury()

    def _enforce_limits(self) -> None:
        """Kill the workers whose time is over; that they end is noticed like any other end."""
        for worker in list(self._timed):
            if worker.deadline > time.monotonic():
                continue
            self._drain(worker)  # its result may have come in the meantime
            if worker in self._timed and worker.deadline <= time.monotonic():
                self._timed.discard(worker)
                worker.overdue = True
                worker.kill()
