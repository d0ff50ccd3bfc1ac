"""`imap` and `imap_unordered`: lazy, bounded, every item with its own outcome."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from fetcher.pool import Pool
from tests.pool import pool_tasks as tasks
from tests.pool.test_pool_dying import outcomes


class Counted:
    """Endless numbers, counting how many were taken."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[int]:
        for number in itertools.count():
            self.read += 1
            yield number


@pytest.mark.parametrize("method", ["imap", "imap_unordered"])
@pytest.mark.parametrize(("chunksize", "buffersize"), [(1, 5), (4, 20), (50, 10)])
def test_an_endless_input_is_read_with_a_bounded_lead(
    pool: Pool, method: str, chunksize: int, buffersize: int
) -> None:
    """Never more items are read than were taken plus the buffer."""
    source = Counted()
    results = getattr(pool, method)(tasks.identity, source, chunksize, buffersize=buffersize)
    for taken in range(200):
        assert source.read <= taken + buffersize + min(chunksize, buffersize)
        next(results)


def test_the_default_lead_is_bounded_too(pool: Pool) -> None:
    """Unless told otherwise, 16 chunks for each worker are on the way."""
    source = Counted()
    results = pool.imap(tasks.identity, source)
    time.sleep(0.2)
    assert source.read == 16 * pool.size
    assert next(results) == 0


def test_work_begins_with_the_call(pool: Pool) -> None:
    """As in multiprocessing, the first items run before anybody iterates."""
    source = Counted()
    pool.imap(tasks.identity, source, buffersize=3)
    assert source.read == 3


@pytest.mark.parametrize("chunksize", [1, 3, 100])
def test_iterating_goes_on_after_an_error(pool: Pool, chunksize: int) -> None:
    """Each item has its own outcome, also those that share a chunk with a failed one."""
    taken = outcomes(pool.imap(tasks.odd_or_error, range(9), chunksize))
    assert [type(outcome) for outcome in taken] == [ValueError, int] * 4 + [ValueError]


def test_next_with_a_timeout(pool: Pool) -> None:
    """It gives up for now, and the result is still there later."""
    results = pool.imap(tasks.sleep_and_pid, [0.5])
    with pytest.raises(TimeoutError):
        results.next(timeout=0.05)
    assert results.next(timeout=20)
    with pytest.raises(StopIteration):
        results.next(timeout=1)


def test_unordered_results_come_as_they_finish(pool: Pool) -> None:
    """A slow first item does not hold back the others."""
    results = pool.imap_unordered(lambda_free_sleep, [0.5, 0.0, 0.0])
    assert list(results) == [0.0, 0.0, 0.5]


def lambda_free_sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_what_was_handed_in_is_done_after_close(kind: Any) -> None:
    """close and join read the rest of the input, so that it can be iterated afterwards."""
    pool = Pool(kind, 2)
    results = pool.imap(tasks.sqr, range(500))
    pool.close()
    with pytest.raises(ValueError, match="not running"):
        pool.imap(tasks.sqr, [1])
    pool.join()
    assert list(results) == [x * x for x in range(500)]


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_the_iterator_keeps_its_pool(kind: Any) -> None:
    """Nobody but the iterator knows the pool, and all results come; then the pool warns."""
    results = Pool(kind, 2).imap(tasks.sqr, range(200))
    assert list(results) == [x * x for x in range(200)]
    with pytest.warns(ResourceWarning, match="never closed"):
        del results


def test_iterating_ends_when_the_pool_does() -> None:
    """Outstanding items fail, then iterating stops; an endless input does not go on for ever."""
    pool = Pool("thread", 2)
    results = pool.imap(tasks.identity, itertools.count(), buffersize=4)
    assert [next(results) for _ in range(10)] == list(range(10))
    pool.terminate()
    assert len(outcomes(results)) <= 5


def test_two_threads_may_share_an_iterator(pool: Pool) -> None:
    """Every result goes to one of them."""
    results = pool.imap_unordered(tasks.identity, range(2000), buffersize=8)
    taken: list[int] = []

    def consume() -> None:
        while True:
            try:
                taken.append(next(results))
            except StopIteration:
                return

    threads = [threading.Thread(target=consume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == list(range(2000))


@pytest.mark.parametrize("sizes", [{"chunksize": 0}, {"buffersize": 0}])
def test_sizes_are_positive(pool: Pool, sizes: dict[str, int]) -> None:
    """A chunk or a buffer of nothing is a mistake."""
    with pytest.raises(ValueError, match="must be 1 or more"):
        pool.imap(tasks.sqr, [1], **sizes)
    if "chunksize" in sizes:
        with pytest.raises(ValueError, match="must be 1 or more"):
            pool.map(tasks.sqr, [1], **sizes)
