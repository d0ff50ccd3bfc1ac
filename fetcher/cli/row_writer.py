"""Results to outputs, in batches: often enough to be seen, seldom enough to be cheap."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from fetcher.model import Result
from fetcher.sinks.base import OpenSink, OutputProgress, Row, Sink, TargetRows, identity_of

_BATCH = 256
_LATEST = 0.2

R = TypeVar("R", bound=Result)

MakeRows: TypeAlias = Callable[[R], tuple[Row, ...]]
"""Makes the rows of a result: none, one or several."""


@dataclass(frozen=True, slots=True)
class JobOutput(Generic[R]):
    """One output of a job, and what makes its rows."""

    opened: OpenSink
    make_rows: MakeRows[R]

    @property
    def sink(self) -> Sink:
        """Where the rows go."""
        return self.opened.sink

    @property
    def progress(self) -> OutputProgress:
        """How far it had come when it was opened."""
        return self.opened.progress


class RowWriter(Generic[R]):
    """Gathers results into batches, and writes and commits each batch to every output.

    A result is written at the latest `_LATEST` seconds after it was added. What an output raises
    comes out of the next call. Where one of several outputs has lost its reader, as by `| head`,
    the others go on.

    An interrupted run gives what it finished behind what it did not, too. Such rows are written,
    but not counted as done: a resumed run does not know where the gap is, and fetches them again.

    outputs: each may have come to another place; the results begin where the first of them ends.
    counted: the counters that a result raises. in_order: whether results come in the order of the
    input, and so can be resumed.
    """

    def __init__(
        self,
        outputs: Sequence[JobOutput[R]],
        counted: Callable[[R], tuple[int, ...]],
        *,
        in_order: bool = True,
    ) -> None:
        self.progress = min((output.progress for output in outputs), key=lambda p: p.done)
        """How far it is without a gap, what earlier runs have done included."""
        self.complete = False
        """True once all rows there are were written, and every output is closed."""
        self._outputs = list(outputs)
        self._counted = counted
        self._in_order = in_order
        self._gap = False
        self._waiting: list[R] = []
        self._timer: asyncio.TimerHandle | None = None
        self._error: BaseException | None = None

    def add(self, result: R, *, final: bool = True) -> None:
        """Take one result. final: False for one that an undisturbed run would replace."""
        if self._error is not None:
            raise self._error
        if not final and not self._gap:
            self._write()
            self._gap = True
        self._waiting.append(result)
        if len(self._waiting) >= _BATCH:
            self._write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LATEST, self._write_in_time)

    def write(self, results: Sequence[R]) -> None:
        """Write and commit a batch; raises BrokenPipeError if nobody reads the last output."""
        done = self.progress.done
        for result in results:
            self._advance(result)
        # What is behind a gap is not committed together with what is before it.
        whole = self.progress.done - done
        for part in (results[:whole], results[whole:]):
            if part:
                self._write_part(part)

    def finish(self, *, complete: bool) -> None:
        """Write what is left, and close every output, even if another one raises.

        complete: whether all results there are were added.
        """
        try:
            if self._error is not None:
                raise self._error
            self._write()
        except BaseException:
            complete = False
            raise
        finally:
            with ExitStack() as closing:
                for output in reversed(self._outputs):
                    closing.callback(self._finish, output, complete=complete)
        self.complete = complete

    def _finish(self, output: JobOutput[R], *, complete: bool) -> None:
        try:
            output.sink.finish(complete=complete)
        except BrokenPipeError:
            if len(self._outputs) == 1:
                raise

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
            self.write(results)

    def _write_part(self, results: Sequence[R]) -> None:
        made: dict[MakeRows[R], list[TargetRows]] = {}
        for output in tuple(self._outputs):
            if output.make_rows not in made:
                made[output.make_rows] = [
                    TargetRows(identity_of(result.target), output.make_rows(result))
                    for result in results
                ]
            try:
                self._put(output, results, made[output.make_rows])
            except BrokenPipeError:
                self._let_go(output)

    def _put(self, output: JobOutput[R], results: Sequence[R], batch: Sequence[TargetRows]) -> None:
        had = output.progress
        if had.done:
            batch = [
                rows
                for result, rows in zip(results, batch, strict=True)
                if result.target.index >= had.done
            ]
        if batch:
            output.sink.write(batch)
            output.sink.commit(self.progress if self.progress.done > had.done else had)

    def _advance(self, result: R) -> None:
        """See how far the results lead without a gap."""
        counted = self._counted(result)
        if self._in_order and result.target.index != self.progress.done:
            self._gap = True
        if not self._gap:
            self.progress = self.progress.after(identity_of(result.target), *counted)

    def _let_go(self, lost: JobOutput[R]) -> None:
        """Go on without an output; raises BrokenPipeError if it was the last one."""
        self._outputs.remove(lost)
        with suppress(BrokenPipeError):
            lost.sink.finish(complete=False)
        if not self._outputs:
            raise BrokenPipeError
