"""Time limits that really end an item, and end nothing else."""

from __future__ import annotations

import asyncio
import functools
import time
from typing import Any

import pytest

from fetcher.pool import Pool, TimeLimitExceeded
from tests.pool import pool_tasks as tasks
from tests.pool.test_pool_dying import outcomes


@pytest.mark.parametrize("endless", [tasks.busy_for_ever, tasks.stubborn], ids=["busy", "stubborn"])
def test_a_process_that_goes_on_for_ever_is_ended(processes: Pool, endless: Any) -> None:
    """Neither a busy loop nor an ignored SIGTERM helps against the limit."""
    began = time.monotonic()
    with pytest.raises(TimeLimitExceeded, match=r"item 0 of \w+ was stopped .* limit of 0.2 s"):
        processes.apply(endless, time_limit=0.2)
    assert 0.2 <= time.monotonic() - began < 10
    assert processes.apply(tasks.sqr, (2,), time_limit=30) == 4


def test_the_error_is_also_a_timeout_error(processes: Pool) -> None:
    """Code that knows nothing of pools catches TimeoutError."""
    with pytest.raises(TimeoutError):
        processes.apply(time.sleep, (30,), time_limit=0.1)


@pytest.mark.parametrize("chunksize", [1, 10])
def test_the_limit_is_each_items_own(processes: Pool, chunksize: int) -> None:
    """Ten items of 50 ms in a chunk keep a limit of 400 ms; one of them alone does not."""
    function = functools.partial(tasks.sleep_at, slow=4, seconds=30)
    taken = outcomes(processes.imap(function, range(10), chunksize, time_limit=0.4))
    assert isinstance(taken[4], TimeLimitExceeded)
    assert "item 4 of" in str(taken[4])
    assert taken[:4] + taken[5:] == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert processes.map(tasks.sleep_and_pid, [0.05] * 10, chunksize, time_limit=0.4)


def test_an_item_that_waits_for_a_worker_is_not_timed() -> None:
    """The limit counts from the item's own beginning."""
    with Pool("process", 1) as pool:
        assert len(pool.map(tasks.sleep_and_pid, [0.1] * 6, chunksize=1, time_limit=0.4)) == 6


def test_a_coroutine_is_cancelled_at_its_limit() -> None:
    """It can clean up, and the others go on."""
    cleaned: list[float] = []

    async def work(seconds: float) -> float:
        try:
            await asyncio.sleep(seconds)
        finally:
            cleaned.append(seconds)
        return seconds

    with Pool("async", 3) as pool:
        results = pool.map_async(work, [0.01, 30, 0.02], time_limit=0.2)
        with pytest.raises(TimeLimitExceeded, match=r"time limit of 0\.2 s"):
            results.get(timeout=10)
    assert cleaned == [0.01, 0.02, 30]


def test_a_coroutines_own_timeout_error_stays_its_own() -> None:
    """Only the pool's limit is reported as the pool's."""

    async def give_up() -> None:
        raise TimeoutError("the server was slow")

    with Pool("async", 1) as pool, pytest.raises(TimeoutError, match="the server") as caught:
        pool.apply(give_up, time_limit=5)
    assert not isinstance(caught.value, TimeLimitExceeded)


def test_a_thread_cannot_have_a_limit() -> None:
    """A limit that could not be kept is refused, with what to do instead."""
    with Pool("thread", 1) as pool, pytest.raises(ValueError, match="use kind='process'"):
        pool.apply(tasks.sqr, (1,), time_limit=1)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_positive(processes: Pool, limit: float) -> None:
    """A limit of nothing is a mistake."""
    with pytest.raises(ValueError, match="greater than 0"):
        processes.apply(tasks.sqr, (1,), time_limit=limit)
