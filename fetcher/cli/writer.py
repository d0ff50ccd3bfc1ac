"""Results to outputs, in batches: often enough to be seen, seldom enough to be cheap."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Generic, Protocol, TypeVar

from fetcher.model import Result
from fetcher.sinks.base import Row, Sink

_BATCH = 256
_LATEST = 0.2

R = TypeVar("R", bound=Result)
R_contra = TypeVar("R_contra", bound=Result, contravariant=True)


class Receiver(Protocol[R_contra]):
    """Where results go; every method may raise SinkError."""

    def write(self, results: Sequence[R_contra]) -> None:
        """Write a batch, so that it is there whatever becomes of this process."""
        ...

    def complete(self) -> None:
        """Take note that all results there are were written."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class RowSinks(Generic[R]):
    """Makes rows of results and hands them to sinks.

    Where only one of several sinks has lost its reader, as by `| head`, the others go on.
    """

    def __init__(self, sinks: Sequence[tuple[Callable[[R], Row], Sink]]) -> None:
        self._sinks = tuple(sinks)

    def write(self, results: Sequence[R]) -> None:
        """Write a batch to every sink; raises BrokenPipeError when nobody reads the last one."""
        for make_row, sink in self._sinks:
            try:
                sink.write([make_row(result) for result in results])
                sink.flush()
            except BrokenPipeError:
                if len(self._sinks) == 1:
                    raise
                self._let_go(sink)

    def complete(self) -> None:
        """Take note that all results there are were written."""
        for _, sink in self._sinks:
            sink.complete()

    def close(self) -> None:
        """Close every sink, even when another one raises."""
        with ExitStack() as closing:
            for _, sink in self._sinks:
                closing.callback(sink.close)

    def _let_go(self, lost: Sink) -> None:
        """Go on without a sink."""
        self._sinks = tuple([entry for entry in self._sinks if entry[1] is not lost])
        with suppress(BrokenPipeError):
            lost.close()


class Writer(Generic[R]):
    """Gathers results into batches.

    A result is written at the latest `_LATEST` seconds after it was added. What the receiver
    raises comes out of the next call.
    """

    def __init__(self, receiver: Receiver[R]) -> None:
        self._receiver = receiver
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
        if self._error is None:
            self._write()
            self._receiver.complete()

    def close(self) -> None:
        """Write what is left, and close the receiver."""
        try:
            if self._error is None:
                self._write()
        finally:
            self._receiver.close()
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
        if results:
            self._receiver.write(results)
