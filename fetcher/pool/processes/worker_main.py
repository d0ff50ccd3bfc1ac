"""What runs inside a worker process: take an order, run its items, reply.

One order being carried out in a worker process.
"""

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

from fetcher.pool.chunks import Errors, one_argument, survivable
from fetcher.pool.processes.wire import (
    LOADING,
    Say,
    WorkerMarks,
    WorkOrder,
    dump_reply,
    load_order,
    loading_failed,
    several,
)

__all__ = ["PieceWork", "PoolIsGoneError", "Unpickled", "send"]

# Results are sent as soon as this much time has passed since the last ones: long items
# report one by one, tiny ones share a message. (A tiny one before a long one would have
# to wait for that; then the pool asks for it.) With a time limit every item reports,
# because the next one's time counts from then.
_SEND_AFTER = 0.001
# Tiny items are marked, and the clock is looked at, once for so many at most: either costs
# as much as such an item.
_LONGEST_STRIDE = 64


class PoolIsGoneError(BaseException):
    """The other end of the pipe is closed: there is nobody to work for."""


def send(
    pipe: Connection, say: Say, values: list[Any] | None = None, errors: Errors | None = None
) -> None:
    """Send a reply to the pool.

    Raises:
        PoolIsGoneError: there is no pool any more.
    """
    reply = dump_reply(say, values or [], errors or {})
    try:
        pipe.send_bytes(reply)
    except OSError as error:
        raise PoolIsGoneError from error


class Unpickled:
    """Something unpickled, or the error that this gave."""

    def __init__(self, what: str, blob: bytes) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        try:
            self.value = pickle.loads(blob)
        except BaseException as why:
            self.error = loading_failed(what, why)


class PieceWork:
    """The pieces of an order being run, and their outcomes on the way back.

    `send_ended` may be called from another thread, all else is for the one that works.
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
        # An error is put down before its place in the values is, so both are always in step.
        self._values: list[Any] = []
        self._errors: Errors = {}
        # How many of the values were sent by another thread, and until when to keep the rest.
        self._sent = 0
        self._send_at = time.perf_counter() + _SEND_AFTER
        self._sending = threading.Lock()
        self._over = False

    def do(self) -> None:
        """Run the pieces, as far as the pool does not take them back."""
        running, stop, slot = self._marks.running, self._marks.stop, self._slot
        for number, (blob, start, end, careful) in enumerate(self._order.pieces):
            # In this order: the pool first sets the stop, then looks what is running.
            running[slot] = LOADING + self._first
            if number >= stop[slot]:
                break
            items = Unpickled("one of the arguments", blob)
            error = self._function.error or items.error
            if error is None:
                if self._order.limited:
                    send(self._pipe, Say.BEGUN)
                self._run(items.value[start:end], careful or self._order.limited)
            else:
                ended = len(self._values)
                self._errors.update((ended + i, error) for i in range(end - start))
                self._values += [None] * (end - start)
            self._first += end - start
        self._send(Say.LAST)

    def _run(self, items: Sequence[Any], one_by_one: bool) -> None:
        """Run items, marking each before it begins, or a few at once if they are tiny."""
        function = one_argument(self._function.value, self._order.how)
        running, slot = self._marks.running, self._slot
        rest = iter(items)
        done, stride = 0, 1
        while done < len(items):
            values = self._values
            before = len(values)
            count = min(stride, len(items) - done)
            running[slot] = several(self._first + done, count)
            try:
                for item in itertools.islice(rest, count):
                    values.append(function(item))
            except BaseException as error:
                self._errors[len(values)] = survivable(error)
                values.append(None)
            done += len(values) - before
            late = time.perf_counter() - self._send_at
            if late > 0 or self._order.limited:
                stride = 1
                if done < len(items):
                    self._send(Say.PART)
            elif late < -_SEND_AFTER / 2 and not one_by_one:
                stride = min(2 * stride, _LONGEST_STRIDE)

    def _send(self, say: Say) -> None:
        """Send what has ended and was not sent."""
        with self._sending:
            self._over = say is Say.LAST
            self._pass_on(say)
            self._values, self._errors, self._sent = [], {}, 0
        self._send_at = time.perf_counter() + _SEND_AFTER

    def send_ended(self) -> None:
        """Send what has ended while an item is running."""
        with self._sending:
            if not self._over and self._sent < len(self._values):
                self._pass_on(Say.PART)

    def _pass_on(self, say: Say) -> None:
        start, stop = self._sent, len(self._values)
        errors = {p - start: error for p, error in self._errors.items() if start <= p < stop}
        values = self._values[start:stop] if start else self._values
        send(self._pipe, say, values, errors)
        self._sent = stop


__all__ = ["main"]


def main(
    pipe: Connection,
    bell: Connection,
    not_mine: tuple[Connection, ...],
    marks: WorkerMarks,
    slot: int,
    initializer: Callable[..., object] | None,
    initargs: tuple[Any, ...],
) -> None:
    """Work until told to end, or until the pool is gone."""
    for inherited in not_mine:
        inherited.close()
    # Ctrl-C reaches the whole process group; what happens then is the pool's to decide.
    # A handler, unlike SIG_IGN, is not inherited by programs that a function starts.
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    try:
        try:
            if initializer is not None:
                initializer(*initargs)
        except BaseException as error:
            send(pipe, Say.UNFIT, [None], {0: survivable(error)})
        else:
            send(pipe, Say.READY)
            _serve(pipe, bell, marks, slot)
    except PoolIsGoneError:
        pass


def _serve(pipe: Connection, bell: Connection, marks: WorkerMarks, slot: int) -> None:
    """Carry out one order after the other."""
    function: Any = None
    courier: _Courier | None = None
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
        if order.may_be_asked:
            courier = courier or _Courier(bell)
            courier.work = work
        work.do()
        if courier is not None:
            courier.work = None
        del message, order, work  # nothing is kept alive while waiting


class _Courier:
    """A thread that sends what has ended when the pool rings for it.

    The pool does so when a quick item is followed by a slow one, whose end the
    quick one's result would have to wait for. A worker that is given one item
    at a time does not have the thread.
    """

    def __init__(self, bell: Connection) -> None:
        self.work: PieceWork | None = None
        self._bell = bell
        threading.Thread(target=self._wait, name="pool courier", daemon=True).start()

    def _wait(self) -> None:
        with contextlib.suppress(EOFError, OSError, PoolIsGoneError):
            while True:
                self._bell.recv_bytes()
                work = self.work
                if work is not None:
                    work.send_ended()
                del work
