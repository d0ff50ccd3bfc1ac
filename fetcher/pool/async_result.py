"""`AsyncResult`: the handle on submitted work, as in `multiprocessing.pool`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from fetcher.pool.chunks import Errors

__all__ = ["AsyncResult", "MapResult", "SingleResult"]

R = TypeVar("R")
Callback = Callable[[Any], object]


class AsyncResult(Generic[R]):
    """The result of `apply_async`, `map_async` or `starmap_async`, now or later."""

    def __init__(
        self,
        keeps: object,
        callback: Callable[[R], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
    ) -> None:
        # The pool must stay alive while somebody waits for its result.
        self._keeps: object | None = keeps
        self._callback = callback
        self._error_callback = error_callback
        self._done = threading.Event()
        self._value: R
        self._error: BaseException | None = None

    def get(self, timeout: float | None = None) -> R:
        """Return the result, waiting for it at most `timeout` seconds.

        Raises:
            TimeoutError: it has not arrived yet; the work goes on.
            Exception: what the function raised, with its original traceback.
        """
        if not self._done.wait(timeout):
            raise TimeoutError(f"no result within {timeout:g} s")
        if self._error is not None:
            raise self._error
        return self._value

    def wait(self, timeout: float | None = None) -> None:
        """Wait at most `timeout` seconds until the work has ended; never raises."""
        self._done.wait(timeout)

    def ready(self) -> bool:
        """Return True if the work has ended, with or without an error."""
        return self._done.is_set()

    def successful(self) -> bool:
        """Return True if the work ended without an error.

        Raises:
            ValueError: it has not ended yet.
        """
        if not self._done.is_set():
            raise ValueError(f"{self!r} has not ended yet")
        return self._error is None

    def _finish(self, value: R) -> None:
        self._value = value
        self._call_back(self._callback, value)

    def _fail(self, error: BaseException) -> None:
        self._error = error
        self._call_back(self._error_callback, error)

    def _call_back(self, callback: Callback | None, argument: Any) -> None:
        """Run a callback, and only then wake the waiting threads."""
        try:
            if callback is not None:
                callback(argument)
        except BaseException:
            import logging  # rarely needed

            logging.getLogger("fetcher.pool").exception("a callback of a pool's result failed")
        finally:
            self._keeps = self._callback = self._error_callback = None
            self._done.set()


class SingleResult(AsyncResult[R]):
    """The result of one call."""

    def deliver(self, _: int, values: list[Any], errors: Errors) -> None:
        """Receive the only outcome."""
        if errors:
            self._fail(errors[0])
        else:
            self._finish(values[0])


class MapResult(AsyncResult[list[R]]):
    """The results of all items in input order, or the first error in input order.

    As in multiprocessing, it is ready when all items have ended, even after an error.
    """

    def __init__(
        self,
        keeps: object,
        length: int,
        chunksize: int,
        callback: Callable[[list[R]], object] | None = None,
        error_callback: Callable[[BaseException], object] | None = None,
    ) -> None:
        super().__init__(keeps, callback, error_callback)
        self._values: list[Any] = [None] * length
        self._chunksize = chunksize
        self._missing = length
        self._lock = threading.Lock()
        self._first_error: tuple[int, BaseException] | None = None
        if not length:
            self._finish([])

    def deliver(self, index: int, values: list[Any], errors: Errors) -> None:
        """Receive the outcome of one chunk; the last one completes the result."""
        start = index * self._chunksize
        with self._lock:
            self._values[start : start + len(values)] = values
            if errors and (self._first_error is None or index < self._first_error[0]):
                self._first_error = index, errors[min(errors)]
            self._missing -= len(values)
            if self._missing:
                return
        values, self._values = self._values, []
        if self._first_error is not None:
            self._fail(self._first_error[1])
        else:
            self._finish(values)
