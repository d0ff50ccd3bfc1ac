"""Only the time that a coroutine runs is counted."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from fetcher.parse_stage.inline_stage import metered


class Clock:
    """A clock that only moves when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Step:
    """Something to wait for, which gives back what it is sent."""

    def __await__(self) -> Generator[str, Any, Any]:
        return (yield "waiting")


async def work(clock: Clock, steps: int) -> str:
    """Take one second before, between and after the steps."""
    clock.now += 1
    for _ in range(steps):
        await Step()
        clock.now += 1
    return "done"


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_waiting_is_not_counted(steps: int) -> None:
    """A function that waits for its database does not keep the loop busy."""
    clock, spent = Clock(), list[float]()

    async def whole() -> str:
        return await metered(work(clock, steps), spent.append, clock)

    coroutine = whole()
    for _ in range(steps):
        assert coroutine.send(None) == "waiting"
        clock.now += 100
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    assert end.value.value == "done"
    assert spent == [1 + steps]


async def test_an_error_passes_through() -> None:
    """What the coroutine raises is raised, and its time was counted."""
    spent = list[float]()

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await metered(fail(), spent.append)
    assert len(spent) == 1


async def test_cancelling_reaches_the_coroutine() -> None:
    """It can clean up, as it could if nobody measured it."""
    seen = list[str]()
    spent = list[float]()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("cleaned up")

    async def whole() -> None:
        await metered(wait(), spent.append)

    task = asyncio.create_task(whole())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (seen, len(spent)) == (["cleaned up"], 1)
