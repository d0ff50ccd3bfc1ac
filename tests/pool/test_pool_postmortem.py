"""Whom a dead worker's mark blames, in the moments that a real death rarely hits."""

from __future__ import annotations

from typing import Any

import pytest

from fetcher.pool.chunks import Call, Chunk, Errors
from fetcher.pool.pool_errors import PoolError, TimeLimitExceeded, WorkerDied
from fetcher.pool.processes.dispatcher import assign_blame
from fetcher.pool.processes.pieces import ChunkJob, Load, Piece
from fetcher.pool.processes.wire import LOADING, NOT_BEGUN, Mark, mark_of
from tests.pool.pool_tasks import identity


class Nowhere:
    def deliver(self, index: int, values: list[Any], errors: Errors) -> None:
        """Drop it."""


def load_of(*sizes: int, limit: float | None = None) -> Load:
    """A load of pieces of these sizes."""
    call = Call(identity, "item", limit)
    jobs = [ChunkJob(Chunk(call, i, 0, range(size), Nowhere())) for i, size in enumerate(sizes)]
    return Load([Piece(job, 0, len(job.values)) for job in jobs], 0.0)


def runs(pieces: list[Piece]) -> list[tuple[int, int, int, bool]]:
    """The pieces as numbers of chunk, start and stop, and whether each item is marked."""
    return [(p.job.chunk.index, p.start, p.stop, p.mark_each) for p in pieces]


def blamed(load: Load) -> dict[tuple[int, int], PoolError]:
    """The errors of all jobs, by chunk and position."""
    jobs = {piece.job.chunk.index: piece.job for piece in load.pieces}
    return {
        (index, position): error
        for index, job in jobs.items()
        for position, error in job.errors.items()
        if isinstance(error, PoolError)
    }


def test_the_marked_item_is_blamed_and_the_rest_saved() -> None:
    """What had ended unsent and what had not begun runs, in pieces of its chunks."""
    load = load_of(3, 4)
    load.record([0], {})
    report = assign_blame(load, Mark(4, 1, loading=False), False, "ended")
    assert list(blamed(load)) == [(1, 1)]
    assert runs(report.again) == [(0, 1, 3, False), (1, 0, 1, False), (1, 2, 4, False)]
    assert report.completed == []


def test_nobody_is_blamed_when_the_marked_item_had_ended() -> None:
    """Its outcome has come; the worker died between two items."""
    load = load_of(3)
    load.record([0, 1], {})
    report = assign_blame(load, Mark(1, 1, loading=False), False, "ended")
    assert blamed(load) == {}
    assert runs(report.again) == [(0, 2, 3, False)]


def test_items_marked_together_are_run_one_by_one() -> None:
    """Nobody is blamed yet; of those that have an outcome already none runs again."""
    load = load_of(10)
    load.record([0, 1, 2, 3], {})
    report = assign_blame(load, Mark(2, 5, loading=False), False, "ended")
    assert blamed(load) == {}
    assert runs(report.again) == [(0, 4, 7, True), (0, 7, 10, False)]


def test_a_piece_that_could_not_be_loaded_fails_as_a_whole() -> None:
    """None of its items began, and each would kill another worker."""
    load = load_of(2, 3)
    load.record([0], {})
    report = assign_blame(load, Mark(2, 1, loading=True), False, "ended")
    assert list(blamed(load)) == [(1, 0), (1, 1), (1, 2)]
    assert [job.chunk.index for job in report.completed] == [1]
    assert runs(report.again) == [(0, 1, 2, False)]


@pytest.mark.parametrize(("overdue", "error"), [(True, TimeLimitExceeded), (False, WorkerDied)])
def test_the_error_says_what_ended_the_worker(overdue: bool, error: type[PoolError]) -> None:
    """A worker that was ended for its time is not one that died."""
    load = load_of(1, limit=2.0)
    assign_blame(load, Mark(0, 1, loading=False), overdue, "ended")
    assert type(blamed(load)[0, 0]) is error


def test_marks_are_read_as_they_were_written() -> None:
    """The first item, how many, and whether they were being loaded, in one number."""
    assert Mark.read(NOT_BEGUN) is None
    assert Mark.read(LOADING + 7) == Mark(7, 1, loading=True)
    assert Mark.read(mark_of(7, 1)) == Mark(7, 1, loading=False)
    assert Mark.read(mark_of(7_000_000, 64)) == Mark(7_000_000, 64, loading=False)
