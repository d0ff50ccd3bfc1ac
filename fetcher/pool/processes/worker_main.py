"""What runs inside a worker process: take an order, run its items, send the results."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import signal
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from fetcher.pool.chunks import Errors, as_item_error, as_unary
from fetcher.pool.processes.wire import (
    LOADING,
    ReplyKind,
    WorkerMarks,
    WorkOrder,
    dump_reply,
    load_order,
    loading_failed,
    mark_of,
)

__all__ = ["main"]

# Results are sent once this many seconds have passed since the last ones: long items report
# one by one, tiny ones share a message. (A tiny one before a long one would have to wait for
# that; then the pool asks for a flush.) With a time limit every item reports, because the next
# one's time counts from then.
_SEND_AFTER = 0.001
# Tiny items are marked, and the clock is read, once for at most this many: either costs as
# much as such an item.
_MAX_STRIDE = 64


class PoolGone(BaseException):
    """The other end of the pipe is closed: there is nobody to work for."""


def send(
    pipe: Connection, kind: ReplyKind, values: list[Any] | None = None, errors: Errors | None = None
) -> None:
    """Send a reply to the pool.

    Raises:
        PoolGone: the pool has ended.
    """
    reply = dump_reply(kind, values or [], errors or {})
    try:
        pipe.send_bytes(reply)
    except OSError as error:
        raise PoolGone from error


class Unpickled:
    """An unpickled object, or the error of unpickling it.

    Args:
        what: what it is, for the error's text.
        blob: the pickle.
    """

    def __init__(self, what: str, blob: bytes) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        try:
            self.value = pickle.loads(blob)
        except BaseException as why:
            self.error = loading_failed(what, why)


class PieceWork:
    """Runs the pieces of an order and sends their outcomes.

    `flush` may be called from another thread, everything else from the main one only.
    """

    def __init__(
        self, pipe: Connection, marks: WorkerMarks, slot: int, order: WorkOrder, function: Unpickled
    ) -> None:
        self._pipe = pipe
        self._marks = marks
        self._slot = slot
        self._order = order
        self._function = function
        # The number of the current piece's first item.
        self._first = 0
        # An error is recorded before its place in the values, so both are always in step.
        self._values: list[Any] = []
        self._errors: Errors = {}
        # How many of the values `flush` has sent, and until when to keep the rest.
        self._sent = 0
        self._send_at = time.perf_counter() + _SEND_AFTER
        self._sending = threading.Lock()
        self._over = False

    def run(self) -> None:
        """Run the pieces that the pool does not take back."""
        running, stop, slot = self._marks.running, self._marks.stop, self._slot
        for number, (blob, start, end, mark_each) in enumerate(self._order.pieces):
            # In this order: the pool first sets the stop, then reads what is running.
            running[slot] = LOADING + self._first
            if number >= stop[slot]:
                break
            items = Unpickled("one of the arguments", blob)
            error = self._function.error or items.error
            if error is None:
                if self._order.limited:
                    send(self._pipe, ReplyKind.BEGUN)
                self._run_items(items.value[start:end], mark_each or self._order.limited)
            else:
                ended = len(self._values)
                self._errors.update((ended + i, error) for i in range(end - start))
                self._values += [None] * (end - start)
            self._first += end - start
        self._send(ReplyKind.LAST)

    def _run_items(self, items: Sequence[Any], one_by_one: bool) -> None:
        """Run items, marking each before it begins, or a few at once if they are tiny."""
        function = as_unary(self._function.value, self._order.how)
        running, slot = self._marks.running, self._slot
        rest = iter(items)
        done, stride = 0, 1
        while done < len(items):
            values = self._values
            before = len(values)
            count = min(stride, len(items) - done)
            running[slot] = mark_of(self._first + done, count)
            try:
                for item in itertools.islice(rest, count):
                    values.append(function(item))
            except BaseException as error:
                self._errors[len(values)] = as_item_error(error)
                values.append(None)
            done += len(values) - before
            late = time.perf_counter() - self._send_at
            if late > 0 or self._order.limited:
                stride = 1
                if done < len(items):
                    self._send(ReplyKind.PART)
            elif late < -_SEND_AFTER / 2 and not one_by_one:
                stride = min(2 * stride, _MAX_STRIDE)

    def _send(self, kind: ReplyKind) -> None:
        """Send the results that were not sent yet."""
        with self._sending:
            self._over = kind is ReplyKind.LAST
            self._send_unsent(kind)
            self._values, self._errors, self._sent = [], {}, 0
        self._send_at = time.perf_counter() + _SEND_AFTER

    def flush(self) -> None:
        """Send the finished results while an item is running."""
        with self._sending:
            if not self._over and self._sent < len(self._values):
                self._send_unsent(ReplyKind.PART)

    def _send_unsent(self, kind: ReplyKind) -> None:
        start, stop = self._sent, len(self._values)
        errors = {p - start: error for p, error in self._errors.items() if start <= p < stop}
        values = self._values[start:stop] if start else self._values
        send(self._pipe, kind, values, errors)
        self._sent = stop


def main(
    pipe: Connection,
    flush_pipe: Connection,
    inherited_ends: tuple[Connection, ...],
    marks: WorkerMarks,
    slot: int,
    initializer: Callable[..., object] | None,
    initargs: tuple[Any, ...],
) -> None:
    """Work until told to exit, or until the pool is gone.

    Args:
        pipe: orders come in here, replies go out.
        flush_pipe: the pool asks for a flush here.
        inherited_ends: the pool's ends that a forked process must close.
        marks: the shared memory of all workers.
        slot: this worker's place in the marks.
        initializer: called before the first item.
        initargs: its arguments.
    """
    for end in inherited_ends:
        end.close()
    # Ctrl-C reaches the whole process group; the pool decides what happens then.
    # A handler, unlike SIG_IGN, is not inherited by programs that a function starts.
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    try:
        try:
            if initializer is not None:
                initializer(*initargs)
        except BaseException as error:
            send(pipe, ReplyKind.UNFIT, [None], {0: as_item_error(error)})
        else:
            send(pipe, ReplyKind.READY)
            _serve(pipe, flush_pipe, marks, slot)
    except PoolGone:
        pass


def _serve(pipe: Connection, flush_pipe: Connection, marks: WorkerMarks, slot: int) -> None:
    """Carry out one order after another."""
    function: Any = None
    flusher: _Flusher | None = None
    while True:
        try:
            message = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        if not message:
            return
        order = load_order(message)
        if order.function is not None:
            function = Unpickled("the function", order.function)
        work = PieceWork(pipe, marks, slot, order, function)
        if order.can_flush:
            flusher = flusher or _Flusher(flush_pipe)
            flusher.work = work
        work.run()
        if flusher is not None:
            flusher.work = None
        del message, order, work  # nothing is kept alive while waiting


class _Flusher:
    """A thread that sends the finished results when the pool asks for them.

    The pool does so when a fast item is followed by a slow one, which the fast
    one's result would have to wait for. A worker that is given one item at a time
    does not have the thread.
    """

    def __init__(self, flush_pipe: Connection) -> None:
        self.work: PieceWork | None = None
        self._flush_pipe = flush_pipe
        threading.Thread(target=self._wait, name="pool flusher", daemon=True).start()

    def _wait(self) -> None:
        with contextlib.suppress(EOFError, OSError, PoolGone):
            while True:
                self._flush_pipe.recv_bytes()
                work = self.work
                if work is not None:
                    work.flush()
                del work
