"""What runs inside a worker process: take an order, run its items, reply."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from fetcher.pool.calls import survivable
from fetcher.pool.processes.marks import Marks
from fetcher.pool.processes.wire import Say, load_order
from fetcher.pool.processes.work import Loaded, PoolIsGoneError, Work, send

__all__ = ["main"]


def main(
    pipe: Connection,
    bell: Connection,
    not_mine: tuple[Connection, ...],
    marks: Marks,
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


def _serve(pipe: Connection, bell: Connection, marks: Marks, slot: int) -> None:
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
            function = Loaded("the function", order.function)
        work = Work(pipe, marks, slot, order, function)
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
        self.work: Work | None = None
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
