"""Tasks that do next to nothing, so that only the pool is measured.

    python benchmarks/pool_tiny.py

The ratios are against the script with a semaphore and gather for coroutines,
and against `multiprocessing` at the same chunk size for threads and processes.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import multiprocessing.pool
from collections import deque
from collections.abc import Iterable

from pool_common import Candidate, optional, show

from fetcher.pool import Pool, amap

AT_ONCE = 100


def tiny(x: int) -> int:
    """Do nothing worth mentioning."""
    return x + 1


async def tiny_coroutine(x: int) -> int:
    """Do nothing, without ever waiting."""
    return x + 1


async def tiny_wait(x: int) -> int:
    """Do nothing, and let the others have a turn."""
    await asyncio.sleep(0)
    return x + 1


def drain(results: Iterable[object]) -> None:
    """Take all results and keep none."""
    deque(results, maxlen=0)


def coroutines(count: int, waiting: bool) -> None:
    """Compare the ways of running coroutines with a limit."""
    work = tiny_wait if waiting else tiny_coroutine

    async def semaphore_and_gather() -> None:
        semaphore = asyncio.Semaphore(AT_ONCE)

        async def one(x: int) -> int:
            async with semaphore:
                return await work(x)

        await asyncio.gather(*(one(x) for x in range(count)))

    async def with_amap(ordered: bool) -> None:
        async for _ in amap(work, range(count), max_at_once=AT_ONCE, ordered=ordered):
            pass

    gevent = optional("gevent")
    gevent_pool = optional("gevent.pool")

    def greenlets() -> None:
        assert gevent is not None
        assert gevent_pool is not None
        body = (lambda x: gevent.sleep(0) or x + 1) if waiting else tiny
        drain(gevent_pool.Pool(AT_ONCE).imap_unordered(body, range(count)))

    with Pool("async", AT_ONCE) as pool:
        show(
            f"coroutines that {'wait once' if waiting else 'never wait'}, {AT_ONCE} at once",
            {
                "asyncio: semaphore and gather": lambda: asyncio.run(semaphore_and_gather()),
                "fetcher.pool: amap": lambda: asyncio.run(with_amap(True)),
                "fetcher.pool: amap, unordered": lambda: asyncio.run(with_amap(False)),
                "fetcher.pool: Pool('async').map": lambda: pool.map(work, range(count)),
                "gevent: Pool.imap_unordered": greenlets if gevent else None,
            },
            against="asyncio: semaphore and gather",
            items=count,
        )


def threads(count: int, chunksize: int) -> None:
    """Compare the pools of threads."""
    with (
        Pool("thread", 2) as ours,
        multiprocessing.pool.ThreadPool(2) as theirs,
        concurrent.futures.ThreadPoolExecutor(2) as executor,
    ):
        candidates: dict[str, Candidate | None] = {
            "multiprocessing: ThreadPool.map": lambda: theirs.map(tiny, range(count), chunksize),
            "fetcher.pool: Pool('thread').map": lambda: ours.map(tiny, range(count), chunksize),
            "multiprocessing: ThreadPool.imap_unordered": lambda: drain(
                theirs.imap_unordered(tiny, range(count), chunksize)
            ),
            "fetcher.pool: Pool('thread').imap_unordered": lambda: drain(
                ours.imap_unordered(tiny, range(count), chunksize)
            ),
        }
        if chunksize == 1:  # it has no chunks
            candidates["concurrent.futures: ThreadPoolExecutor.map"] = lambda: drain(
                executor.map(tiny, range(count))
            )
        show(
            f"2 threads, chunk size {chunksize}",
            candidates,
            against="multiprocessing: ThreadPool.map",
            items=count,
        )


def processes(count: int, chunksize: int) -> None:
    """Compare the pools of processes."""
    context = multiprocessing.get_context("forkserver")
    pebble, loky = optional("pebble"), optional("loky")
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(Pool("process", 2, context=context))
        theirs = stack.enter_context(context.Pool(2))
        executor = stack.enter_context(
            concurrent.futures.ProcessPoolExecutor(2, mp_context=context)
        )
        numbers = list(range(count))
        candidates: dict[str, Candidate | None] = {
            "multiprocessing: Pool.map": lambda: theirs.map(tiny, numbers, chunksize),
            "fetcher.pool: Pool('process').map": lambda: ours.map(tiny, numbers, chunksize),
            "multiprocessing: Pool.imap": lambda: drain(theirs.imap(tiny, numbers, chunksize)),
            "fetcher.pool: Pool('process').imap": lambda: drain(
                ours.imap(tiny, numbers, chunksize)
            ),
            "multiprocessing: Pool.imap_unordered": lambda: drain(
                theirs.imap_unordered(tiny, numbers, chunksize)
            ),
            "fetcher.pool: Pool('process').imap_unordered": lambda: drain(
                ours.imap_unordered(tiny, numbers, chunksize)
            ),
            "concurrent.futures: ProcessPoolExecutor.map": lambda: drain(
                executor.map(tiny, numbers, chunksize=chunksize)
            ),
            "pebble: ProcessPool.map": None,
            "loky: get_reusable_executor().map": None,
        }
        if pebble is not None:
            pebbles = stack.enter_context(pebble.ProcessPool(2, context=context))
            candidates["pebble: ProcessPool.map"] = lambda: drain(
                pebbles.map(tiny, numbers, chunksize=chunksize).result()
            )
        if loky is not None:
            reusable = loky.get_reusable_executor(2)
            candidates["loky: get_reusable_executor().map"] = lambda: drain(
                reusable.map(tiny, numbers, chunksize=chunksize)
            )
        ours.map(tiny, range(1000))
        theirs.map(tiny, range(1000))
        show(
            f"2 processes, chunk size {chunksize}",
            candidates,
            against="multiprocessing: Pool.map",
            items=count,
        )


def main() -> None:
    """Print the microseconds that one tiny task takes."""
    coroutines(30_000, waiting=False)
    coroutines(30_000, waiting=True)
    threads(20_000, 1)
    threads(500_000, 100)
    processes(10_000, 1)
    processes(100_000, 10)
    processes(500_000, 100)
    processes(1_000_000, 1000)


if __name__ == "__main__":
    main()
