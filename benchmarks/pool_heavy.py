"""Tasks that compute, on all processors, against the loop that does one after the other.

    python benchmarks/pool_heavy.py

It shows from what size on a task is worth a process, and that threads do not help.
"""

from __future__ import annotations

import functools
import multiprocessing
import time
from collections.abc import Callable, Iterable

from pool_common import Candidate, show

from fetcher.pool import Pool

SECONDS_A_ROUND = 2.0
SIZES = [5e-6, 50e-6, 500e-6, 10e-3, 50e-3]


def compute(_: int, turns: int) -> int:
    """Keep a processor busy in Python."""
    total = 0
    for turn in range(turns):
        total += turn & 3
    return total


def turns_for(seconds: float) -> int:
    """Return how many turns take so long here, with nothing else running."""
    best = min(_timed(100_000) for _ in range(5))
    return max(1, int(100_000 * seconds / best))


def _timed(turns: int) -> float:
    began = time.perf_counter()
    compute(0, turns)
    return time.perf_counter() - began


def serially(work: Callable[[int], int], items: Iterable[int]) -> None:
    """One after the other, as if there were no pools."""
    for item in items:
        work(item)


def drain(imap: Callable[..., Iterable[int]], work: object, items: Iterable[int]) -> None:
    """Take all results of an imap and keep none."""
    for _ in imap(work, items):
        pass


def main() -> None:
    """Print how many times quicker than the serial loop each pool is."""
    context = multiprocessing.get_context("forkserver")
    with (
        Pool("process", context=context) as ours,
        Pool("thread", 2) as threads,
        context.Pool(ours.size) as theirs,
    ):
        ours.map(abs, range(100))
        theirs.map(abs, range(100))
        for seconds in SIZES:
            work = functools.partial(compute, turns=turns_for(seconds))
            items = range(max(40, int(SECONDS_A_ROUND / seconds / 2)))
            candidates: dict[str, Candidate | None] = {
                "serial loop": functools.partial(serially, work, items),
                "fetcher.pool: Pool('process').map": functools.partial(ours.map, work, items),
                "fetcher.pool: Pool('process').imap": functools.partial(
                    drain, ours.imap, work, items
                ),
                "fetcher.pool: Pool('thread').map": functools.partial(threads.map, work, items),
                "multiprocessing: Pool.map": functools.partial(theirs.map, work, items),
                "multiprocessing: Pool.imap": functools.partial(drain, theirs.imap, work, items),
            }
            show(
                f"{len(items)} tasks of {seconds * 1e3:g} ms on {ours.size} processors",
                candidates,
                against="serial loop",
                rounds=3,
                unit="s",
            )


if __name__ == "__main__":
    main()
