"""How a run ends before its time: stop, abort, leaving, and bugs."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from fetcher.failures import FailureKind
from fetcher.model import Result, Target
from fetcher.settings import Order
from tests.engine.scripted import Reply, ScriptedWeb, page, redirect, targets, trickle
from tests.engine.scripted_run import finish, make_run, numbered, urls_of
from tests.pool.virtual_clock import run as on_virtual_clock


def slow_and_quick() -> tuple[ScriptedWeb, list[Target]]:
    """Every third URL takes a minute."""
    urls = [f"http://{'slow' if n % 3 == 0 else 'quick'}{n}/" for n in range(1000)]
    web = ScriptedWeb({url: [page(after=60)] for url in urls if "slow" in url}, page(after=1))
    return web, targets(urls)


@pytest.mark.parametrize("order", Order)
def test_stop_starts_nothing_new(order: Order) -> None:
    """After `stop` what is under way finishes, all finished rows come out, and that is the end."""
    web, rows = slow_and_quick()
    run = make_run(web, rows, concurrency=10, order=order)

    async def main() -> list[Result]:
        asyncio.get_running_loop().call_later(90.5, run.stop)
        return await finish(run)

    results = on_virtual_clock(main())
    assert max(sent.began for sent in web.sent) <= 90.5
    assert all(sent.ended is not None for sent in web.sent)
    assert len(results) == len(web.sent) == run.given
    if order is Order.INPUT:
        indexes = [result.target.index for result in results]
        assert indexes == sorted(indexes)
    assert run.given < run.read


@pytest.mark.parametrize("order", Order)
def test_abort_gives_up_what_is_under_way(order: Order) -> None:
    """After `abort` the run ends at once, with the rows that were finished and no others."""
    web, rows = slow_and_quick()
    run = make_run(web, rows, concurrency=10, order=order)

    async def main() -> tuple[float, list[Result]]:
        loop = asyncio.get_running_loop()
        loop.call_later(30.5, run.stop)
        loop.call_later(35.5, run.abort)
        results = await finish(run)
        return loop.time(), results

    ended, results = on_virtual_clock(main())
    assert ended == 35.5
    finished = {sent.href for sent in web.sent if sent.ended is not None}
    assert {result.target.url for result in results} == finished
    assert len(results) == len(finished)
    assert all(result.outcome.ok for result in results)
    assert len(finished) < len(web.sent)


def test_abort_also_ends_what_has_not_begun_to_run() -> None:
    """A visit that was handed over in the same moment is not sent any more."""

    class Impatient(ScriptedWeb):
        async def send(self, request: Any) -> Any:
            run.abort()
            return await super().send(request)

    web = Impatient(default=page(after=1))
    run = make_run(web, targets(numbered("a", 50)), concurrency=50, host_concurrency=50)
    assert on_virtual_clock(finish(run)) == []
    assert len(web.sent) == 1


def test_stop_gives_out_what_is_already_known() -> None:
    """Rows that need no request come out even when the run was stopped before their turn."""
    web = ScriptedWeb(default=page(after=60))

    async def main() -> list[Result]:
        run = make_run(web, targets(["http://a/", *["no url"] * 500, "http://b/"]), concurrency=1)
        asyncio.get_running_loop().call_later(30, run.stop)
        return await finish(run)

    results = on_virtual_clock(main())
    assert len(results) == 501
    assert urls_of(results)[0] == "http://a/"
    assert len(web.sent) == 1


def test_stop_ends_an_endless_input_of_rows_without_work() -> None:
    """Nothing more is read after `stop`, so that there is an end."""

    async def main() -> int:
        run = make_run(ScriptedWeb(), (Target(n, "no url") for n in itertools.count()))
        count = read = 0
        async for _ in run:
            count += 1
            if count == 1000:
                run.stop()
                read = run.read
        assert run.read <= read + 1
        return count

    assert 1000 <= on_virtual_clock(main()) < 25_000


def test_a_run_that_is_stopped_waits_for_no_input() -> None:
    """An input that never gives its next row does not keep a stopped run alive."""

    async def main() -> list[Result]:
        run = make_run(ScriptedWeb(), trickle(targets(["http://a/"]), 1e9))
        asyncio.get_running_loop().call_later(5, run.stop)
        results = await finish(run)
        assert asyncio.get_running_loop().time() == 5
        return results

    assert on_virtual_clock(main()) == []


def test_leaving_early_cleans_up() -> None:
    """After leaving the loop nothing runs, the transport is closed, and so is the input."""
    closed = False

    async def source() -> AsyncIterator[Target]:
        nonlocal closed
        try:
            for n in itertools.count():
                await asyncio.sleep(0.1)
                yield Target(n, f"http://h{n}/")
        finally:
            await asyncio.sleep(1)
            closed = True

    async def main() -> None:
        web = ScriptedWeb(default=page(after=3))
        run = make_run(web, source())
        async with aclosing(aiter(run)) as results:
            async for _ in results:
                break
        assert not run.defects
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert closed
        assert not web.opened
        assert any(sent.ended is None for sent in web.sent)

    on_virtual_clock(main())


def test_a_cancelled_consumer_leaves_nothing_behind() -> None:
    """Cancelling the task that iterates ends everything before it ends itself."""

    async def main() -> None:
        web = ScriptedWeb(default=page(after=100))
        run = make_run(web, trickle(targets(numbered("a", 100)), 1))
        task = asyncio.create_task(finish(run))
        await asyncio.sleep(10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert not web.opened

    on_virtual_clock(main())


class Broken(Exception):
    """A bug somewhere."""


@pytest.mark.parametrize("error", [Broken("line\nbreak \x1b[31m"), asyncio.CancelledError("stray")])
def test_a_bug_is_a_row_and_a_traceback(error: BaseException) -> None:
    """What a transport or reader raises becomes an internal error; the others go on."""
    web = ScriptedWeb({"http://a/1": [Reply(error)], "http://a/r": [redirect("/1")]})
    rows = ["http://a/0", "http://a/1", "http://a/1", "http://a/r", "http://a/2"]
    run = make_run(web, targets(rows))
    results = on_virtual_clock(finish(run))
    kinds = [result.outcome.failure and result.outcome.failure.kind for result in results]
    internal = FailureKind.INTERNAL_ERROR
    assert kinds == [None, internal, internal, internal, None]
    failure = results[1].outcome.failure
    assert failure is not None
    assert failure.detail.isprintable()
    assert type(error).__name__ in failure.detail
    assert results[1].outcome.attempts == 1
    assert [hop.url for hop in results[3].outcome.hops] == ["http://a/r"]
    assert len(run.defects) == 2
    assert type(error).__name__ in run.defects[0]
    assert "Traceback" in run.defects[0]


def test_only_the_latest_bugs_are_kept() -> None:
    """A bug that strikes every row does not fill the memory."""
    web = ScriptedWeb(default=Reply(Broken()))
    run = make_run(web, targets(numbered("a", 100)))
    assert len(on_virtual_clock(finish(run))) == 100
    assert len(run.defects) == 10
