"""The dispatcher thread: hands chunks to the worker processes and settles their outcomes.

When a worker dies, one item is to blame and fails; the others are run again.
"""

from __future__ import annotations

import time
from collections import deque
from typing import NamedTuple, Protocol

from fetcher.pool.backend import broken_by
from fetcher.pool.chunks import Call, Chunk
from fetcher.pool.pool_errors import PoolBroken, PoolError, TimeLimitExceeded, WorkerDied
from fetcher.pool.processes.pieces import ChunkJob, Load, Piece
from fetcher.pool.processes.wire import (
    NO_STOP,
    NOT_BEGUN,
    Mark,
    ReplyKind,
    WorkerMarks,
    load_reply,
    reply_kind,
)
from fetcher.pool.processes.worker_handle import WorkerHandle, describe_exit
from fetcher.pool.processes.workers import WorkerSet

__all__ = ["NO_START", "DeathReport", "Dispatcher", "assign_blame"]

# When this many workers in a row die before they are ready, none can start.
_MAX_FAILED_STARTS = 3
# Seconds that a result may still be on its way after the time limit.
_RESULT_GRACE = 0.005
# A load should keep a worker busy for a few milliseconds: faster ones grow (up to this many
# chunks), slower ones shrink. In seconds.
_FAST_LOAD, _SLOW_LOAD, _MAX_CHUNKS = 0.002, 0.006, 256
# Loads stop growing at this many bytes: other workers would wait while they are pickled.
_MAX_LOAD_BYTES = 50_000
# A worker that has been silent for this many seconds is busy with a long item, and is asked to
# flush the results before it. One that has had its load for as long while others are idle is told
# to stop after the current piece; once it has certainly seen that, the rest is taken from it.
_FLUSH_AFTER, _STOP_GRACE = 0.005, 0.002


NO_START = (
    "no worker process can be started {how}; see what it printed. If that is about "
    'starting a process: a script must do so below `if __name__ == "__main__":`, '
    "because each worker imports the script"
)


class Owner(Protocol):
    """What the dispatcher needs of the backend that it works for."""

    def start_worker(self, slot: int) -> WorkerHandle:
        """Start one more worker process."""

    def wanted(self, chunk: Chunk) -> bool:
        """Return True if somebody still waits for the chunk."""

    def finished(self, job: ChunkJob) -> None:
        """Accept a job whose items all have an outcome."""

    def broken(self, why: PoolBroken) -> None:
        """Fail everything: no worker can be started."""


class Dispatcher:
    """Keeps the workers busy, and fails the items of those that die.

    Everything happens in the thread that calls `run`. Other threads append to
    `backlog` or set a flag, and wake it.

    Args:
        owner: the backend that starts workers and takes the outcomes.
        size: the number of workers.
        marks: the shared memory in which the workers mark what they run.
        maxtasks: chunks after which a worker is replaced; None for never.
    """

    def __init__(self, owner: Owner, size: int, marks: WorkerMarks, maxtasks: int | None) -> None:
        # Submitted chunks, and pieces of chunks that came back.
        self.backlog: deque[Chunk | Piece] = deque()
        self.closed = False
        self.killed = False
        self.workers = WorkerSet(owner.start_worker, size, self._on_reply, self._on_exit)
        self._owner = owner
        self._marks = marks
        self._maxtasks = maxtasks
        self._failed_starts = 0
        self._exits_before_start = 0
        self._next_check_at = 0.0

    def run(self) -> None:
        """Dispatch until closed and done, or killed."""
        workers = self.workers
        try:
            while not self.killed and not (self.closed and self._all_done()):
                if self.backlog or not self.closed:
                    workers.fill_up()
                self._hand_out()
                workers.wait(self._check_workers())
            workers.shut_down(lambda: self.killed)
        except BaseException as error:
            self._break(broken_by("the pool cannot go on", error))
        finally:
            workers.kill()

    def _all_done(self) -> bool:
        return not self.backlog and all(worker.load is None for worker in self.workers.alive)

    def _hand_out(self) -> None:
        """Give work to the idle workers."""
        idle = self.workers.idle
        while idle and self.backlog:
            worker = idle[-1]
            pieces = self._next_pieces(worker)
            if not pieces:
                continue
            idle.pop()
            self._marks.running[worker.slot] = NOT_BEGUN
            self._marks.stop[worker.slot] = NO_STOP
            try:
                worker.give(Load(pieces, time.monotonic()))
            except OSError:
                # It died while idle, as its sentinel will show; nothing has begun.
                self.backlog.extendleft(reversed(pieces))

    def _next_pieces(self, worker: WorkerHandle) -> list[Piece]:
        """Take the next pieces from the backlog: of one call, at most the worker's fair share."""
        share = len(self.backlog) // len(self.workers.alive)
        most = min(worker.chunks_at_once_for(_call_of(self.backlog[0])), max(1, share))
        if self._maxtasks is not None:
            most = min(most, self._maxtasks - worker.given)
        pieces: list[Piece] = []
        room = _MAX_LOAD_BYTES
        while self.backlog and len(pieces) < most and room > 0:
            call = _call_of(self.backlog[0])
            if pieces and (call is not pieces[0].job.chunk.call or call.time_limit is not None):
                break
            more = self._pieces_of(self.backlog.popleft())
            room -= sum(len(piece.job.items) for piece in more)
            pieces += more
        return pieces

    def _pieces_of(self, work: Chunk | Piece) -> list[Piece]:
        """Prepare work for sending; pickling happens here, in sending order."""
        if not self._owner.wanted(work.job.chunk if isinstance(work, Piece) else work):
            return []
        if isinstance(work, Piece):
            return [work]
        job = ChunkJob(work)
        if not job.missing:
            self._owner.finished(job)
        return job.pieces()

    def _check_workers(self) -> float | None:
        """Flush or relieve workers that hold results up; return the seconds to the next check."""
        now = time.monotonic()
        if now < self._next_check_at:
            return self._next_check_at - now
        times = []
        for worker in self.workers.alive:
            load = worker.load
            if load is None or not load.can_flush:
                continue
            if now >= worker.last_reply_at + _FLUSH_AFTER:
                worker.request_flush()
            elif not worker.flush_requested:
                times.append(worker.last_reply_at + _FLUSH_AFTER)
            if len(load.pieces) > 1 and self.workers.idle and not self.backlog:
                self._take_back(worker, load, now)
                if worker.stops_at is not None:
                    times.append(worker.stops_at)
        self._next_check_at = min(times, default=0.0)
        return max(0.0, self._next_check_at - now) if times else None

    def _take_back(self, worker: WorkerHandle, load: Load, now: float) -> None:
        """Take back from a worker what it has not begun, in two steps."""
        mark = Mark.read(self._marks.running[worker.slot])
        current = -1 if mark is None else load.piece_of(mark.first)
        if now < load.given_at + _FLUSH_AFTER:
            worker.stops_at = load.given_at + _FLUSH_AFTER  # it is most likely done by then
        elif not worker.stopping:
            worker.stopping = True
            self._marks.stop[worker.slot] = current + 1
            worker.stops_at = now + _STOP_GRACE
        elif worker.stops_at is not None and now >= worker.stops_at:
            # It has seen the stop, or was already past it: the next piece has not begun.
            worker.stops_at = None
            self.backlog.extend(load.give_back(current + 1))
            self._hand_out()

    def _on_reply(self, worker: WorkerHandle, reply: bytes) -> None:
        """Act on one reply of a worker."""
        kind, load = reply_kind(reply), worker.load
        worker.last_reply_at, worker.flush_requested = time.monotonic(), False
        if kind is ReplyKind.READY:
            self._failed_starts = 0
            self.workers.idle.append(worker)
            worker.ready = True
        elif kind is ReplyKind.UNFIT:
            cause = load_reply(reply)[1][0]
            self._break(broken_by("the initializer failed in a worker process", cause))
        elif load is not None:
            if kind is not ReplyKind.BEGUN:
                for job in load.record(*load_reply(reply)):
                    self._owner.finished(job)
            self._exits_before_start = 0
            if kind is ReplyKind.LAST:
                self._done(worker, load)
            elif load.call.time_limit is not None:
                self.workers.limit(worker, load.call.time_limit + _RESULT_GRACE)

    def _done(self, worker: WorkerHandle, load: Load) -> None:
        """Mark a worker as idle after its load, or replace it."""
        self.backlog.extendleft(reversed(load.cut(load.reached, len(load))))
        took = worker.last_reply_at - load.given_at
        if took < _FAST_LOAD:
            worker.chunks_at_once = min(2 * worker.chunks_at_once, _MAX_CHUNKS)
        elif took > _SLOW_LOAD:
            worker.chunks_at_once = max(worker.chunks_at_once // 2, 1)
        worker.load = None
        self.workers.clear_limit(worker)
        if self._maxtasks is None or worker.given < self._maxtasks:
            self.workers.idle.append(worker)
        else:
            self.workers.retire(worker)

    def _on_exit(self, worker: WorkerHandle, code: int | None) -> None:
        """Fail the item that a dead worker ran; what it had not begun runs elsewhere."""
        if worker.load is not None:
            self._settle(worker, worker.load, describe_exit(code))
        elif not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _MAX_FAILED_STARTS:
                how = f"(the last one {describe_exit(code)})"
                self._break(PoolBroken(NO_START.format(how=how)))

    def _settle(self, worker: WorkerHandle, load: Load, ended: str) -> None:
        mark = Mark.read(self._marks.running[worker.slot])
        if mark is None and self._exits_before_start < _MAX_FAILED_STARTS:
            # Most likely killed from outside just when it was given this.
            self._exits_before_start += 1
            self.backlog.extendleft(reversed(load.pieces))
            return
        report = assign_blame(load, mark or Mark(0, 1, loading=True), worker.overdue, ended)
        for job in report.completed:
            self._owner.finished(job)
        self.backlog.extendleft(reversed(report.again))

    def _break(self, why: PoolBroken) -> None:
        self.killed = True
        self._owner.broken(why)


def _call_of(work: Chunk | Piece) -> Call:
    return (work.job.chunk if isinstance(work, Piece) else work).call


class DeathReport(NamedTuple):
    """What follows from a worker's death.

    Attributes:
        completed: jobs whose last missing item was the one to blame.
        again: what has still to be run, or run again.
    """

    completed: list[ChunkJob]
    again: list[Piece]


def assign_blame(load: Load, mark: Mark, overdue: bool, ended: str) -> DeathReport:
    """Fail the item that the mark points to, and keep the others.

    Items that had finished without being sent, at most a millisecond of work, run
    again. So do a few tiny items that were marked together: marking each of them
    then shows which one it is.

    Args:
        load: what the worker was given.
        mark: what it was doing when it died.
        overdue: True if it was killed for its time limit.
        ended: how the process ended, for the error's text.
    """
    if mark.loading:
        first, stop = load.bounds(load.piece_of(mark.first))
    else:
        # The item that was marked last may have finished, and its outcome arrived.
        first, stop = max(mark.first, load.reached), mark.first + mark.items
    again, after = load.cut(load.reached, first), load.cut(stop, len(load))
    if mark.items > 1 and not mark.loading:
        return DeathReport([], again + load.cut(first, stop, mark_each=True) + after)
    if first >= stop:
        return DeathReport([], again + after)
    error: BaseException = _error_of(load, first, mark.loading, overdue, ended)
    load.reached = first
    count = stop - first
    completed = load.record([None] * count, dict.fromkeys(range(count), error))
    return DeathReport(completed, again + after)


def _error_of(load: Load, item: int, loading: bool, overdue: bool, ended: str) -> PoolError:
    """Return the error of the item to blame."""
    call = load.call
    if loading:
        return WorkerDied(
            f"the worker process {ended} while it loaded {call.name} and its arguments"
        )
    job, position = load.place(item)
    where = f"item {job.chunk.start + position} of {call.name}"
    if overdue:
        limit = call.time_limit
        return TimeLimitExceeded(f"{where} was stopped after its time limit of {limit:g} s")
    return WorkerDied(f"the worker process {ended} while it ran {where}")
