"""The thread that hands work to the processes, and settles what becomes of it.

What a dead worker leaves: an item to blame, and items that can still be run.
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
    Say,
    WorkerMarks,
    load_reply,
    say_of,
)
from fetcher.pool.processes.worker_handle import Handle, describe_exit
from fetcher.pool.processes.workers import WorkerSet

__all__ = ["Postmortem", "examine"]


class Postmortem(NamedTuple):
    """The jobs that the blame completed, and what is to be run again or at all."""

    completed: list[ChunkJob]
    again: list[Piece]


def examine(load: Load, mark: Mark, overdue: bool, ended: str) -> Postmortem:
    """Blame the item that the mark points to, and save the others.

    Items that had ended without being sent, at most a millisecond of work, run
    again. So do a few tiny items that were marked together: which of them it
    was is found out by marking each.
    """
    if mark.loading:
        first, stop = load.bounds(load.piece_of(mark.first))
    else:
        # The item that was marked last may have ended, and its outcome have come.
        first, stop = max(mark.first, load.reached), mark.first + mark.items
    again, after = load.cut(load.reached, first), load.cut(stop, len(load))
    if mark.items > 1 and not mark.loading:
        return Postmortem([], again + load.cut(first, stop, careful=True) + after)
    if first >= stop:
        return Postmortem([], again + after)
    error: BaseException = _error_of(load, first, mark.loading, overdue, ended)
    load.reached = first
    count = stop - first
    completed = load.record([None] * count, dict.fromkeys(range(count), error))
    return Postmortem(completed, again + after)


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
        return TimeLimitExceeded(f"{where} was ended after its time limit of {limit:g} s")
    return WorkerDied(f"the worker process {ended} while it ran {where}")


__all__ = ["NO_START", "Dispatcher"]

# So many workers in a row that die before they are ready mean that none can start.
_HOPELESS = 3
# A result may be a little late on its way when the time limit is over.
_LATE = 0.005
# A load should keep a worker busy for some milliseconds: quicker ones grow, slower ones shrink.
_QUICK, _SLOW, _MOST = 0.002, 0.006, 256
# More bytes than this are not put together: the others would wait while they are pickled.
_LARGE = 50_000
# A worker that was silent so long is stuck in an item, and is asked for what had ended
# before. One that has its load so long while others are idle is to stop after the current
# piece; a while later, in which it surely saw that, the rest is taken from it.
_STUCK, _SURELY_SEEN = 0.005, 0.002


NO_START = (
    "no worker process can be started {how}; what it printed says why. If that is about "
    'starting a process: a script must do so below `if __name__ == "__main__":`, '
    "because each worker imports the script"
)


class Owner(Protocol):
    """What the dispatcher tells, and asks, whoever it works for."""

    def start_worker(self, slot: int) -> Handle:
        """Start one more worker process."""

    def wanted(self, chunk: Chunk) -> bool:
        """Whether somebody still waits for the chunk."""

    def finished(self, job: ChunkJob) -> None:
        """Take a job whose items all have an outcome."""

    def broken(self, why: PoolBroken) -> None:
        """Hear that no worker can be started."""


class Dispatcher:
    """Keeps the workers busy, and fails the items of those that die.

    Everything happens in the thread that calls `run`. Others append to
    `backlog` or set a flag, and wake it.
    """

    def __init__(self, owner: Owner, size: int, marks: WorkerMarks, maxtasks: int | None) -> None:
        # Chunks that were submitted, and pieces of such that came back.
        self.backlog: deque[Chunk | Piece] = deque()
        self.closed = False
        self.killed = False
        self.crew = WorkerSet(owner.start_worker, size, self._heard, self._lost)
        self._owner = owner
        self._marks = marks
        self._maxtasks = maxtasks
        self._failed_starts = 0
        self._lost_unbegun = 0
        self._look_again_at = 0.0

    def run(self) -> None:
        """Work until closed and done, or killed."""
        crew = self.crew
        try:
            while not self.killed and not (self.closed and self._all_done()):
                if self.backlog or not self.closed:
                    crew.fill_up()
                self._hand_out()
                crew.wait(self._look_after())
            crew.dismiss(lambda: self.killed)
        except BaseException as error:
            self._break(broken_by("the pool cannot go on", error))
        finally:
            crew.kill()

    def _all_done(self) -> bool:
        return not self.backlog and all(worker.load is None for worker in self.crew.workers)

    def _hand_out(self) -> None:
        """Give work to the idle workers."""
        idle = self.crew.idle
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
                # It died while idle, which its sentinel will tell; nothing has begun.
                self.backlog.extendleft(reversed(pieces))

    def _next_pieces(self, worker: Handle) -> list[Piece]:
        """Take the next pieces from the backlog: of one call, and no more than a fair share."""
        share = len(self.backlog) // len(self.crew.workers)
        most = min(worker.appetite_for(_call_of(self.backlog[0])), max(1, share))
        if self._maxtasks is not None:
            most = min(most, self._maxtasks - worker.given)
        pieces: list[Piece] = []
        room = _LARGE
        while self.backlog and len(pieces) < most and room > 0:
            call = _call_of(self.backlog[0])
            if pieces and (call is not pieces[0].job.chunk.call or call.time_limit is not None):
                break
            more = self._pieces_of(self.backlog.popleft())
            room -= sum(len(piece.job.items) for piece in more)
            pieces += more
        return pieces

    def _pieces_of(self, work: Chunk | Piece) -> list[Piece]:
        """Make work ready to be sent; pickling is done here, in the order of sending."""
        if not self._owner.wanted(work.job.chunk if isinstance(work, Piece) else work):
            return []
        if isinstance(work, Piece):
            return [work]
        job = ChunkJob(work)
        if not job.missing:
            self._owner.finished(job)
        return job.pieces()

    def _look_after(self) -> float | None:
        """See to the workers that hold something up; return the seconds until the next look."""
        now = time.monotonic()
        if now < self._look_again_at:
            return self._look_again_at - now
        times = []
        for worker in self.crew.workers:
            load = worker.load
            if load is None or not load.may_be_asked:
                continue
            if now >= worker.heard_at + _STUCK:
                worker.ask()
            elif not worker.asked:
                times.append(worker.heard_at + _STUCK)
            if len(load.pieces) > 1 and self.crew.idle and not self.backlog:
                self._take_back(worker, load, now)
                if worker.stops_at is not None:
                    times.append(worker.stops_at)
        self._look_again_at = min(times, default=0.0)
        return max(0.0, self._look_again_at - now) if times else None

    def _take_back(self, worker: Handle, load: Load, now: float) -> None:
        """Take from a worker what it has not begun, in two steps."""
        mark = Mark.read(self._marks.running[worker.slot])
        current = -1 if mark is None else load.piece_of(mark.first)
        if now < load.given_at + _STUCK:
            worker.stops_at = load.given_at + _STUCK  # it will most likely be done by then
        elif not worker.stopping:
            worker.stopping = True
            self._marks.stop[worker.slot] = current + 1
            worker.stops_at = now + _SURELY_SEEN
        elif worker.stops_at is not None and now >= worker.stops_at:
            # It saw the stop, or was past it already; so the next piece was not begun.
            worker.stops_at = None
            self.backlog.extend(load.give_back(current + 1))
            self._hand_out()

    def _heard(self, worker: Handle, reply: bytes) -> None:
        """Act on one reply of a worker."""
        say, load = say_of(reply), worker.load
        worker.heard_at, worker.asked = time.monotonic(), False
        if say is Say.READY:
            self._failed_starts = 0
            self.crew.idle.append(worker)
            worker.ready = True
        elif say is Say.UNFIT:
            cause = load_reply(reply)[1][0]
            self._break(broken_by("the initializer failed in a worker process", cause))
        elif load is not None:
            if say is not Say.BEGUN:
                for job in load.record(*load_reply(reply)):
                    self._owner.finished(job)
            self._lost_unbegun = 0
            if say is Say.LAST:
                self._done(worker, load)
            elif load.call.time_limit is not None:
                self.crew.limit(worker, load.call.time_limit + _LATE)

    def _done(self, worker: Handle, load: Load) -> None:
        """A worker waits again: give it the next load later, or replace it."""
        self.backlog.extendleft(reversed(load.cut(load.reached, len(load))))
        took = worker.heard_at - load.given_at
        if took < _QUICK:
            worker.appetite = min(2 * worker.appetite, _MOST)
        elif took > _SLOW:
            worker.appetite = max(worker.appetite // 2, 1)
        worker.load = None
        self.crew.call_off(worker)
        if self._maxtasks is None or worker.given < self._maxtasks:
            self.crew.idle.append(worker)
        else:
            self.crew.retire(worker)

    def _lost(self, worker: Handle, code: int | None) -> None:
        """A worker has ended: fail the item that it ran; what it had not begun runs elsewhere."""
        if worker.load is not None:
            self._settle(worker, worker.load, describe_exit(code))
        elif not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _HOPELESS:
                how = f"(the last one {describe_exit(code)})"
                self._break(PoolBroken(NO_START.format(how=how)))

    def _settle(self, worker: Handle, load: Load, ended: str) -> None:
        mark = Mark.read(self._marks.running[worker.slot])
        if mark is None and self._lost_unbegun < _HOPELESS:
            # Ended from outside, most likely, just when it was given this.
            self._lost_unbegun += 1
            self.backlog.extendleft(reversed(load.pieces))
            return
        findings = examine(load, mark or Mark(0, 1, loading=True), worker.overdue, ended)
        for job in findings.completed:
            self._owner.finished(job)
        self.backlog.extendleft(reversed(findings.again))

    def _break(self, why: PoolBroken) -> None:
        self.killed = True
        self._owner.broken(why)


def _call_of(work: Chunk | Piece) -> Call:
    return (work.job.chunk if isinstance(work, Piece) else work).call
