"""`amap`: what it yields, in which order, and what it never exceeds."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from fetcher.pool.amap import amap
from tests.pool.virtual_clock import run


async def collect(results: AsyncIterator[Any], into: list[Any] | None = None) -> list[Any]:
    taken = [] if into is None else into
    async for result in results:
        taken.append(result)
    return taken


async def after(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


async def at_once(value: Any) -> Any:
    return value


class Source:
    """An async iterator that notes how it is used: reads, reads at once, closing."""

    def __init__(self, items: Any, pause: float = 0) -> None:
        self.items = iter(items)
        self.pause = pause
        self.read = 0
        self.reading = 0
        self.closed = False

    def __aiter__(self) -> Source:
        return self

    async def __anext__(self) -> Any:
        assert not self.reading, "two reads at once"
        self.reading += 1
        try:
            await asyncio.sleep(self.pause)
            item = next(self.items)
        except StopIteration:
            raise StopAsyncIteration from None
        finally:
            self.reading -= 1
        self.read += 1
        return item

    async def aclose(self) -> None:
        assert not self.reading, "closed while it is read"
        self.closed = True


def test_results_come_in_input_order() -> None:
    """Slow early items do not let later results pass."""
    assert run(collect(amap(after, [3, 1, 2], max_at_once=3))) == [3, 1, 2]


def test_results_come_as_they_finish() -> None:
    """With ordered=False the quickest item comes first."""
    assert run(collect(amap(after, [3, 1, 2], max_at_once=3, ordered=False))) == [1, 2, 3]


def test_an_empty_source_gives_nothing() -> None:
    """No items, no results, no waiting."""
    assert run(collect(amap(after, [], max_at_once=3))) == []
    assert run(collect(amap(after, Source([]), max_at_once=3))) == []


def test_items_run_concurrently() -> None:
    """A hundred waits of one second take one second."""

    async def main() -> float:
        await collect(amap(after, [1.0] * 100, max_at_once=100))
        return asyncio.get_running_loop().time()

    assert run(main()) == pytest.approx(1.0)


@pytest.mark.parametrize("make", [iter, Source], ids=["plain", "async"])
def test_an_endless_source_is_read_no_further_than_needed(make: Callable[[Any], Any]) -> None:
    """Taking three results of an endless input reads no more than the buffer allows."""
    read = 0

    def count() -> Any:
        nonlocal read
        for number in itertools.count():
            read += 1
            yield number

    async def main() -> list[int]:
        taken: list[int] = []
        async with aclosing(amap(at_once, make(count()), max_at_once=2, buffersize=5)) as results:
            async for result in results:
                taken.append(result)
                await asyncio.sleep(10)
                if len(taken) == 3:
                    return taken
        raise AssertionError("unreachable")

    assert run(main()) == [0, 1, 2]
    assert read <= 3 + 5


def test_finished_results_are_delivered_while_the_source_blocks() -> None:
    """A source that waits an hour for its second item does not hold back the first result."""

    async def slow() -> AsyncIterator[float]:
        yield 1.0
        await asyncio.sleep(3600)
        yield 2.0

    async def main() -> list[float]:
        clock = asyncio.get_running_loop().time
        return [clock() async for _ in amap(after, slow(), max_at_once=5)]

    assert run(main()) == pytest.approx([1.0, 3602.0])


def test_an_item_is_only_read_when_it_can_start() -> None:
    """Each item starts in the moment it is read, none waits in between."""
    read_at: list[float] = []
    started_at: list[float] = []

    async def source() -> AsyncIterator[int]:
        clock = asyncio.get_running_loop().time
        for number in range(6):
            read_at.append(clock())
            yield number

    async def work(number: int) -> None:
        started_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(1)

    run(collect(amap(work, source(), max_at_once=2)))
    assert started_at == read_at == pytest.approx([0, 0, 1, 1, 2, 2])


def test_a_rate_spreads_the_starts() -> None:
    """Ten a second means one every tenth of a second, however fast the items are."""
    starts: list[float] = []

    async def work(_: int) -> None:
        starts.append(asyncio.get_running_loop().time())

    run(collect(amap(work, range(25), max_at_once=25, max_per_second=10)))
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert gaps == pytest.approx([0.1] * 24)


def test_a_rate_counts_starts_and_not_permits() -> None:
    """After a source that blocked long, two items do not start in the same moment."""
    starts: list[float] = []

    async def source() -> AsyncIterator[int]:
        await asyncio.sleep(100)
        yield 1
        yield 2

    async def work(_: int) -> None:
        starts.append(asyncio.get_running_loop().time())

    run(collect(amap(work, source(), max_at_once=5, max_per_second=1)))
    assert starts == pytest.approx([100, 101])


def test_an_error_is_raised_at_its_place() -> None:
    """Earlier results come first, then the error, and what runs is cancelled."""
    cancelled: list[int] = []

    async def work(number: int) -> int:
        if number == 1:
            raise LookupError("one")
        try:
            await asyncio.sleep(number)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    async def main() -> list[int]:
        taken: list[int] = []
        with pytest.raises(LookupError, match="one"):
            await collect(amap(work, range(5), max_at_once=5), taken)
        assert len(asyncio.all_tasks()) == 1
        return taken

    assert run(main()) == [0]
    assert sorted(cancelled) == [2, 3, 4]


def test_errors_come_as_values_when_asked() -> None:
    """With return_exceptions every item has its result, the last after an error too."""

    async def work(number: int) -> int:
        if number == 1:
            raise LookupError("one")
        if number == 2:
            raise asyncio.CancelledError
        return number

    results = run(collect(amap(work, range(4), max_at_once=2, return_exceptions=True)))
    assert [type(result) for result in results] == [int, LookupError, asyncio.CancelledError, int]


def test_an_item_that_cancels_itself_raises_that_at_its_place() -> None:
    """As with gather, the CancelledError of an item reaches the consumer, who still runs."""

    async def work(_: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)

    async def main() -> bool:
        with pytest.raises(asyncio.CancelledError):
            await collect(amap(work, [1], max_at_once=1))
        task = asyncio.current_task()
        return task is not None and task.cancelling() == 0

    assert run(main())


def test_a_function_that_is_no_coroutine_function_fails_the_item() -> None:
    """A plain return value and a plain raise are errors of the item, not of the machinery."""

    def plain(number: int) -> Any:
        if number:
            raise LookupError("raised before there was a coroutine")
        return number

    results = run(collect(amap(plain, [0, 1], max_at_once=1, return_exceptions=True)))
    assert [type(result) for result in results] == [TypeError, LookupError]


def test_any_awaitable_will_do() -> None:
    """A function that returns a future is as good as a coroutine function."""

    def later(seconds: float) -> asyncio.Future[float]:
        return asyncio.ensure_future(after(seconds))

    assert run(collect(amap(later, [2.0, 1.0], max_at_once=2))) == [2.0, 1.0]


@pytest.mark.parametrize("as_values", [False, True])
def test_an_error_of_the_source_comes_after_the_items_it_gave(as_values: bool) -> None:
    """What was read is delivered first; then the source's own error is raised, never yielded."""

    async def source() -> AsyncIterator[float]:
        yield 2.0
        yield 1.0
        raise OSError("source broke")

    async def main() -> list[Any]:
        taken: list[Any] = []
        results = amap(after, source(), max_at_once=5, return_exceptions=as_values)
        with pytest.raises(OSError, match="source broke"):
            await collect(results, taken)
        return taken

    assert run(main()) == [2.0, 1.0]


def test_leaving_early_cancels_awaits_and_closes() -> None:
    """After aclose nothing runs any more, cleanups have finished and the source is closed."""
    source = Source(itertools.count())
    cleaned: list[int] = []

    async def work(number: int) -> int:
        try:
            await asyncio.sleep(number)
        finally:
            await asyncio.sleep(0.5)
            cleaned.append(number)
        return number

    async def main() -> None:
        async with aclosing(amap(work, source, max_at_once=4, ordered=False)) as results:
            async for _ in results:
                break
        assert len(asyncio.all_tasks()) == 1

    run(main())
    assert source.closed
    assert len(cleaned) == source.read


def test_break_cleans_up_soon_without_aclosing() -> None:
    """After a plain break the loop closes the iterator when it is next idle."""
    source = Source(itertools.count(1))

    async def main() -> None:
        async for _ in amap(after, source, max_at_once=4):
            break
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == 1

    run(main())
    assert source.closed


def test_cancelling_the_consumer_cancels_the_items() -> None:
    """A cancelled consumer leaves nothing behind, even when it is cancelled twice."""
    ended: list[float] = []

    async def stubborn(number: int) -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            await asyncio.sleep(5)
            ended.append(asyncio.get_running_loop().time())

    async def main() -> None:
        consumer = asyncio.create_task(collect(amap(stubborn, range(3), max_at_once=3)))
        await asyncio.sleep(1)
        consumer.cancel()
        await asyncio.sleep(1)
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        assert len(asyncio.all_tasks()) == 1

    run(main())
    assert ended == pytest.approx([6.0] * 3)


@pytest.mark.parametrize("fatal", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("as_values", [False, True])
def test_interrupts_are_never_swallowed(fatal: type[BaseException], as_values: bool) -> None:
    """KeyboardInterrupt and SystemExit leave the loop, they are nobody's result."""

    async def work(_: int) -> None:
        raise fatal

    with pytest.raises(fatal):
        run(collect(amap(work, [1], max_at_once=1, return_exceptions=as_values)))


def test_each_item_has_its_own_context() -> None:
    """A context variable that one item sets is not seen by the next; the caller's is."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")

    async def work(number: int) -> str:
        seen = variable.get()
        variable.set(f"item {number}")
        return seen

    async def main() -> list[str]:
        variable.set("caller")
        return await collect(amap(work, range(3), max_at_once=1))

    assert run(main()) == ["caller"] * 3


def test_a_slow_consumer_slows_the_reading() -> None:
    """While the consumer takes nothing, the source is read no further."""
    source = Source(range(1000))

    async def main() -> None:
        async with aclosing(amap(at_once, source, max_at_once=3)) as results:
            await anext(results)
            await asyncio.sleep(3600)
        assert source.read <= 1 + 2 * 3

    run(main())


@pytest.mark.parametrize(
    "limits",
    [
        {"max_at_once": 0},
        {"max_at_once": 1, "max_per_second": 0},
        {"max_at_once": 9, "buffersize": 8},
    ],
    ids=str,
)
def test_impossible_limits_are_refused_at_the_call(limits: dict[str, Any]) -> None:
    """A limit that lets nothing through is an error before any iteration."""
    with pytest.raises(ValueError, match=r"must be"):
        amap(after, [], **limits)


def test_something_that_is_no_iterable_is_refused_at_the_call() -> None:
    """A number in the place of the items is a TypeError before any iteration."""
    with pytest.raises(TypeError, match="not iterable"):
        amap(after, 5, max_at_once=1)  # type: ignore[call-overload]


def test_the_function_wins_over_the_module_of_its_name() -> None:
    """`from fetcher.pool import amap` is the function, whoever imported the module before."""
    import fetcher.pool
    import fetcher.pool.amap

    assert fetcher.pool.amap is amap
