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

__all__ = ["WorkerHandle", "describe_exit"]


class WorkerHandle:
    """A worker process: its pipe, what it is running, and until when.

    Args:
        context: how to start the process.
        marks: the shared memory of all workers.
        slot: this worker's place in the marks.
        initializer: called in the process before its first item.
        initargs: its arguments.

    Raises:
        OSError: the system refuses another process.
    """

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
        # How many chunks to give at once: more, the faster they come back.
        self.chunks_at_once = 1
        # When it last replied or was given a load, and whether it was asked to flush since.
        self.last_reply_at = 0.0
        self.flush_requested = False
        # Told to stop after the current piece, and when it has certainly seen that.
        self.stopping = False
        self.stops_at: float | None = None
        # In seconds on the monotonic clock; it counts while the worker has a time limit.
        self.deadline = 0.0
        self.overdue = False
        # Told to exit: another worker may have taken its place.
        self.retired = False
        self._known: Call | None = None
        self.pipe, theirs = context.Pipe()
        their_flush_pipe, self._flush_pipe = context.Pipe(duplex=False)
        # With fork a worker inherits our ends too, and must close them to notice our exit.
        ours = (self.pipe, self._flush_pipe) if context.get_start_method() == "fork" else ()
        self.process = context.Process(  # type: ignore[attr-defined]
            target=worker_main.main,
            args=(theirs, their_flush_pipe, ours, marks, slot, initializer, initargs),
            name=f"pool worker {slot}",
            daemon=True,
        )
        try:
            self.process.start()
        finally:
            theirs.close()
            their_flush_pipe.close()

    def chunks_at_once_for(self, call: Call) -> int:
        """Return how many chunks of a call to give at once; 1 until their duration is known."""
        if call is not self._known:
            self.chunks_at_once = 1
        return self.chunks_at_once

    def give(self, load: Load) -> None:
        """Send the worker a load.

        Raises:
            OSError: the worker is gone and has not begun.
        """
        call = load.call
        function = None if call is self._known else call.carried
        pieces = [
            (piece.job.items, piece.start, piece.stop, piece.mark_each) for piece in load.pieces
        ]
        order = WorkOrder(function, call.how, pieces, call.time_limit is not None)
        self.pipe.send_bytes(dump_order(order))
        self._known = call
        self.load = load
        self.last_reply_at, self.flush_requested = load.given_at, False
        self.stopping, self.stops_at = False, None
        self.given += len(pieces)

    def request_flush(self) -> None:
        """Ask the worker, busy as it is, to send its finished results; once is enough."""
        if not self.flush_requested:
            self.flush_requested = True
            with contextlib.suppress(OSError):  # it has died, as its sentinel will show
                self._flush_pipe.send_bytes(b"")

    def request_exit(self) -> None:
        """Ask the idle worker to exit."""
        with contextlib.suppress(OSError):  # it has already exited
            self.pipe.send_bytes(b"")

    def kill(self) -> None:
        """Kill the worker, whatever it is doing."""
        self.process.kill()

    def reap(self) -> int | None:
        """Wait for the process, release its resources and return its exit code."""
        self.process.join(1.0)
        if self.process.is_alive():
            # Its pipe is closed but it runs on: nothing that it does can reach anybody.
            self.process.kill()
            self.process.join()
        code: int | None = self.process.exitcode
        self.process.close()
        self.pipe.close()
        self._flush_pipe.close()
        return code


def describe_exit(code: int | None) -> str:
    """Describe how a process ended, from its exit code."""
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name == "SIGKILL":
        return "was killed by SIGKILL (as the system does when memory runs out)"
    return f"was killed by {name}"
