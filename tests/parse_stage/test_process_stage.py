"""Real processes: what a page does to its worker happens to no other page."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.failures import FailureKind
from fetcher.parse_stage import FunctionError, PageParser, Parsed, ProcessStage
from fetcher.pool import PoolBroken, PoolTerminated
from tests.parse_stage import user_functions
from tests.parse_stage.parsers import page, parser

MB = 1_000_000
TIME_LIMIT = 3.0
"""Seconds; no good page takes a hundredth of it, and each bad one all of it."""

LIMITED = sys.platform == "linux"
"""Whether the system holds a process to its memory limit."""

OUTCOMES = {
    "good": None,
    "fail": FailureKind.EXTRACT_FAILED,
    "function": FailureKind.EXTRACT_FAILED,
    "exit": FailureKind.PARSER_CRASHED,
    "kill": FailureKind.PARSER_CRASHED,
    "eat": FailureKind.PARSER_CRASHED,
    "hoard": FailureKind.PARSER_CRASHED,
    "loop": FailureKind.PARSE_TIMEOUT,
}

BAD = ["fail", "function", "exit", "kill"] + ["eat", "hoard"] * LIMITED


async def parsed_by(
    parser: PageParser, pages: Sequence[tuple[str, int]], **limits: Any
) -> list[Parsed]:
    """Parse pages, each described by what it does and its size in bytes, all at once."""
    async with ProcessStage(parser, 2, **limits) as stage:
        return await asyncio.gather(
            *(
                stage.parse(page(f"{what}/{number}", b"<title>Shop</title>" + b" " * size))
                for number, (what, size) in enumerate(pages)
            )
        )


def check(pages: Sequence[tuple[str, int]], outcomes: Sequence[Parsed]) -> None:
    """Hold each page against what it should come to."""
    for number, ((what, _), parsed) in enumerate(zip(pages, outcomes, strict=True)):
        kind = OUTCOMES[what]
        assert (parsed.failure and parsed.failure.kind) == kind, parsed
        if kind is None:
            assert parsed.rows == ({"number": number, "title": "Shop"},)
        else:
            assert parsed.rows == ()


@settings(max_examples=6)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["good"] * 6 + BAD),
            st.sampled_from([0, 0, 1000, 100_000, 400_000]),
        ),
        max_size=40,
    ),
    st.none() | st.integers(0, 40),
)
def test_each_page_has_its_own_outcome(pages: list[tuple[str, int]], place: int | None) -> None:
    """Whatever stands beside it in a batch, and whatever happens to that."""
    if place is not None:
        pages.insert(place, ("loop", 0))
    limits = {"time_limit": TIME_LIMIT, "memory_limit": 300 * MB}
    check(pages, asyncio.run(parsed_by(parser("as_its_url_says"), pages, **limits)))


@pytest.mark.parametrize(
    ("what", "limits", "words"),
    [
        ("exit", {}, "the worker process ended with exit code 7"),
        ("kill", {}, "the worker process was killed by SIGKILL (as the system does when memory "),
        ("loop", {"time_limit": 0.3}, "longer than 300ms"),
        ("fail", {}, "ValueError: no price in {'new': 3}"),
        ("function", {}, "the value of later[0] is a function, which no output can hold"),
    ],
)
async def test_the_words_of_a_failure(what: str, limits: dict[str, Any], words: str) -> None:
    """They say what happened to the page, in the user's terms."""
    (parsed,) = await parsed_by(parser("as_its_url_says"), [(what, 0)], **limits)
    assert parsed.failure is not None
    assert parsed.failure.detail.startswith(words)


@pytest.mark.skipif(not LIMITED, reason="only Linux limits the memory of a process")
@pytest.mark.parametrize("what", ["eat", "hoard"])
async def test_a_page_that_needs_too_much_memory(what: str) -> None:
    """It is said, with the limit; and the pages after it do not suffer from what it took."""
    pages = [(what, 0), *[("good", 3 * MB)] * 10]
    outcomes = await parsed_by(parser("as_its_url_says"), pages, memory_limit=200 * MB)
    check(pages, outcomes)
    failure = outcomes[0].failure
    assert failure is not None
    assert failure.detail == (
        "out of memory: the page needed more than the 200 MB that a parse worker may use"
    )


async def test_a_traceback_comes_along() -> None:
    """It is the one of the worker, with the user's source."""
    (parsed,) = await parsed_by(parser("fail"), [("", 0)])
    assert "# this comment shows in the traceback" in parsed.traceback


@pytest.mark.skipif(not LIMITED, reason="only Linux limits the memory of a process")
async def test_a_worker_that_ran_out_of_memory_is_replaced() -> None:
    """Who knows what it still holds."""
    async with ProcessStage(parser("as_its_url_says"), 1, memory_limit=200 * MB) as stage:
        before = await stage.parse(page("where/0"))
        await stage.parse(page("eat/0"))
        after = await stage.parse(page("where/0"))
    assert after.rows[0]["process"] != before.rows[0]["process"]


@pytest.mark.skipif(not LIMITED, reason="only Linux limits the memory of a process")
async def test_memory_that_earlier_pages_keep_is_not_held_against_a_page() -> None:
    """A cache that grows without bound costs a new worker now and then, and no rows."""
    outcomes = await parsed_by(parser("keep_some"), [("", 0)] * 60, memory_limit=200 * MB)
    assert [parsed.failure for parsed in outcomes] == [None] * 60


async def test_rows_of_fields_and_of_a_coroutine() -> None:
    """Fields and a coroutine function work in a worker as they do on the loop."""
    (parsed,) = await parsed_by(parser("awaited", "title"), [("", 0)])
    assert parsed.rows == ({"title": "Shop", "url": "http://127.0.0.1//0"},)


async def test_pages_are_parsed_in_other_processes() -> None:
    """In as many as there are workers, at the most."""
    outcomes = await parsed_by(parser("busy"), [("", 100_000)] * 20)
    processes = {row["process"] for parsed in outcomes for row in parsed.rows}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


async def test_a_function_that_is_not_there_is_said_before_anything_is_fetched() -> None:
    """On entering the stage, and not by each page."""
    with pytest.raises(FunctionError, match="there is no 'missing'"):
        async with ProcessStage(parser("missing"), 1):
            pytest.fail("entered")


async def test_workers_that_cannot_start_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page could be parsed: that is no page's failure."""
    monkeypatch.setattr(user_functions, "only_here", user_functions.one, raising=False)
    async with ProcessStage(parser("only_here"), 1) as stage:
        with pytest.raises(PoolBroken, match="there is no 'only_here'"):
            await stage.parse(page())


async def test_a_worker_killed_from_outside_costs_nothing() -> None:
    """Its page is parsed by another one."""
    async with ProcessStage(parser("busy"), 1) as stage:
        for _ in range(3):
            (row,) = (await stage.parse(page())).rows
            os.kill(int(str(row["process"])), signal.SIGKILL)
        assert (await stage.parse(page())).failure is None


async def test_leaving_ends_what_runs() -> None:
    """Pages on their way are told, and no process is left."""
    async with ProcessStage(parser("as_its_url_says"), 2) as stage:
        tasks = [asyncio.create_task(stage.parse(page(f"loop/{n}"))) for n in range(5)]
        await asyncio.sleep(0.1)
    assert multiprocessing.active_children() == []
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(error) for error in ended] == [PoolTerminated] * 5


async def test_cancelling_the_run_leaves_nothing_behind() -> None:
    """Neither a process nor a task, although every worker hangs."""

    async def run() -> None:
        async with (
            ProcessStage(parser("as_its_url_says"), 2) as stage,
            asyncio.TaskGroup() as group,
        ):
            for number in range(5):
                group.create_task(stage.parse(page(f"loop/{number}")))
            started.set()

    started = asyncio.Event()
    task = asyncio.create_task(run())
    await started.wait()
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert multiprocessing.active_children() == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_tells_those_who_have_not_left() -> None:
    """Pages that gather for a batch, and pages that wait for room."""
    large = b" " * 3 * MB
    async with ProcessStage(parser("as_its_url_says"), 1) as stage:
        waiting = [asyncio.create_task(stage.parse(page(f"loop/{n}", large))) for n in range(4)]
        await asyncio.sleep(0)
    async with ProcessStage(parser("as_its_url_says"), 1) as stage:
        waiting += [asyncio.create_task(stage.parse(page(f"loop/{n}"))) for n in range(4)]
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in ended] == [PoolTerminated] * 8


@pytest.mark.parametrize("size", [100_000, 3 * MB])
async def test_a_cancelled_page_gives_its_room_back(size: int) -> None:
    """More bytes than may be out at a time, all cancelled: those that follow have room.

    Small ones are cancelled while they gather, large ones while they wait for room.
    """
    body = b" " * size
    async with ProcessStage(parser("as_its_url_says"), 1) as stage:
        for _ in range(20):
            tasks = [asyncio.create_task(stage.parse(page(f"good/{n}", body))) for n in range(2)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(60):
            parsed = await asyncio.gather(*(stage.parse(page("good/1", body)) for _ in range(4)))
    assert [each.failure for each in parsed] == [None] * 4
