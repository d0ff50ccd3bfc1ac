"""`Backend`: the interface between the pool and whatever runs its work."""

from __future__ import annotations

import abc
import os
from typing import Any

from fetcher.pool.chunks import Call, Chunk, Errors
from fetcher.pool.pool_errors import PoolBroken, PoolError, PoolTerminated

__all__ = ["Backend", "usable_cpus"]


class Backend(abc.ABC):
    """Runs chunks, at most `size` at a time, and finishes each of them exactly once.

    A backend holds no reference to the pool, so that an unused pool can be
    collected while its workers wait.
    """

    #: Maximum number of items that run at a time.
    size: int
    #: Chunks per worker when no chunk size is given: many are distributed more evenly,
    #: few cost less to send.
    chunks_each = 32
    #: True if functions must be coroutine functions here.
    takes_coroutines = False
    #: Why an item cannot have a time limit here; None if it can.
    no_time_limit: str | None = None

    def __init__(self) -> None:
        self._live: set[Chunk] = set()
        self._stopped: PoolError | None = None

    @property
    def stopped(self) -> bool:
        """True if nothing runs here anymore."""
        return self._stopped is not None

    @abc.abstractmethod
    def _run(self, chunk: Chunk) -> None:
        """Schedule the chunk; called from any thread."""

    @abc.abstractmethod
    def close(self) -> None:
        """Let the workers exit once everything submitted has finished; do not wait."""

    @abc.abstractmethod
    def _kill(self) -> None:
        """Stop what runs, as far as it can be stopped; may be called more than once."""

    @abc.abstractmethod
    def join(self) -> None:
        """Wait until the workers have exited; call it after `close` or `terminate`."""

    def chunksize(self, length: int) -> int:
        """Return the chunk size for `length` items when none is given."""
        return max(1, -(-length // (self.chunks_each * self.size)))

    def prepare(self, call: Call) -> None:
        """Prepare a call for sending; raise if it cannot be sent to the workers."""
        call.carried = b""

    def submit(self, chunk: Chunk) -> None:
        """Accept a chunk.

        Raises:
            PoolTerminated, PoolBroken: nothing runs here anymore.
        """
        self._live.add(chunk)
        if self._stopped is not None:
            self._live.discard(chunk)
            raise type(self._stopped)(str(self._stopped)) from self._stopped.__cause__
        self._run(chunk)

    def finish(self, chunk: Chunk, values: list[Any], errors: Errors) -> None:
        """Deliver a chunk's outcome, unless it was already given up."""
        try:
            self._live.remove(chunk)
        except KeyError:
            return
        chunk.sink.deliver(chunk.index, values, errors)

    def give_up(self, reason: PoolError) -> None:
        """Fail everything that has not finished, and everything submitted later."""
        if self._stopped is None:
            self._stopped = reason
        while self._live:
            for chunk in list(self._live):
                count = len(chunk)
                self.finish(chunk, [None] * count, dict.fromkeys(range(count), self._stopped))

    def terminate(self) -> None:
        """Stop at once; what has not finished fails with `PoolTerminated`."""
        # First, so that the effect of killing the items is not taken for their outcome.
        self.give_up(PoolTerminated("the pool was terminated"))
        self._kill()


def usable_cpus() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def broken_by(why: str, cause: BaseException) -> PoolBroken:
    """Return a `PoolBroken` that another error caused."""
    broken = PoolBroken(f"{why}: {cause!r}")
    broken.__cause__ = cause
    return broken
