"""Results to outputs, in batches: often enough to be seen, seldom enough to be cheap.

The outputs of a scrape: rows committed in whole batches, to go on with after any end.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Generic, Protocol, TypeVar

from fetcher.extraction.fields import FieldValue
from fetcher.jobs.scrape import rows_of
from fetcher.model import Result
from fetcher.parse_stage import FieldRow
from fetcher.sinks.base import Row, Sink
from fetcher.sinks.durable.durable import Durable, OutputProgress, TargetRows
from fetcher.sinks.durable.row_encoder import Stream
from fetcher.sinks.table import TableSink

_BATCH = 256
_LATEST = 0.2

R = TypeVar("R", bound=Result)
R_contra = TypeVar("R_contra", bound=Result, contravariant=True)


class Receiver(Protocol[R_contra]):
    """Where results go; every method may raise OutputError."""

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


class RowWriter(Generic[R]):
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


MakeCells = Callable[[Result, Sequence[FieldRow]], tuple[tuple[FieldValue, ...], ...]]


class OnTerminal:
    """Shows rows as a table; nothing can be gone on with."""

    def __init__(self, table: TableSink) -> None:
        self._table = table

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Show the rows of some targets."""
        self._table.write([tuple(map(_shown, row)) for target in targets for row in target.rows])

    def commit(self, progress: OutputProgress) -> None:
        """Do nothing: every row went through."""

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
        """Do nothing."""


PASSING = (Stream, OnTerminal)
"""Outputs that rows go through; nobody goes on with them, so what is missing does no harm."""


class DurableOutputs:
    """Writes results, in input order, to outputs of which each may have come to another place.

    A run that was interrupted gives what it finished behind what it did not, too. Such a result is
    shown where rows only go through. A file does not take it, for it could not tell a resumed run
    where the gap is; so that run asks again. Where one of several outputs has lost its reader, as
    by `| head`, the others go on.

    outputs: with how far each has come; the results begin where the first of them left off. cells:
    turns a result and what was taken from it into rows.
    """

    def __init__(self, outputs: Sequence[tuple[Durable, OutputProgress]], cells: MakeCells) -> None:
        self.left_out = 0
        """Results that the files did not take, for they came behind a gap."""
        self._passing = [output for output, _ in outputs if isinstance(output, PASSING)]
        self._files = [pair for pair in outputs if not isinstance(pair[0], PASSING)]
        self._cells = cells
        self._progress = min((progress for _, progress in outputs), key=lambda p: p.done)

    def write(self, results: Sequence[Result]) -> None:
        """Write and commit a batch; raises BrokenPipeError when nobody reads the last output."""
        batch = [
            TargetRows(result.target.url, self._cells(result, rows_of(result)[0]))
            for result in results
        ]
        for stream in tuple(self._passing):
            try:
                stream.write(batch)
                stream.commit(self._progress)
            except BrokenPipeError:
                self._passing.remove(stream)
                if not self._passing and not self._files:
                    raise
        begun = self._progress.done
        self._go_on(results)
        whole = batch[: self._progress.done - begun]
        for file, had in self._files:
            new = whole[max(0, had.done - begun) :]
            if new:
                file.write(new)
                file.commit(self._progress)

    def complete(self) -> None:
        """Take note that nothing more is to come."""
        for file, _ in self._files:
            file.complete()

    def close(self) -> None:
        """Close every output, even when another one raises."""
        with ExitStack() as closing:
            for output in (*self._passing, *(file for file, _ in self._files)):
                closing.callback(output.close)

    def _go_on(self, results: Sequence[Result]) -> None:
        """See how far the results lead without a gap."""
        for result in results:
            if result.target.index == self._progress.done:
                self._progress = self._progress.after(result.target.url)
            elif self._files:
                self.left_out += 1


def _shown(value: FieldValue) -> str | int | float | bool | None:
    if isinstance(value, list):
        return " | ".join(str(_shown(item)) for item in value)
    return str(value) if isinstance(value, dict) else value
