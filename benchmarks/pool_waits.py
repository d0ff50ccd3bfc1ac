"""A hundred calls that wait one second each: `python benchmarks/pool_waits.py`.

On coroutines and on threads they take about one second together, whoever runs them.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import multiprocessing.pool
import time

from pool_common import optional, show

from fetcher.pool import Pool, amap

WAITS = [1.0] * 100


async def semaphore_and_gather() -> None:
    """The script that everybody writes."""
    semaphore = asyncio.Semaphore(100)

    async def one(seconds: float) -> None:
        async with semaphore:
            await asyncio.sleep(seconds)

    await asyncio.gather(*(one(seconds) for seconds in WAITS))


async def all_amap() -> None:
    """The same with amap."""
    async for _ in amap(asyncio.sleep, WAITS, max_at_once=100):
        pass


def pool_of_coroutines() -> None:
    with Pool("async", 100) as pool:
        pool.map(asyncio.sleep, WAITS)


def pool_of_threads() -> None:
    with Pool("thread", 100) as pool:
        pool.map(time.sleep, WAITS, chunksize=1)


def multiprocessing_threads() -> None:
    with multiprocessing.pool.ThreadPool(100) as pool:
        pool.map(time.sleep, WAITS, chunksize=1)


def executor_threads() -> None:
    with concurrent.futures.ThreadPoolExecutor(100) as executor:
        list(executor.map(time.sleep, WAITS))


def main() -> None:
    """Print the seconds that 100 waits of one second take."""
    gevent = optional("gevent")
    gevent_pool = optional("gevent.pool")

    def greenlets() -> None:
        assert gevent is not None
        assert gevent_pool is not None
        gevent_pool.Pool(100).map(gevent.sleep, WAITS)

    show(
        "100 waits of 1 s, 100 at once (ideal: 1 s)",
        {
            "asyncio: semaphore and gather": lambda: asyncio.run(semaphore_and_gather()),
            "fetcher.pool: amap": lambda: asyncio.run(all_amap()),
            "fetcher.pool: Pool('async')": pool_of_coroutines,
            "fetcher.pool: Pool('thread')": pool_of_threads,
            "multiprocessing: ThreadPool": multiprocessing_threads,
            "concurrent.futures: ThreadPoolExecutor": executor_threads,
            "gevent: Pool": greenlets if gevent else None,
        },
        against="asyncio: semaphore and gather",
        rounds=3,
        unit="s",
    )


if __name__ == "__main__":
    main()
