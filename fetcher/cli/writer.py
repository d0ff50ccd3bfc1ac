"""Rows to sinks, in batches: often enough to be seen, seldom enough to be cheap."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Generic, TypeVar

from fetcher.model import Result
from fetcher.sinks.base import Row, Sink

_BATCH = 256
_LATEST = 0.2


R = TypeVar("R", bound=Result)


class Writer(Generic[R]):
    """Makes rows of results and hands them to the sinks.

    A row is written at the latest `_LATEST` seconds after it was added. What a sink raises comes
    out of the next call.
    """

    def __init__(self, sinks: Sequence[tuple[Callable[[R], Row], Sink]]) -> None:
        self._sinks = sinks
        self._waiting: list[R] = []
        self._timer: asyncio.TimerHandle | None = None
        self._error: BaseException | None = None

    def add(self, result: R) -> None:
        """Take one result."""
        if self._error is not None:
            raise self._error
        self._waiting.append(result)
        if len(self._waiting) >= _BATCH:
            self._write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LATEST, self._write_in_time)

    def complete(self) -> None:
        """Take note that all results there are were added."""
        for _, sink in self._sinks:
            sink.complete()

    def close(self) -> None:
        """Write what is left, and close the sinks."""
        with ExitStack() as closing:
            for _, sink in self._sinks:
                closing.callback(sink.close)  # each of them, even when another one raises
            if self._error is None:
                self._write()
        if self._error is not None:
            raise self._error

    def _write_in_time(self) -> None:
        try:
            self._write()
        except Exception as error:
            self._error = error

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        results, self._waiting = self._waiting, []
        if not results:
            return
        for make_row, sink in self._sinks:
            sink.write([make_row(result) for result in results])
            sink.flush()
