"""The cases that CPython tests `multiprocessing.Pool` with, for threads and for processes.

Each test names the case of `_TestPool`, `_TestPoolWorkerErrors` or
`_TestPoolWorkerLifetime` that it stands for. Where the outcome is another one
on purpose, docs/pool.md says so.
"""

from __future__ import annotations

import gc
import itertools
import threading
import time
import warnings
import weakref
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from fetcher.pool import NotPicklable, Pool, PoolTerminated, TimeLimitExceeded
from tests.pool import pool_tasks as tasks
from tests.pool.pool_tasks import mul, sqr

Kind = Literal["thread", "process"]
kinds = pytest.mark.parametrize("kind", ["thread", "process"])


class SayWhenError(ValueError):
    """What the sources of these tests raise."""


def exception_throwing_generator(total: int, when: int) -> Iterator[int]:
    if when == -1:
        raise SayWhenError("Somebody said when")
    for i in range(total):
        if i == when:
            raise SayWhenError("Somebody said when")
        yield i


def test_apply(pool: Pool) -> None:
    """test_apply: positional and keyword arguments arrive."""
    assert pool.apply(sqr, (5,)) == 25
    assert pool.apply(sqr, (), {"x": 3}) == 9


def test_map(pool: Pool) -> None:
    """test_map: results in input order, with and without a chunk size."""
    assert pool.map(sqr, list(range(10))) == [x * x for x in range(10)]
    assert pool.map(sqr, list(range(100)), chunksize=20) == [x * x for x in range(100)]


def test_starmap(pool: Pool) -> None:
    """test_starmap: each item is a tuple of arguments."""
    pairs = list(zip(range(100), range(99, -1, -1), strict=True))
    assert pool.starmap(mul, pairs[:10]) == list(itertools.starmap(mul, pairs[:10]))
    assert pool.starmap(mul, pairs, chunksize=20) == list(itertools.starmap(mul, pairs))


def test_starmap_async(pool: Pool) -> None:
    """test_starmap_async: the same by way of a handle."""
    pairs = list(zip(range(100), range(99, -1, -1), strict=True))
    assert pool.starmap_async(mul, pairs).get() == list(itertools.starmap(mul, pairs))


def test_map_async(pool: Pool) -> None:
    """test_map_async: the same by way of a handle."""
    assert pool.map_async(sqr, list(range(10))).get() == [x * x for x in range(10)]


def test_map_async_callbacks(pool: Pool) -> None:
    """test_map_async_callbacks: one callback with the list, or one with the error."""
    calls: list[Any] = []
    pool.map_async(int, ["1"], callback=calls.append, error_callback=calls.append).wait()
    assert calls == [[1]]
    pool.map_async(int, ["a"], callback=calls.append, error_callback=calls.append).wait()
    assert len(calls) == 2
    assert isinstance(calls[1], ValueError)


def test_map_unpicklable(processes: Pool) -> None:
    """test_map_unplicklable: no hang; the original error is the cause of ours."""
    with pytest.raises(NotPicklable, match="CannotPickle") as caught:
        processes.map(sqr, [tasks.CannotPickle()] * 10)  # type: ignore[arg-type]
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_map_chunksize(pool: Pool) -> None:
    """test_map_chunksize: a chunk size and no items do not stall."""
    assert pool.map_async(sqr, [], chunksize=1).get(timeout=10) == []


def test_map_handle_iterable_exception(pool: Pool) -> None:
    """test_map_handle_iterable_exception: an error of the source is raised, every time."""

    class SpecialIterable:
        def __iter__(self) -> SpecialIterable:
            return self

        def __next__(self) -> int:
            raise SayWhenError

        def __len__(self) -> int:
            return 1

    for source in (
        exception_throwing_generator(1, -1),
        exception_throwing_generator(1, -1),
        exception_throwing_generator(10, 3),
        SpecialIterable(),
        SpecialIterable(),
    ):
        with pytest.raises(SayWhenError):
            pool.map(sqr, source, 1)


def test_async(pool: Pool) -> None:
    """test_async: get waits for the result."""
    assert pool.apply_async(sqr, (7, 0.2)).get() == 49


@kinds
def test_async_timeout(kind: Kind) -> None:
    """test_async_timeout: get gives up after its timeout, and the work goes on."""
    with Pool(kind, 3) as pool:
        result = pool.apply_async(sqr, (6, 1.0))
        with pytest.raises(TimeoutError):
            result.get(timeout=0.1)
        assert not isinstance(result.get(), TimeLimitExceeded)
        assert result.get() == 36


def test_imap(pool: Pool) -> None:
    """test_imap: as a whole, one by one, in chunks, and StopIteration at the end."""
    assert list(pool.imap(sqr, list(range(10)))) == [x * x for x in range(10)]
    for count, chunksize in ((10, 1), (1000, 100)):
        results = pool.imap(sqr, list(range(count)), chunksize=chunksize)
        for i in range(count):
            assert next(results) == i * i
        with pytest.raises(StopIteration):
            next(results)


@pytest.mark.parametrize("chunksize", [1, 2, 4])
def test_imap_handle_iterable_exception(pool: Pool, chunksize: int) -> None:
    """test_imap_handle_iterable_exception: all items before the error come, then it does.

    multiprocessing drops the items that shared a chunk with the error.
    """
    for _ in range(2):
        with pytest.raises(SayWhenError):
            next(pool.imap(sqr, exception_throwing_generator(1, -1), chunksize))
    results = pool.imap(sqr, exception_throwing_generator(20, 7), chunksize)
    for i in range(7):
        assert next(results) == i * i
    with pytest.raises(SayWhenError):
        next(results)
    assert list(results) == []


def test_imap_unordered(pool: Pool) -> None:
    """test_imap_unordered: every result once."""
    assert sorted(pool.imap_unordered(sqr, list(range(10)))) == [x * x for x in range(10)]
    results = pool.imap_unordered(sqr, list(range(1000)), chunksize=100)
    assert sorted(results) == [x * x for x in range(1000)]


@pytest.mark.parametrize("chunksize", [1, 2])
def test_imap_unordered_handle_iterable_exception(pool: Pool, chunksize: int) -> None:
    """test_imap_unordered_handle_iterable_exception: what was read comes, then the error."""
    results = pool.imap_unordered(sqr, exception_throwing_generator(20, 7), chunksize)
    assert sorted(next(results) for _ in range(7)) == [x * x for x in range(7)]
    with pytest.raises(SayWhenError):
        next(results)


@kinds
def test_make_pool(kind: Kind) -> None:
    """test_make_pool: no pool of no workers."""
    for size in (-1, 0):
        with pytest.raises(ValueError, match="size"):
            Pool(kind, size)
    pool = Pool(kind, 3)
    assert pool.size == 3
    pool.close()
    pool.join()


def test_terminate() -> None:
    """test_terminate: ten thousand sleeping tasks end at once, and get does not wait for ever."""
    pool = Pool("process", 3)
    result = pool.map_async(time.sleep, [3600] * 10_000, chunksize=1)
    pool.terminate()
    pool.join()
    with pytest.raises(PoolTerminated):
        result.get(timeout=10)


def test_terminate_threads() -> None:
    """test_terminate: threads cannot be stopped, but nobody waits for them either."""
    release = threading.Event()
    pool = Pool("thread", 3)
    result = pool.map_async(release.wait, [3600] * 10_000, chunksize=1)
    pool.terminate()
    pool.join()
    with pytest.raises(PoolTerminated):
        result.get(timeout=10)
    release.set()


@kinds
def test_empty_iterable(kind: Kind) -> None:
    """test_empty_iterable: nothing in, nothing out, nothing hangs."""
    pool = Pool(kind, 1)
    assert pool.map(sqr, []) == []
    assert list(pool.imap(sqr, [])) == []
    assert list(pool.imap_unordered(sqr, [])) == []
    assert pool.map_async(sqr, []).get() == []
    pool.close()
    pool.join()


@kinds
def test_context(kind: Kind) -> None:
    """test_context: after the with block the pool takes no more work."""
    with Pool(kind, 2) as pool:
        assert pool.map_async(sqr, list(range(10))).get() == [x * x for x in range(10)]
    pool.join()
    with pytest.raises(ValueError, match="not running"):
        pool.map_async(sqr, [1])


def test_traceback(processes: Pool) -> None:
    """test_traceback: what happened in the worker shows in the traceback."""
    with pytest.raises(KeyError) as caught:
        processes.apply(tasks.raise_key_error, (123,))
    assert caught.value.args == (123,)
    assert "# this comment shows in the traceback" in str(caught.value.__cause__)
    with pytest.raises(SayWhenError) as local:
        processes.map(sqr, exception_throwing_generator(1, -1), 1)
    assert local.value.__cause__ is None


def test_wrapped_exception() -> None:
    """test_wrapped_exception: with threads it is the very exception."""
    error = RuntimeError("foo")

    def fail() -> None:
        raise error

    with Pool("thread", 1) as pool, pytest.raises(RuntimeError) as caught:
        pool.apply(fail)
    assert caught.value is error
    assert caught.value.__cause__ is None


@kinds
def test_map_no_failfast(kind: Kind) -> None:
    """test_map_no_failfast: map raises when all items have ended, and join does not hang."""
    with Pool(kind, 2) as pool:
        began = time.monotonic()
        with pytest.raises(ValueError, match="xxxxx"):
            pool.map(tasks.raise_large_value_error, [0, 1])
        assert time.monotonic() - began > 0.9
        pool.close()
        pool.join()


class CountedObject:
    """Counts how many of its kind there are in this process."""

    n_instances = 0

    def __new__(cls) -> CountedObject:
        cls.n_instances += 1
        return object.__new__(cls)

    def __del__(self) -> None:
        type(self).n_instances -= 1


def test_release_task_refs(pool: Pool) -> None:
    """test_release_task_refs: arguments and results are not kept alive afterwards."""
    objects = [CountedObject() for _ in range(10)]
    references = [weakref.ref(thing) for thing in objects]
    pool.map(tasks.identity, objects)
    del objects
    for _ in range(50):
        gc.collect()
        if not CountedObject.n_instances:
            break
        time.sleep(0.1)
    assert {reference() for reference in references} == {None}
    assert CountedObject.n_instances == 0


@kinds
def test_enter(kind: Kind) -> None:
    """test_enter: an ended pool cannot be entered."""
    pool = Pool(kind, 1)
    with pool:
        pass
    with pytest.raises(ValueError, match="not running"), pool:
        pass
    pool.join()


@kinds
def test_resource_warning(kind: Kind) -> None:
    """test_resource_warning: a pool that is dropped while it runs warns, and ends."""
    pool = Pool(kind, 1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del pool
        gc.collect()
    assert [warning.category for warning in caught] == [ResourceWarning]


def test_async_error_callback(pool: Pool) -> None:
    """test_async_error_callback: the error goes to the callback and to get."""
    errors: list[BaseException] = []
    result = pool.apply_async(tasks.raise_key_error, ("key",), error_callback=errors.append)
    with pytest.raises(KeyError):
        result.get()
    assert isinstance(errors[0], KeyError)


def test_unpickleable_result(processes: Pool) -> None:
    """test_unpickleable_result: no worker is lost, and the error says what it was."""
    for _ in range(20):
        errors: list[BaseException] = []
        result = processes.apply_async(tasks.return_a_lambda, (3,), error_callback=errors.append)
        with pytest.raises(NotPicklable, match="the result, a function, cannot be pickled"):
            result.get()
        assert isinstance(errors[0], NotPicklable)


@kinds
def test_pool_worker_lifetime(kind: Kind) -> None:
    """test_pool_worker_lifetime: workers are replaced, and no result is lost."""
    who = tasks.pid if kind == "process" else tasks.thread_name
    with Pool(kind, 3, maxtasksperchild=10) as pool:
        results = [pool.apply_async(sqr, (i,)) for i in range(100)]
        assert [result.get() for result in results] == [i * i for i in range(100)]
        workers = [pool.apply(who) for _ in range(40)]
    assert len(set(workers)) >= 4
    assert max(workers.count(worker) for worker in workers) <= 10


@kinds
def test_pool_worker_lifetime_early_close(kind: Kind) -> None:
    """test_pool_worker_lifetime_early_close: join does the rest of the work and ends."""
    pool = Pool(kind, 3, maxtasksperchild=1)
    results = [pool.apply_async(sqr, (i, 0.1)) for i in range(6)]
    pool.close()
    pool.join()
    assert all(result.ready() for result in results)
    assert [result.get() for result in results] == [i * i for i in range(6)]


@pytest.mark.parametrize("value", [0, -1, 0.5, "12"])
def test_pool_maxtasksperchild_invalid(value: Any) -> None:
    """test_pool_maxtasksperchild_invalid: only whole numbers from 1 on."""
    with pytest.raises(ValueError, match="maxtasksperchild"):
        Pool("process", 3, maxtasksperchild=value)


@kinds
def test_pool_initializer(kind: Kind) -> None:
    """_TestInitializers.test_pool_initializer: it must be callable, and runs in the workers."""
    with pytest.raises(TypeError):
        Pool(kind, 1, initializer=1)  # type: ignore[arg-type]
    with Pool(kind, 1, initializer=tasks.initialize, initargs=("a", kind)) as pool:
        assert pool.apply(tasks.initialized)[-1] == ("a", kind)


def test_successful_and_ready(pool: Pool) -> None:
    """AsyncResult.successful: an error to ask before the end, then the truth."""
    slow = pool.apply_async(sqr, (3, 0.3))
    assert not slow.ready()
    with pytest.raises(ValueError, match="not ended"):
        slow.successful()
    slow.wait(0.01)
    assert not slow.ready()
    slow.wait()
    assert slow.ready()
    assert slow.successful()
    failed = pool.apply_async(tasks.raise_key_error, (1,))
    failed.wait()
    assert not failed.successful()


@kinds
def test_join_needs_close(kind: Kind) -> None:
    """Pool.join: a running pool cannot be joined."""
    with Pool(kind, 1) as pool, pytest.raises(ValueError, match="still running"):
        pool.join()
