"""What a dead worker leaves: an item to blame, and items that can still be run."""

from __future__ import annotations

from typing import NamedTuple

from fetcher.pool.errors import PoolError, TimeLimitExceeded, WorkerDied
from fetcher.pool.processes.jobs import Job, Piece
from fetcher.pool.processes.loads import Load
from fetcher.pool.processes.marks import Mark

__all__ = ["Findings", "examine"]


class Findings(NamedTuple):
    """The jobs that the blame completed, and what is to be run again or at all."""

    completed: list[Job]
    again: list[Piece]


def examine(load: Load, mark: Mark, overdue: bool, ended: str) -> Findings:
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
        return Findings([], again + load.cut(first, stop, careful=True) + after)
    if first >= stop:
        return Findings([], again + after)
    error: BaseException = _error_of(load, first, mark.loading, overdue, ended)
    load.reached = first
    count = stop - first
    completed = load.record([None] * count, dict.fromkeys(range(count), error))
    return Findings(completed, again + after)


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
