"""Reading ahead: as far as wanted, in a task of its own, and closed behind itself."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from fetcher.engine.read_ahead import ReadAhead
from tests.pool.virtual_clock import run


async def settle() -> None:
    """Let everything run that can."""
    await asyncio.sleep(1)


def test_no_more_is_read_than_is_wanted() -> None:
    """After each item it is asked whether more is wanted, and again after each `wake`."""

    async def main() -> None:
        taken: list[int] = []
        limit = 3
        reading = ReadAhead(
            itertools.count(), taken.append, lambda: len(taken) < limit, lambda: None
        )
        reading.begin()
        await settle()
        assert taken == [0, 1, 2]
        reading.wake()
        await settle()
        assert taken == [0, 1, 2]
        limit = 5
        reading.wake()
        await settle()
        assert taken == [0, 1, 2, 3, 4]
        assert not reading.all_read
        assert not reading.ended()
        await reading.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())


def test_a_quick_input_lets_others_run() -> None:
    """An input that is always ready does not keep the loop to itself."""

    async def main() -> None:
        taken: list[int] = []
        at_most = 0
        reading = ReadAhead(range(10_000), taken.append, lambda: True, lambda: None)
        reading.begin()
        while not reading.ended():
            before = len(taken)
            await asyncio.sleep(0)
            at_most = max(at_most, len(taken) - before)
        assert 0 < at_most <= 64
        assert reading.all_read
        await reading.aclose()

    run(main())


def test_the_end_is_told() -> None:
    """The end of the input, and an error in it, call `at_end`; `ended` raises the error."""

    def broken() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    async def main() -> None:
        told = asyncio.Event()
        good = ReadAhead([1, 2], lambda item: None, lambda: True, told.set)
        good.begin()
        await told.wait()
        assert good.ended()
        assert good.all_read
        told.clear()
        bad = ReadAhead(broken(), lambda item: None, lambda: True, told.set)
        bad.begin()
        await told.wait()
        assert not bad.all_read
        with pytest.raises(OSError, match="gone"):
            bad.ended()
        await good.aclose()
        await bad.aclose()

    run(main())


def test_closing_closes_the_input() -> None:
    """The input's own cleaning up is waited for, also when the closing itself is cancelled."""
    steps: list[str] = []

    async def source() -> AsyncIterator[int]:
        try:
            await asyncio.sleep(1000)
            yield 1
        finally:
            steps.append("closing")
            await asyncio.sleep(5)
            steps.append("closed")

    async def main() -> None:
        reading = ReadAhead(source(), lambda item: None, lambda: True, lambda: None)
        reading.begin()
        await settle()
        closing = asyncio.create_task(reading.aclose())
        await settle()
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert steps == ["closing", "closed"]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main())


def test_an_input_that_waits_is_closed_too() -> None:
    """An input of which no more was wanted is closed, a plain one is left to its owner."""
    closed: list[str] = []

    async def source() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append("async")

    def plain() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append("plain")

    async def main() -> None:
        mine = plain()
        for items in (source(), mine):
            reading = ReadAhead(items, lambda item: None, lambda: False, lambda: None)
            reading.begin()
            await settle()
            await reading.aclose()
        assert closed == ["async"]
        assert next(mine) == 2

    run(main())


def test_what_was_not_begun_needs_no_closing() -> None:
    """Closing before the beginning does nothing, and reads nothing."""

    async def main() -> None:
        reading = ReadAhead(iter([1]), pytest.fail, lambda: True, lambda: None)
        assert not reading.ended()
        await reading.aclose()

    run(main())
