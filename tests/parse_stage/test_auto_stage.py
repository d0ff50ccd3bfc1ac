"""Pages are parsed inline until that is too much for the loop, and then on processes."""

import asyncio
import multiprocessing
import os

import pytest

from fetcher.parse_stage import AutoStage, FunctionError, Parsed
from tests.parse_stage import user_functions
from tests.parse_stage.parsers import page, parser

MANY = 3000
"""Pages of 5 ms: parsed inline they take 15 s, of which a decision needs a fraction."""


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the machine look like one with two processors."""
    monkeypatch.setattr("fetcher.parse_stage.auto_stage.usable_cpus", lambda: 2)


async def parse_until_moved(stage: AutoStage, at_once: int = 20) -> list[Parsed]:
    """Parse pages until one was parsed after the move, and all that have begun by then."""
    outcomes: list[Parsed] = []
    while len(outcomes) < MANY:
        over = stage.moved
        outcomes += await asyncio.gather(*(stage.parse(page()) for _ in range(at_once)))
        if over:
            break
    return outcomes


def processes(outcomes: list[Parsed]) -> list[object]:
    """Return where each page was parsed."""
    return [row["process"] for parsed in outcomes for row in parsed.rows]


async def test_heavy_pages_move_to_processes() -> None:
    """The first ones are parsed here, the last ones elsewhere, and each of them once."""
    async with AutoStage(parser("busy")) as stage:
        outcomes = await parse_until_moved(stage)
        assert stage.moved
    where = processes(outcomes)
    assert len(where) == len(outcomes) < MANY
    assert where[0] == os.getpid()
    assert os.getpid() not in where[-20:]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("function", ["one", "rest"])
async def test_light_pages_stay(function: str) -> None:
    """Pages that are quick, and pages whose function waits for something else."""
    async with AutoStage(parser(function)) as stage:
        for _ in range(40):
            await asyncio.gather(*(stage.parse(page()) for _ in range(10)), asyncio.sleep(0.01))
        assert not stage.moved
        assert multiprocessing.active_children() == []


async def test_a_single_processor_is_not_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker would only take the time of the loop."""
    monkeypatch.setattr("fetcher.parse_stage.auto_stage.usable_cpus", lambda: 1)
    async with AutoStage(parser("busy")) as stage:
        outcomes = await asyncio.gather(*(stage.parse(page()) for _ in range(100)))
        assert set(processes(outcomes)) == {os.getpid()}
        assert multiprocessing.active_children() == []


async def test_it_stays_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """That costs time, and no page."""
    monkeypatch.setattr(user_functions, "only_here", user_functions.busy, raising=False)
    async with AutoStage(parser("only_here")) as stage:
        outcomes = await asyncio.gather(*(stage.parse(page()) for _ in range(300)))
        assert not stage.moved
    assert processes(outcomes) == [os.getpid()] * 300


async def test_it_moves_without_the_page_that_led_the_way() -> None:
    """If that one is cancelled, others follow all the same."""
    async with AutoStage(parser("busy")) as stage:
        tasks: set[asyncio.Task[Parsed]] = set()
        for _ in range(MANY):
            tasks.add(asyncio.create_task(stage.parse(page())))
            await asyncio.sleep(0)
            if multiprocessing.active_children():
                break
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        outcomes = await parse_until_moved(stage)
        assert stage.moved
    assert os.getpid() not in processes(outcomes)[-20:]


async def test_a_function_that_is_not_there_is_said_before_anything_is_fetched() -> None:
    """On entering the stage."""
    with pytest.raises(FunctionError, match="there is no 'missing'"):
        async with AutoStage(parser("missing")):
            pytest.fail("entered")
