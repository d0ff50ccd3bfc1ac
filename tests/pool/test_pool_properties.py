"""Properties: one outcome for each item, order where promised, no limit exceeded, nothing left."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetcher.pool import NotPicklable, Pool, TimeLimitExceeded, WorkerDied, amap
from fetcher.pool.chunks import Call, Chunk, Errors
from fetcher.pool.processes.pieces import ChunkJob, Load, Piece
from tests.pool.pool_tasks import identity
from tests.pool.test_pool_dying import outcomes
from tests.pool.virtual_clock import run

seconds = st.sampled_from([0.0, 0.0, 0.1, 0.5, 1.0, 3.0])


@dataclass(frozen=True)
class Item:
    """What one item does: how long the source takes for it, how long it runs, how it ends."""

    number: int
    wait: float
    takes: float
    end: str


@dataclass
class Watch:
    """What was seen while items ran."""

    started: list[float] = field(default_factory=list)
    read: int = 0
    running: int = 0
    most: int = 0
    ended: int = 0
    closed: bool = False

    async def source(self, items: list[Item]) -> AsyncIterator[Item]:
        try:
            for item in items:
                await asyncio.sleep(item.wait)
                self.read += 1
                yield item
        finally:
            self.closed = True

    async def work(self, item: Item) -> int:
        self.started.append(asyncio.get_running_loop().time())
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(item.takes)
            if item.end == "cancels itself":
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await asyncio.sleep(1)
        finally:
            try:
                if item.end == "cleans up":
                    await asyncio.sleep(0.3)
            finally:
                self.running -= 1
                self.ended += 1
        if item.end == "error":
            raise ValueError(item.number)
        return item.number


@st.composite
def work_lists(draw: st.DrawFn) -> list[Item]:
    """A list of up to thirty items."""
    ends = st.sampled_from(["value", "value", "error", "cancels itself", "cleans up"])
    count = draw(st.integers(0, 30))
    return [Item(i, draw(seconds), draw(seconds), draw(ends)) for i in range(count)]


def outcome_of(item: Item) -> Any:
    """What the item's outcome must be."""
    return {"error": ValueError, "cancels itself": asyncio.CancelledError}.get(
        item.end, item.number
    )


limits = {
    "items": work_lists(),
    "max_at_once": st.integers(1, 6),
    "more_room": st.integers(0, 6),
    "per_second": st.none() | st.sampled_from([0.5, 1.0, 3.0, 10.0]),
    "ordered": st.booleans(),
    "pause": seconds,
}


@given(**limits)
def test_each_item_has_one_outcome_and_no_limit_is_exceeded(
    items: list[Item],
    max_at_once: int,
    more_room: int,
    per_second: float | None,
    ordered: bool,
    pause: float,
) -> None:
    """For any mix of values, errors, cancellations and delays, with a slow or a quick consumer."""
    watch = Watch()
    buffersize = max_at_once + more_room

    async def main() -> list[Any]:
        taken: list[Any] = []
        async for outcome in amap(
            watch.work,
            watch.source(items),
            max_at_once=max_at_once,
            max_per_second=per_second,
            ordered=ordered,
            return_exceptions=True,
            buffersize=buffersize,
        ):
            taken.append(type(outcome) if isinstance(outcome, BaseException) else outcome)
            assert watch.read <= len(taken) + buffersize
            await asyncio.sleep(pause)
        assert len(asyncio.all_tasks()) == 1
        return taken

    taken = run(main())
    expected = [outcome_of(item) for item in items]
    assert taken == expected if ordered else sorted(map(str, taken)) == sorted(map(str, expected))
    assert watch.most <= max_at_once
    assert watch.running == 0
    assert watch.closed or not items
    if per_second is not None:
        count = max(1, int(per_second))
        for earlier, later in zip(watch.started, watch.started[count:], strict=False):
            assert later - earlier >= count / per_second - 1e-6


@given(leave_after=st.integers(0, 10), cancel_at=st.none() | seconds, **limits)
def test_whoever_leaves_leaves_nothing_behind(
    items: list[Item],
    max_at_once: int,
    more_room: int,
    per_second: float | None,
    ordered: bool,
    pause: float,
    leave_after: int,
    cancel_at: float | None,
) -> None:
    """Leaving after some results, at an error, or by cancellation: all that began has ended."""
    watch = Watch()

    async def consume() -> None:
        results = amap(
            watch.work,
            watch.source(items),
            max_at_once=max_at_once,
            max_per_second=per_second,
            ordered=ordered,
            buffersize=max_at_once + more_room,
        )
        async with aclosing(results):
            for _ in range(leave_after):
                if await anext(results, None) is None:
                    return
                await asyncio.sleep(pause)

    async def main() -> None:
        consumer = asyncio.create_task(consume())
        if cancel_at is not None:
            await asyncio.sleep(cancel_at)
            consumer.cancel()
        await asyncio.gather(consumer, return_exceptions=True)
        assert len(asyncio.all_tasks()) == 1
        assert watch.running == 0
        assert watch.ended == len(watch.started)

    run(main())
    assert watch.most <= max_at_once


@pytest.fixture(scope="module")
def threads() -> Iterator[Pool]:
    """A pool of three threads."""
    with Pool("thread", 3) as made:
        yield made


def behave(item: tuple[int, str]) -> Any:
    """Do to a worker what the item says."""
    number, what = item
    if what == "error":
        raise ValueError(number)
    if what == "slow":
        time.sleep(0.002)
    if what == "dies":
        os._exit(1)
    if what == "hangs":
        time.sleep(60)
    if what == "lambda":
        return lambda: number
    return number


def expected_outcome(item: tuple[int, str]) -> Any:
    """Return the value, or the type of the error, that must come out."""
    number, what = item
    errors = {
        "error": ValueError,
        "dies": WorkerDied,
        "hangs": TimeLimitExceeded,
        "lambda": NotPicklable,
    }
    return errors.get(what, number)


def seen(outcome: Any) -> Any:
    """Return the value, or the type of the error, that came out."""
    return type(outcome) if isinstance(outcome, BaseException) else outcome


@given(
    whats=st.lists(st.sampled_from(["value", "error", "slow"]), max_size=40),
    chunksize=st.integers(1, 12),
    buffersize=st.none() | st.integers(1, 20),
    ordered=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_threads_give_one_outcome_for_each_item(
    threads: Pool, whats: list[str], chunksize: int, buffersize: int | None, ordered: bool
) -> None:
    """For any mix of values and errors, any chunk size and any buffer."""
    items = list(enumerate(whats))
    method = threads.imap if ordered else threads.imap_unordered
    taken = [
        seen(outcome)
        for outcome in outcomes(method(behave, items, chunksize, buffersize=buffersize))
    ]
    expected = [expected_outcome(item) for item in items]
    assert taken == expected if ordered else sorted(map(str, taken)) == sorted(map(str, expected))


kinds_of_end = st.sampled_from(["value"] * 6 + ["slow"] * 4 + ["error", "error", "dies", "lambda"])


@given(
    whats=st.lists(kinds_of_end, max_size=40),
    hanging=st.none() | st.integers(0, 39),
    chunksize=st.integers(1, 12),
    ordered=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_processes_give_one_outcome_for_each_item(
    processes: Pool, whats: list[str], hanging: int | None, chunksize: int, ordered: bool
) -> None:
    """Workers may die, hang, or return what cannot be pickled: the other items do not notice."""
    if hanging is not None and hanging < len(whats):
        whats[hanging] = "hangs"
    items = list(enumerate(whats))
    method = processes.imap if ordered else processes.imap_unordered
    limit = 0.5 if "hangs" in whats else None
    taken = [
        seen(outcome) for outcome in outcomes(method(behave, items, chunksize, time_limit=limit))
    ]
    expected = [expected_outcome(item) for item in items]
    assert taken == expected if ordered else sorted(map(str, taken)) == sorted(map(str, expected))


class _Nowhere:
    def deliver(self, index: int, values: list[Any], errors: Errors) -> None:
        """Drop it."""


@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=6),
    skip=st.integers(0, 3),
    data=st.data(),
)
def test_a_load_accounts_for_every_item(sizes: list[int], skip: int, data: st.DataObject) -> None:
    """However outcomes come and pieces go back, each item is recorded once or comes back."""
    call = Call(identity, "item", None)
    jobs = [
        ChunkJob(Chunk(call, index, 0, range(size + skip), _Nowhere()))
        for index, size in enumerate(sizes)
    ]
    load = Load([Piece(job, skip, skip + size) for job, size in zip(jobs, sizes, strict=True)], 0.0)
    everything = [
        (job, p) for job, size in zip(jobs, sizes, strict=True) for p in range(skip, skip + size)
    ]
    assert [load.place(item) for item in range(len(load))] == everything

    back: list[Piece] = []
    recorded = 0
    while recorded < len(load):
        if data.draw(st.booleans()):
            first_unbegun = load.piece_of(recorded) + 1
            back += load.give_back(
                data.draw(st.integers(first_unbegun, max(first_unbegun, len(load.pieces))))
            )
        count = data.draw(st.integers(1, len(load) - recorded))
        values = list(range(recorded, recorded + count))
        load.record(values, {count - 1: ValueError()} if count % 2 else {})
        recorded += count
        if data.draw(st.booleans()):
            break
    back += load.cut(load.reached, len(load))

    returned = [(piece.job, p) for piece in back for p in range(piece.start, piece.stop)]
    done = everything[:recorded]
    assert len(done) + len(returned) == len(everything)
    assert set(map(_key, done + returned)) == set(map(_key, everything))
    for number, (job, position) in enumerate(done):
        assert job.values[position] == number
    for job, size in zip(jobs, sizes, strict=True):
        gone = sum(1 for piece in back if piece.job is job for _ in range(piece.start, piece.stop))
        assert job.missing == gone + skip, size


def _key(place: tuple[ChunkJob, int]) -> tuple[int, int]:
    job, position = place
    return job.chunk.index, position


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
def test_map_is_the_builtin_map(threads: Pool, items: list[int], chunksize: int) -> None:
    """The plainest property of all."""
    assert threads.map(str, items, chunksize) == list(map(str, items))
    pairs = list(itertools.pairwise(items))
    assert threads.starmap(max, pairs, chunksize) == list(itertools.starmap(max, pairs))
