"""Parsing on the loop: others have their turn between pages."""

import asyncio
import os

import pytest

from fetcher.failures import FailureKind
from fetcher.parse_stage import FunctionError, InlineStage
from tests.parse_stage.parsers import page, parser


async def test_a_page_is_parsed_here() -> None:
    """In this process, with the outcome of the parser."""
    async with InlineStage(parser("where")) as stage:
        parsed = await stage.parse(page())
    assert parsed.rows == ({"process": os.getpid()},)


async def test_a_function_that_is_not_there_is_said_before_anything_is_fetched() -> None:
    """On entering the stage."""
    with pytest.raises(FunctionError, match="there is no 'missing'"):
        async with InlineStage(parser("missing")):
            pytest.fail("entered")


async def test_out_of_memory_is_the_pages_failure() -> None:
    """As far as Python itself notices it."""
    async with InlineStage(parser("no_memory")) as stage:
        parsed = await stage.parse(page())
    assert parsed.failure is not None
    assert parsed.failure.kind is FailureKind.PARSER_CRASHED
    assert parsed.failure.detail == "out of memory: the page needed more than there is"


async def test_others_have_their_turn_between_pages() -> None:
    """Pages that came at the same moment are not parsed all in one turn of the loop."""
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with InlineStage(parser("busy")) as stage:
        counting = asyncio.create_task(count_turns())
        await asyncio.gather(*(stage.parse(page()) for _ in range(10)))
        counting.cancel()
    assert turns >= 9


async def test_functions_that_wait_do_so_together() -> None:
    """No page has to wait for what another page's function awaits."""
    async with InlineStage(parser("meet")) as stage:
        async with asyncio.timeout(30):
            both = await asyncio.gather(stage.parse(page()), stage.parse(page()))
    assert [parsed.rows for parsed in both] == [({"met": True},)] * 2


async def test_cancelling_one_page_leaves_the_others() -> None:
    """Whether it waits for its turn or for its function."""
    async with InlineStage(parser("wait_for_ever")) as waiting, InlineStage(parser("one")) as stage:
        tasks = [asyncio.create_task(waiting.parse(page())) for _ in range(2)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(error) for error in ended] == [asyncio.CancelledError] * 2
        assert (await stage.parse(page())).failure is None
