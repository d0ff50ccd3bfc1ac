"""Any executor under a pool, and a pool in the place of any executor."""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
import importlib.util
import multiprocessing
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fetcher.pool import Pool, PoolTerminated, TimeLimitExceeded
from tests.pool import pool_tasks as tasks
from tests.pool.test_pool_dying import outcomes


@pytest.fixture(scope="module", params=["threads", "processes"])
def on_executor(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """A pool on an executor of the standard library."""
    executor: concurrent.futures.Executor
    if request.param == "threads":
        executor = concurrent.futures.ThreadPoolExecutor(2)
    else:
        context = multiprocessing.get_context("spawn")
        executor = concurrent.futures.ProcessPoolExecutor(2, mp_context=context)
    with executor, Pool(executor=executor) as pool:
        yield pool


def test_every_method_on_an_executor(on_executor: Pool) -> None:
    """The methods and their meaning do not depend on what runs the work."""
    squares = [x * x for x in range(20)]
    assert on_executor.size == 2
    assert on_executor.apply(tasks.sqr, (), {"x": 3}) == 9
    assert on_executor.map(tasks.sqr, range(20)) == squares
    assert on_executor.starmap(tasks.mul, [(x, x) for x in range(20)], 3) == squares
    assert list(on_executor.imap(tasks.sqr, range(20), 3)) == squares
    assert sorted(on_executor.imap_unordered(tasks.sqr, range(20))) == squares


def test_errors_on_an_executor(on_executor: Pool) -> None:
    """Each item has its own outcome, with the original traceback."""
    taken = outcomes(on_executor.imap(tasks.odd_or_error, range(6), 3))
    assert [type(outcome) for outcome in taken] == [ValueError, int] * 3
    seen: list[BaseException] = []
    result = on_executor.apply_async(tasks.raise_key_error, ("k",), error_callback=seen.append)
    with pytest.raises(KeyError) as caught:
        result.get()
    assert seen == [caught.value]


def test_a_broken_executor_fails_the_items(processes: Pool) -> None:
    """What the executor raises reaches whoever waits; a pool of our own would go on."""
    context = multiprocessing.get_context("spawn")
    broken = concurrent.futures.process.BrokenProcessPool
    with (
        concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor,
        Pool(executor=executor) as pool,
    ):
        with pytest.raises(broken):
            pool.apply(tasks.exit_at, (1, 1))
        with pytest.raises(broken):
            pool.apply(tasks.sqr, (1,))


def test_the_executor_is_not_shut_down() -> None:
    """It belongs to whoever made it; join waits for the pool's own work only."""
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        with Pool(executor=executor) as pool:
            result = pool.map_async(tasks.sqr, range(50))
            pool.close()
            pool.join()
            assert result.ready()
        assert executor.submit(tasks.sqr, 3).result() == 9


def test_terminate_cancels_what_waits_on_an_executor() -> None:
    """What has not begun never does, and nobody waits for it."""
    release = threading.Event()
    ran: list[int] = []

    def work(x: int) -> None:
        ran.append(x)
        release.wait(30)

    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        pool = Pool(executor=executor)
        result = pool.map_async(work, range(5), chunksize=1)
        pool.terminate()
        pool.join()
        release.set()
        with pytest.raises(PoolTerminated):
            result.get(timeout=10)
    assert len(ran) <= 1


def test_what_an_executor_cannot_promise_is_refused() -> None:
    """Workers of a foreign executor are not ours to initialize, replace or end."""
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        options: list[dict[str, Any]] = [
            {"kind": "thread"},
            {"maxtasksperchild": 1},
            {"initializer": print},
        ]
        for option in options:
            with pytest.raises(ValueError, match="executor cannot be combined with"):
                Pool(executor=executor, **option)
        with Pool(executor=executor) as pool, pytest.raises(ValueError, match="no time limit"):
            pool.apply(tasks.sqr, (1,), time_limit=1)


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed is not installed"
)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("separate", [False, True], ids=["threads", "processes"])
def test_a_dask_cluster(separate: bool) -> None:
    """A real local cluster: results, errors with their traceback, a lazy input."""
    distributed: Any = importlib.import_module("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=separate, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
        Pool(executor=executor, size=2) as pool,
    ):
        assert pool.map(tasks.sqr, range(50)) == [x * x for x in range(50)]
        assert list(pool.imap(tasks.sqr, range(50), 5)) == [x * x for x in range(50)]
        taken = outcomes(pool.imap(tasks.odd_or_error, range(6), 2))
        assert [type(outcome) for outcome in taken] == [ValueError, int] * 3
        with pytest.raises(KeyError):
            pool.apply(tasks.raise_key_error, ("k",))


@pytest.mark.parametrize("kind", ["thread", "process"])
async def test_a_pool_as_the_executor_of_a_loop(kind: Any) -> None:
    """`loop.run_in_executor` takes it, and cancelling what waits is possible."""
    loop = asyncio.get_running_loop()
    with Pool(kind, 2) as pool:
        executor = pool.as_executor()
        squares = await asyncio.gather(
            *(loop.run_in_executor(executor, tasks.sqr, x) for x in range(20))
        )
        assert squares == [x * x for x in range(20)]
        with pytest.raises(KeyError):
            await loop.run_in_executor(executor, tasks.raise_key_error, "k")


async def test_an_executor_with_a_time_limit(processes: Pool) -> None:
    """Every call made through it has the limit."""
    loop = asyncio.get_running_loop()
    executor = processes.as_executor(time_limit=0.2)
    with pytest.raises(TimeLimitExceeded):
        await loop.run_in_executor(executor, tasks.busy_for_ever)
    assert await loop.run_in_executor(executor, tasks.sqr, 3) == 9


@pytest.mark.parametrize("cancel", [False, True])
def test_an_executor_is_shut_down(cancel: bool) -> None:
    """As with any executor: the rest is done, or cancelled, and then the workers end."""
    executor = Pool("thread", 1).as_executor()
    futures = [executor.submit(tasks.sqr, x, wait=0.05) for x in range(4)]
    executor.shutdown(cancel_futures=cancel)
    if cancel:
        with pytest.raises(PoolTerminated):
            futures[-1].result(timeout=10)
    else:
        assert [future.result(timeout=10) for future in futures] == [0, 1, 4, 9]
    with pytest.raises(ValueError, match="not running"):
        executor.submit(tasks.sqr, 1)


def test_a_cancelled_future_stays_cancelled() -> None:
    """Its result is dropped, and other futures are not disturbed."""
    with Pool("thread", 1) as pool:
        executor = pool.as_executor()
        first = executor.submit(tasks.sqr, 2, wait=0.2)
        second = executor.submit(tasks.sqr, 3)
        assert second.cancel()
        assert first.result(timeout=10) == 4
        assert second.cancelled()
        assert executor.submit(tasks.sqr, 4).result(timeout=10) == 16
