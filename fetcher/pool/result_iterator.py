"""`ResultIterator`: what `imap` returns, and the bounded reading ahead behind it."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from fetcher.pool.chunks import Call, Chunk, Errors
from fetcher.pool.ordering import Window

__all__ = ["Parts", "ResultIterator"]

R = TypeVar("R")
Part = tuple[list[Any], Errors]


class ResultIterator(Iterator[R], Generic[R]):
    """The results of `imap` or `imap_unordered`; an error is raised at its item's place.

    Iterating further after an error returns the next result: every item has one
    outcome. The input is read by whoever iterates, and never further ahead than
    the buffer allows.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        # chain goes from list to list in C, and continues after an error inside one of them.
        self._results: Iterator[R] = itertools.chain.from_iterable(parts)

    def __iter__(self) -> Iterator[R]:
        return self._results

    def __next__(self) -> R:
        return next(self._results)

    def next(self, timeout: float | None = None) -> R:
        """Return the next result, waiting for it at most `timeout` seconds.

        Raises:
            TimeoutError: it has not arrived yet; ask again later.
            StopIteration: there are no more.
        """
        self._parts.timeout = timeout
        try:
            return next(self._results)
        finally:
            self._parts.timeout = None


class Parts(Iterator[Iterable[Any]]):
    """Reads the input, submits it in chunks, and iterates over their results chunk by chunk.

    Args:
        submit: submits a chunk to the pool.
        call: what is done with each item.
        items: the input.
        chunksize: items per chunk.
        window: bounds how many chunks are read ahead.
    """

    def __init__(
        self,
        submit: Callable[[Chunk], None],
        call: Call,
        items: Iterable[Any],
        chunksize: int,
        window: Window[Part],
    ) -> None:
        self.timeout: float | None = None
        self._submit = submit
        self._call = call
        self._source = iter(items)
        self._chunksize = chunksize
        self._window = window
        self._changed = threading.Condition()
        self._reading = threading.Lock()
        self._exhausted = False
        self._source_error: BaseException | None = None
        self._read = 0
        # Refilled when a quarter is free, which is cheaper than after each result.
        self._low = window.limit - max(1, window.limit // 4)
        self._fill()

    def deliver(self, index: int, values: list[Any], errors: Errors) -> None:
        """Receive the outcome of one chunk."""
        with self._changed:
            self._window.put(index, (values, errors))
            if self._window.has_result:
                self._changed.notify_all()

    @property
    def unread(self) -> bool:
        """True if some of the input has not been read yet."""
        return not self._exhausted

    def read_everything(self) -> None:
        """Read and submit the rest of the input now, however much it is."""
        with self._changed:
            self._window.limit = self._low = sys.maxsize
        self._fill()

    def __next__(self) -> Iterable[Any]:
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        with self._changed:
            while not self._window.has_result:
                if not self._window.ahead and self._exhausted:
                    return self._end()
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    return _Mixed([None], {0: TimeoutError(f"no result within {self.timeout:g} s")})
                self._changed.wait(left)
            values, errors = self._window.take()
        if self._window.ahead <= self._low:
            self._fill()
        return _Mixed(values, errors) if errors else values

    def _end(self) -> Iterable[Any]:
        """After the last item: raise what stopped the reading, once, then stop."""
        if self._source_error is None:
            raise StopIteration
        error, self._source_error = self._source_error, None
        return _Mixed([None], {0: error})

    def _fill(self) -> None:
        """Read and submit as far ahead as there is room."""
        with self._reading:
            while not self._exhausted and self._window.has_room:
                items = self._next_items()
                if items:
                    self._submit_items(items)
        if self._exhausted and not self._window.ahead:
            with self._changed:
                self._changed.notify_all()  # there is nothing left to wait for

    def _next_items(self) -> list[Any]:
        """Read the items of one chunk; those read before an error of the source count."""
        items: list[Any] = []
        try:
            items.extend(itertools.islice(self._source, self._chunksize))
        except Exception as error:  # raised after the items before it
            self._source_error = error
        self._exhausted = len(items) < self._chunksize
        return items

    def _submit_items(self, items: list[Any]) -> None:
        with self._changed:
            index = self._window.enter()
        chunk = Chunk(self._call, index, self._read, items, self)
        self._read += len(items)
        try:
            self._submit(chunk)
        except Exception as error:  # the pool accepts no more: raised at this place
            self._exhausted = True
            self.deliver(index, [None], {0: error})


class _Mixed(Iterator[Any]):
    """Iterates over values, raising each error at its place, and continues after it."""

    def __init__(self, values: list[Any], errors: Errors) -> None:
        self._outcomes = enumerate(values)
        self._errors = errors

    def __next__(self) -> Any:
        position, value = next(self._outcomes)
        if position in self._errors:
            raise self._errors[position]
        return value
