"""The pool's side of one worker process."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any

from fetcher.pool.chunks import Call
from fetcher.pool.processes import worker_main
from fetcher.pool.processes.pieces import Load
from fetcher.pool.processes.wire import WorkerMarks, WorkOrder, dump_order

__all__ = ["Handle", "describe_exit"]


class Handle:
    """A worker process: its pipe, what it is running, and until when."""

    def __init__(
        self,
        context: BaseContext,
        marks: WorkerMarks,
        slot: int,
        initializer: Callable[..., object] | None,
        initargs: tuple[Any, ...],
    ) -> None:
        self.slot = slot
        self.ready = False
        self.given = 0
        self.load: Load | None = None
        # How many chunks to give at once: more, the quicker they come back.
        self.appetite = 1
        # When it said something last, or was given its load; and whether it was asked since.
        self.heard_at = 0.0
        self.asked = False
        # Told to stop after the current piece; and when it has surely seen that.
        self.stopping = False
        self.stops_at: float | None = None
        # On the monotonic clock; it counts while the dispatcher keeps the worker's time.
        self.deadline = 0.0
        self.overdue = False
        # Told to end: its place may have been taken by another worker.
        self.retired = False
        self._known: Call | None = None
        self.pipe, theirs = context.Pipe()
        their_bell, self._bell = context.Pipe(duplex=False)
        # With fork a worker inherits our ends too, and must close them to notice our end.
        ours = (self.pipe, self._bell) if context.get_start_method() == "fork" else ()
        self.process = context.Process(  # type: ignore[attr-defined]
            target=worker_main.main,
            args=(theirs, their_bell, ours, marks, slot, initializer, initargs),
            name=f"pool worker {slot}",
            daemon=True,
        )
        try:
            self.process.start()
        finally:
            theirs.close()
            their_bell.close()

    def appetite_for(self, call: Call) -> int:
        """Return how many chunks of a call to give at once; one, until it is known how long."""
        if call is not self._known:
            self.appetite = 1
        return self.appetite

    def give(self, load: Load) -> None:
        """Have the worker run a load.

        Raises:
            OSError: the worker is gone, and has not begun.
        """
        call = load.call
        function = None if call is self._known else call.carried
        pieces = [
            (piece.job.items, piece.start, piece.stop, piece.careful) for piece in load.pieces
        ]
        order = WorkOrder(function, call.how, pieces, call.time_limit is not None)
        self.pipe.send_bytes(dump_order(order))
        self._known = call
        self.load = load
        self.heard_at, self.asked = load.given_at, False
        self.stopping, self.stops_at = False, None
        self.given += len(pieces)

    def ask(self) -> None:
        """Have the worker send what has ended, although it is busy; once is enough."""
        if not self.asked:
            self.asked = True
            with contextlib.suppress(OSError):  # it has died, which will be noticed
                self._bell.send_bytes(b"")

    def tell_to_end(self) -> None:
        """Have the worker end by itself, now that it has nothing to do."""
        with contextlib.suppress(OSError):  # it has ended already
            self.pipe.send_bytes(b"")

    def kill(self) -> None:
        """End the worker now, whatever it does."""
        self.process.kill()

    def bury(self) -> int | None:
        """Wait for the ended process and give its resources back; return its exit code."""
        self.process.join(1.0)
        if self.process.is_alive():
            # Its pipe has ended and it has not: nothing that it does can reach anybody.
            self.process.kill()
            self.process.join()
        code: int | None = self.process.exitcode
        self.process.close()
        self.pipe.close()
        self._bell.close()
        return code


def describe_exit(code: int | None) -> str:
    """Say in words how a process ended."""
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name == "SIGKILL":
        return "was killed by SIGKILL (as the system does when memory runs out)"
    return f"was killed by {name}"
