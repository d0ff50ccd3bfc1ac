"""`imap` and `imap_unordered`: results one by one while the input is being read."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar, overload

from fetcher.pool.ordering import Window
from fetcher.pool.pool_core import PoolCore
from fetcher.pool.result_iterator import Parts, ResultIterator

__all__ = ["ImapMethods"]

T = TypeVar("T")
R = TypeVar("R")

# How far to read ahead of the consumer, in chunks per worker: enough to keep the workers busy
# while the consumer waits for its turn to run, little enough to hold.
_CHUNKS_AHEAD = 16


class ImapMethods(PoolCore):
    """The methods that return an iterator of results."""

    @overload
    def imap(
        self,
        func: Callable[[T], Coroutine[Any, Any, R]],
        iterable: Iterable[T],
        chunksize: int = 1,
        *,
        buffersize: int | None = None,
        time_limit: float | None = None,
    ) -> ResultIterator[R]: ...
    @overload
    def imap(
        self,
        func: Callable[[T], R],
        iterable: Iterable[T],
        chunksize: int = 1,
        *,
        buffersize: int | None = None,
        time_limit: float | None = None,
    ) -> ResultIterator[R]: ...
    def imap(
        self,
        func: Callable[[T], Any],
        iterable: Iterable[T],
        chunksize: int = 1,
        *,
        buffersize: int | None = None,
        time_limit: float | None = None,
    ) -> ResultIterator[Any]:
        """Return an iterator over the results of `func(item)`, in input order.

        The input may be endless: it is read by the thread that takes the results, and
        only `buffersize` items ahead. An error is raised at its item's place, and
        iterating may go on after it.

        Args:
            func: a function of one item; a coroutine function for kind "async".
            iterable: the items, read lazily.
            chunksize: how many items travel to a worker together.
            buffersize: maximum number of items read and not yet taken; by default
                16 chunks per worker.
            time_limit: seconds after which an item is stopped and fails with
                `TimeLimitExceeded`; for kinds "async" and "process".

        Raises:
            ValueError: the pool is closed, a size is not positive, or a time limit
                is not possible here.
            TypeError: a coroutine function on a pool of another kind.
            NotPicklable: the function cannot be sent to a process.
        """
        return self._imap(func, iterable, chunksize, buffersize, time_limit, ordered=True)

    @overload
    def imap_unordered(
        self,
        func: Callable[[T], Coroutine[Any, Any, R]],
        iterable: Iterable[T],
        chunksize: int = 1,
        *,
        buffersize: int | None = None,
        time_limit: float | None = None,
    ) -> ResultIterator[R]: ...
    @overload
    def imap_unordered(
        self,
        func: Callable[[T], R],
        iterable: Iterable[T],
        chunksize: int = 1,
        *,
        buffersize: int | None = None,
        time_limit: float | None = None,
    ) -> ResultIterator[R]: ...
    def imap_unordered(
        self,
        func: Callable[[T], Any],
        iterable: Iterable[T],
        chunksize: int = 1,
        *,
        buffersize: int | None = None,
        time_limit: float | None = None,
    ) -> ResultIterator[Any]:
        """Return an iterator over the results of `func(item)` as they finish; else as `imap`."""
        return self._imap(func, iterable, chunksize, buffersize, time_limit, ordered=False)

    def _imap(
        self,
        func: Callable[..., Any],
        iterable: Iterable[Any],
        chunksize: int,
        buffersize: int | None,
        time_limit: float | None,
        *,
        ordered: bool,
    ) -> ResultIterator[Any]:
        call = self._call(func, "item", time_limit)
        if chunksize < 1:
            raise ValueError(f"chunksize must be 1 or more, not {chunksize}")
        if buffersize is None:
            limit = _CHUNKS_AHEAD * self.size
        elif buffersize < 1:
            raise ValueError(f"buffersize must be 1 or more, not {buffersize}")
        else:
            chunksize = min(chunksize, buffersize)
            limit = buffersize // chunksize
        window: Window[Any] = Window(limit, ordered=ordered)
        parts = Parts(self._submit, call, iterable, chunksize, window)
        self._unread.add(parts)
        return ResultIterator(parts)
