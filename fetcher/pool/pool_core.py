"""What all methods of a pool share: checking calls, submitting chunks, ending the workers."""

from __future__ import annotations

import atexit
import inspect
import warnings
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from fetcher.pool.chunks import Call, Chunk

if TYPE_CHECKING:
    from fetcher.pool.backend import Backend
    from fetcher.pool.chunks import How
    from fetcher.pool.result_iterator import Parts

__all__ = ["PoolCore"]


class PoolCore:
    """The life of a pool: running, closed, ended."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._closed = False
        self._unread: weakref.WeakSet[Parts] = weakref.WeakSet()
        # Registered after multiprocessing's own handler, so it runs before that one.
        self._at_exit = _terminate_at_exit(backend)

    @property
    def size(self) -> int:
        """Maximum number of items that run at a time."""
        return self._backend.size

    def close(self) -> None:
        """Accept no more work; the workers finish what was submitted, then exit."""
        self._closed = True
        if not any(parts.unread for parts in self._unread):
            self._backend.close()

    def terminate(self) -> None:
        """Stop at once: kill processes, cancel coroutines, abandon threads.

        What has not finished fails with `PoolTerminated`, so nobody waits for it forever.
        """
        self._closed = True
        self._backend.terminate()
        atexit.unregister(self._at_exit)

    def join(self) -> None:
        """Wait until the work is done and the workers have exited.

        What `imap` has not read yet is read now, so that it can still be iterated.

        Raises:
            ValueError: neither `close` nor `terminate` was called.
        """
        if not self._closed:
            raise ValueError("the pool is still running: call close() or terminate() first")
        for parts in list(self._unread):
            parts.read_everything()
        self._backend.close()
        self._backend.join()
        atexit.unregister(self._at_exit)

    def __enter__(self) -> Self:
        self._check_running()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.terminate()

    def __del__(self) -> None:
        if getattr(self, "_at_exit", None) is None:
            return  # __init__ failed: there is nothing to stop
        if self._closed:
            self._backend.close()
        elif not self._backend.stopped:
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self, stacklevel=2)
            self.terminate()

    def __reduce__(self) -> NoReturn:
        raise NotImplementedError("a pool cannot be passed to another process")

    def __repr__(self) -> str:
        state = "closed" if self._closed else "running"
        return f"<{type(self).__name__} of {self.size} on {type(self._backend).__name__}, {state}>"

    def _check_running(self) -> None:
        if self._closed:
            raise ValueError("the pool is not running")

    def _call(self, func: Callable[..., Any], how: How, time_limit: float | None) -> Call:
        """Check that a function can run here, and with this time limit."""
        self._check_running()
        backend = self._backend
        if inspect.iscoroutinefunction(func) and not backend.takes_coroutines:
            raise TypeError(f"{func!r} is a coroutine function, which needs kind='async'")
        if time_limit is not None:
            if backend.no_time_limit is not None:
                raise ValueError(f"no time limit is possible here: {backend.no_time_limit}")
            if not time_limit > 0:
                raise ValueError(f"time_limit must be greater than 0, not {time_limit!r}")
        call = Call(func, how, time_limit)
        backend.prepare(call)
        return call

    def _submit(self, chunk: Chunk) -> None:
        self._backend.submit(chunk)


def _terminate_at_exit(backend: Backend) -> Callable[[], None]:
    """Stop the workers before the interpreter exits; return the registered function."""
    reference = weakref.ref(backend)

    def terminate() -> None:
        if (still_there := reference()) is not None:
            still_there.terminate()

    atexit.register(terminate)
    return terminate
