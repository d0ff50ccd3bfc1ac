"""Any executor parses pages, as far as it can be trusted with them."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from fetcher.failures import FailureKind
from fetcher.parse_stage import ExecutorStage, FunctionError
from fetcher.parse_stage.parse_errors import SPENT
from fetcher.pool import PoolTerminated, WorkerDied
from tests.parse_stage import user_functions
from tests.parse_stage.parsers import page, parser


def processes() -> ProcessPoolExecutor:
    """Return the standard library's executor, on two processes."""
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


@pytest.fixture(params=["threads", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """Return each of the standard library's executors."""
    made: Executor = ThreadPoolExecutor(2) if request.param == "threads" else processes()
    with made:
        yield made


async def test_pages_are_parsed_on_an_executor(executor: Executor) -> None:
    """Small and large ones, each with its own outcome; it can be used afterwards."""
    async with ExecutorStage(parser("as_its_url_says"), executor) as stage:
        paths = [f"{'fail' if n % 7 == 3 else 'good'}/{n}" for n in range(40)]
        outcomes = await asyncio.gather(
            *(stage.parse(page(path, b" " * 10_000 * n)) for n, path in enumerate(paths))
        )
    for number, parsed in enumerate(outcomes):
        if number % 7 == 3:
            assert parsed.failure is not None
            assert parsed.failure.kind is FailureKind.EXTRACT_FAILED
            assert "# this comment shows in the traceback" in parsed.traceback
        else:
            assert parsed.rows == ({"number": number, "title": None},)
    assert executor.submit(abs, -1).result() == 1


async def test_a_coroutine_has_its_own_loop(executor: Executor) -> None:
    """In a thread of ours or of another process there is none that runs."""
    async with ExecutorStage(parser("awaited"), executor) as stage:
        outcomes = await asyncio.gather(*(stage.parse(page()) for _ in range(5)))
    assert [parsed.rows for parsed in outcomes] == [({"url": "http://127.0.0.1/"},)] * 5


async def test_out_of_memory_on_an_executor(executor: Executor) -> None:
    """Its limit is not ours, so the words do not name one."""
    async with ExecutorStage(parser("no_memory"), executor) as stage:
        parsed = await stage.parse(page())
    assert parsed.failure is not None
    assert parsed.failure.kind is FailureKind.PARSER_CRASHED
    assert parsed.failure.detail == "out of memory: the page needed more than there is"


async def test_an_executor_that_gives_up_is_every_pages_failure() -> None:
    """The standard library's parses nothing any more; each page says so, and the run goes on."""
    with processes() as executor:
        async with ExecutorStage(parser("as_its_url_says"), executor) as stage:
            await stage.parse(page("exit/0"))
            outcomes = await asyncio.gather(*(stage.parse(page(f"good/{n}")) for n in range(5)))
    for parsed in outcomes:
        assert parsed.failure is not None
        assert parsed.failure.kind is FailureKind.PARSER_CRASHED
        assert parsed.failure.detail.startswith("BrokenProcessPool: ")


class Forgetful(ThreadPoolExecutor):
    """Loses each batch that has the page `/exit/` in it, as a cluster that restarts a worker."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        def lose() -> None:
            raise ConnectionError("the worker is gone")

        lost = any("/exit/" in page.url for page in args[-1])
        return super().submit(lose) if lost else super().submit(fn, *args, **kwargs)


async def test_the_others_of_a_lost_batch_are_parsed_again() -> None:
    """The page that is lost again, alone, is the one to blame."""
    with Forgetful(1) as executor:
        async with ExecutorStage(parser("as_its_url_says"), executor) as stage:
            paths = [f"{'exit' if n == 3 else 'good'}/{n}" for n in range(6)]
            outcomes = await asyncio.gather(*(stage.parse(page(path)) for path in paths))
    assert [parsed.failure is None for parsed in outcomes] == [n != 3 for n in range(6)]
    assert outcomes[3].failure is not None
    assert outcomes[3].failure.detail == "ConnectionError: the worker is gone"


class Exhausted(ThreadPoolExecutor):
    """Loses a page once, and then has no memory left from the pages of before, again and again."""

    codes = (9, SPENT, SPENT, SPENT)

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        def end() -> None:
            raise WorkerDied(f"the worker process ended with exit code {code} while it ran f")

        if not self.codes:
            return super().submit(fn, *args, **kwargs)
        code, *self.codes = self.codes
        return super().submit(end)


async def test_a_page_is_not_blamed_for_those_before_it() -> None:
    """However often it comes to a worker that has no memory left."""
    with Exhausted(1) as executor:
        async with ExecutorStage(parser("one"), executor) as stage:
            parsed = await stage.parse(page())
    assert parsed.rows == ({"url": "http://127.0.0.1/"},)


async def test_leaving_takes_back_what_has_not_begun() -> None:
    """Somebody else's work goes on, and ours is never begun behind it."""
    release = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        theirs = executor.submit(release.wait, 30)
        async with ExecutorStage(parser("note_that_it_ran"), executor) as stage:
            task = asyncio.create_task(stage.parse(page()))
            await asyncio.sleep(0.05)
        with pytest.raises(PoolTerminated):
            await task
        release.set()
        assert theirs.result()
    assert user_functions.Noted.pages == 0


async def test_a_function_that_is_not_there_is_said_before_anything_is_fetched() -> None:
    """On entering the stage."""
    with ThreadPoolExecutor(1) as executor, pytest.raises(FunctionError, match="no 'missing'"):
        async with ExecutorStage(parser("missing"), executor):
            pytest.fail("entered")


async def test_rows_come_from_the_executors_processes() -> None:
    """And not from this one."""
    with processes() as executor:
        async with ExecutorStage(parser("where"), executor) as stage:
            parsed = await stage.parse(page())
    assert parsed.rows[0]["process"] != os.getpid()
