"""The seam between the pool and whatever runs its work."""

from __future__ import annotations

import abc
import os
from typing import Any

from fetcher.pool.chunks import Call, Chunk, Errors
from fetcher.pool.pool_errors import PoolBroken, PoolError, PoolTerminated

__all__ = ["Backend", "usable_cpus"]


class Backend(abc.ABC):
    """Runs chunks, at most `size` at a time, and finishes each of them exactly once.

    A backend holds no reference to the pool, so a pool nobody uses any more
    can be collected while its workers wait.
    """

    #: The most items that run at a time.
    size: int
    #: How many chunks each worker gets, unless a chunk size is asked for: many are shared
    #: out more evenly, few cost less to send.
    chunks_each = 32
    #: Whether a function must be a coroutine function here.
    takes_coroutines = False
    #: Why an item cannot have a time limit here, or None if it can.
    no_time_limit: str | None = None

    def __init__(self) -> None:
        self._live: set[Chunk] = set()
        self._stopped: PoolError | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing runs here any more."""
        return self._stopped is not None

    @abc.abstractmethod
    def _run(self, chunk: Chunk) -> None:
        """Have the chunk run soon; called from any thread."""

    @abc.abstractmethod
    def close(self) -> None:
        """Let the workers end when everything submitted has finished; do not wait."""

    @abc.abstractmethod
    def _kill(self) -> None:
        """Stop what runs, as far as it can be stopped; may be called more than once."""

    @abc.abstractmethod
    def join(self) -> None:
        """Wait until the workers have ended; call it after `close` or `terminate`."""

    def chunksize(self, length: int) -> int:
        """Return the chunk size for so many items, where none was asked for."""
        return max(1, -(-length // (self.chunks_each * self.size)))

    def prepare(self, call: Call) -> None:
        """Make a call ready to be carried to the workers; raise if that cannot be done."""
        call.carried = b""

    def submit(self, chunk: Chunk) -> None:
        """Accept a chunk.

        Raises:
            PoolTerminated, PoolBroken: nothing runs here any more.
        """
        self._live.add(chunk)
        if self._stopped is not None:
            self._live.discard(chunk)
            raise type(self._stopped)(str(self._stopped)) from self._stopped.__cause__
        self._run(chunk)

    def finish(self, chunk: Chunk, values: list[Any], errors: Errors) -> None:
        """Hand over a chunk's outcome, unless it was given up before."""
        try:
            self._live.remove(chunk)
        except KeyError:
            return
        chunk.sink.deliver(chunk.index, values, errors)

    def give_up(self, reason: PoolError) -> None:
        """Fail everything that has not finished, and everything that comes later."""
        if self._stopped is None:
            self._stopped = reason
        while self._live:
            for chunk in list(self._live):
                count = len(chunk)
                self.finish(chunk, [None] * count, dict.fromkeys(range(count), self._stopped))

    def terminate(self) -> None:
        """Stop at once; what has not finished fails with `PoolTerminated`."""
        # First, so that what the killing does to the items is not taken for their outcome.
        self.give_up(PoolTerminated("the pool was terminated"))
        self._kill()


def usable_cpus() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def broken_by(why: str, cause: BaseException) -> PoolBroken:
    """Return the error of everything that cannot run any more because of another error."""
    broken = PoolBroken(f"{why}: {cause!r}")
    broken.__cause__ = cause
    return broken
