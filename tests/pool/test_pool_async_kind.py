"""Pools of coroutines: the loop is the pool's own, the code around it is ordinary."""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest

from fetcher.pool import Pool, PoolTerminated
from tests.pool.pool_tasks import async_sqr
from tests.pool.test_pool_dying import outcomes


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """A pool of ten coroutines."""
    with Pool("async", 10) as made:
        yield made


async def fail_if_even(x: int) -> int:
    await asyncio.sleep(0)
    if x % 2 == 0:
        raise ValueError(x)
    return x


def test_every_method(pool: Pool) -> None:
    """The methods of multiprocessing.Pool, with coroutine functions."""
    squares = [x * x for x in range(30)]
    assert pool.apply(async_sqr, (5,)) == 25
    assert pool.apply(async_sqr, (), {"x": 3}) == 9
    assert pool.map(async_sqr, range(30)) == squares
    assert pool.map_async(async_sqr, range(30), chunksize=4).get() == squares
    assert pool.starmap(async_sqr, [(x, 0.001) for x in range(30)]) == squares
    assert pool.starmap_async(async_sqr, [(x,) for x in range(30)]).get() == squares
    assert list(pool.imap(async_sqr, range(30))) == squares
    assert list(pool.imap(async_sqr, range(30), 7)) == squares
    assert sorted(pool.imap_unordered(async_sqr, range(30))) == squares
    assert pool.map(async_sqr, []) == []


def test_never_more_than_size_at_once(pool: Pool) -> None:
    """Whatever the chunks and however many calls at the same time, ten is the limit."""
    running = most = 0

    async def work(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    handles = [pool.map_async(work, range(25), chunksize=size) for size in (1, 5, 25)]
    for handle in handles:
        handle.get()
    assert most == 10


def test_waits_take_place_at_the_same_time() -> None:
    """A hundred waits of half a second end long before fifty seconds have passed."""
    with Pool("async", 100) as pool:
        began = time.monotonic()
        pool.map(asyncio.sleep, [0.5] * 100)
        assert time.monotonic() - began < 5


def test_each_item_has_its_outcome(pool: Pool) -> None:
    """An error is raised at its place, and the iteration goes on."""
    taken = outcomes(pool.imap(fail_if_even, range(6), 3))
    assert [type(outcome) for outcome in taken] == [ValueError, int] * 3


def test_callbacks_and_error_callbacks(pool: Pool) -> None:
    """They are called like those of any other kind."""
    seen: list[Any] = []
    pool.apply_async(fail_if_even, (1,), None, seen.append, seen.append).wait()
    pool.apply_async(fail_if_even, (2,), None, seen.append, seen.append).wait()
    assert seen[0] == 1
    assert isinstance(seen[1], ValueError)


def test_anything_that_returns_an_awaitable_will_do(pool: Pool) -> None:
    """Partials, and plain functions that return what can be awaited."""

    def later(x: int) -> Awaitable[int]:
        return async_sqr(x)

    assert pool.map(functools.partial(async_sqr, wait=0.001), range(3)) == [0, 1, 4]
    assert pool.map(later, range(3)) == [0, 1, 4]  # type: ignore[comparison-overlap]


def test_a_plain_function_is_an_error_of_its_item(pool: Pool) -> None:
    """The message says what came instead of something to await."""
    with pytest.raises(TypeError, match="abs is not a coroutine function: it returned a int"):
        pool.map(abs, [1])


def test_all_run_on_one_loop_in_one_thread(pool: Pool) -> None:
    """So what belongs to a loop, a session for example, can be shared."""

    async def where(_: int) -> tuple[str, int]:
        return threading.current_thread().name, id(asyncio.get_running_loop())

    assert len(set(pool.map(where, range(5)))) == 1


@pytest.mark.parametrize("coroutine", [False, True])
def test_the_initializer_runs_once_on_the_loop(coroutine: bool) -> None:
    """It may be a coroutine function; items wait for it."""
    opened: list[Any] = []

    async def open_slowly(what: str) -> None:
        await asyncio.sleep(0.05)
        opened.append(what)

    async def look(_: int) -> list[Any]:
        return list(opened)

    initializer = open_slowly if coroutine else opened.append
    with Pool("async", 3, initializer=initializer, initargs=("session",)) as pool:
        assert pool.map(look, range(3)) == [["session"]] * 3


def test_terminate_cancels_and_lets_clean_up() -> None:
    """Coroutines see their cancellation, and have cleaned up when terminate returns."""
    cleaned: list[int] = []

    async def work(x: int) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)
            cleaned.append(x)

    pool = Pool("async", 3)
    result = pool.map_async(work, range(3))
    time.sleep(0.2)
    pool.terminate()
    assert sorted(cleaned) == [0, 1, 2]
    with pytest.raises(PoolTerminated):
        result.get(timeout=10)
    pool.join()


def test_close_does_the_rest() -> None:
    """What was handed in before close is done when join returns."""
    pool = Pool("async", 2)
    result = pool.starmap_async(async_sqr, [(x, 0.01) for x in range(20)])
    pool.close()
    pool.join()
    assert result.ready()
    assert result.get() == [x * x for x in range(20)]


@pytest.mark.parametrize("option", [{"maxtasksperchild": 3}, {"context": "spawn"}])
def test_options_of_other_kinds_are_refused(option: dict[str, Any]) -> None:
    """There are no workers to replace or to start."""
    with pytest.raises(ValueError, match=f"cannot be combined with {next(iter(option))}"):
        Pool("async", **option)
