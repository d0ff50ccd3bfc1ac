"""The memory of `imap_unordered` over ten million integers: `python benchmarks/pool_memory.py`.

Prints this process's memory on the way, so that it can be seen to stay flat;
and what a consumer costs that stops taking results, here and in multiprocessing.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from fetcher.pool import Pool

MILLIONS = 10
PAUSE = 5


def memory() -> float:
    """Return the memory of this process in MB, and where that cannot be read its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        return peak()
    return pages * resource.getpagesize() / 1e6


def peak() -> float:
    """Return the most memory that this process ever had, in MB."""
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def consume(results: Iterator[int], count: int) -> None:
    """Take the results and print the memory ten times on the way."""
    began = time.perf_counter()
    for number, _ in enumerate(results, 1):
        if number % (count // 10) == 0:
            passed = time.perf_counter() - began
            print(f"  after {number:>10,} in {passed:6.1f} s: {memory():8.1f} MB", flush=True)
    print(f"  peak {peak():8.1f} MB")


def ours() -> None:
    """Ten million integers through this project's pool."""
    count = MILLIONS * 1_000_000
    print(f"fetcher.pool: imap_unordered over {count:,} integers, chunk size 1000")
    with Pool("process", 2) as pool:
        consume(pool.imap_unordered(abs, range(count), chunksize=1000), count)


class Counted:
    """Ten million integers, counting how many of them were taken."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[int]:
        for number in range(MILLIONS * 1_000_000):
            self.read += 1
            yield number


def pause(imap_unordered: Callable[..., Iterator[int]]) -> None:
    """Take one result, then none for a while, as a slow consumer does."""
    numbers = Counted()
    next(imap_unordered(abs, numbers, chunksize=1))
    time.sleep(PAUSE)
    print(f"  after one result and {PAUSE} s: {numbers.read:,} items read, {memory():.1f} MB")


def slow_ours() -> None:
    """A slow consumer of this project's pool."""
    print("fetcher.pool: imap_unordered, the consumer pauses")
    with Pool("process", 2) as pool:
        pause(pool.imap_unordered)


def slow_theirs() -> None:
    """A slow consumer of multiprocessing's pool."""
    print("multiprocessing: Pool.imap_unordered, the consumer pauses")
    with multiprocessing.get_context("forkserver").Pool(2) as pool:
        pause(pool.imap_unordered)


def slow_threads() -> None:
    """A slow consumer of multiprocessing's pool of threads."""
    print("multiprocessing: ThreadPool.imap_unordered, the consumer pauses")
    with multiprocessing.pool.ThreadPool(2) as pool:
        pause(pool.imap_unordered)


if __name__ == "__main__":
    parts = {
        "ours": ours,
        "slow-ours": slow_ours,
        "slow-theirs": slow_theirs,
        "slow-threads": slow_threads,
    }
    if len(sys.argv) > 1:
        parts[sys.argv[1]]()
    else:
        # Each in a process of its own: a peak is the peak of all that came before.
        for part in parts:
            subprocess.run([sys.executable, __file__, part], check=True)
