"""What comes out of the engine and in which order, and how its input is read."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from fetcher.failures import FailureKind
from fetcher.model import NO_PAGE, Page, Result, Target
from fetcher.settings import Order
from fetcher.transport.base import Exchange
from tests.engine.scripted import (
    Reply,
    ScriptedWeb,
    failing,
    page,
    redirect,
    status,
    targets,
    trickle,
)
from tests.engine.scripted_run import fetch, finish, first, make_run, numbered, urls_of
from tests.pool.virtual_clock import run as on_virtual_clock

COMPLETED = Order.COMPLETED


def test_results_come_in_input_order() -> None:
    """Whatever finishes first, rows come out as they went in, each with its own target."""
    rows = targets(numbered("a", 20))
    web = ScriptedWeb({row.url: [page(row.url, after=20 - row.index)] for row in rows})
    results = fetch(web, rows, host_concurrency=20)
    assert [result.target for result in results] == rows
    assert [result.page.title for result in results] == [row.url for row in rows]


def test_results_come_as_completed() -> None:
    """With --order completed the quick ones come first."""
    web = ScriptedWeb({"http://a/0": [page(after=9)], "http://a/1": [page(after=5)]})
    results = fetch(web, targets(numbered("a", 3)), order=COMPLETED)
    assert urls_of(results) == ["http://a/2", "http://a/1", "http://a/0"]


def test_an_empty_input_gives_nothing() -> None:
    """No rows, no results, no requests."""
    web = ScriptedWeb()
    assert fetch(web, []) == []
    assert not web.sent
    assert not web.opened


def test_duplicates_are_sent_once_and_each_has_its_row() -> None:
    """Equal requests are one request, before, while and after it is under way."""
    rows = ["http://a/", "http://b/", "HTTP://A:80/", "http://a/#here", "http://a/x/.."]
    web = ScriptedWeb({"http://a/": [page("A", after=5)]})
    results = fetch(web, trickle(targets(rows), 2))
    assert urls_of(results) == rows
    assert web.times("http://a/") == 1
    assert {result.page.title for result in results if "b" not in result.target.url} == {"A"}


def test_duplicates_of_a_failure_are_not_sent_again() -> None:
    """A failure is an answer too, after its retries."""
    web = ScriptedWeb(default=failing(FailureKind.CONNECT_REFUSED))
    results = fetch(web, trickle(targets(["http://a/"] * 5), 100), retries=1)
    assert [result.outcome.attempts for result in results] == [2] * 5
    assert len(web.sent) == 2


def test_each_duplicate_keeps_its_own_fragment() -> None:
    """Rows that differ in the fragment are one request, and each final URL has its own."""
    rows = ["http://a/#x", "http://a/", "http://a/#y", "http://moved/#z"]
    web = ScriptedWeb({"http://moved/": [redirect("http://a/new#own")]})
    final = [r.outcome.response.url for r in fetch(web, targets(rows)) if r.outcome.response]
    assert final == ["http://a/#x", "http://a/", "http://a/#y", "http://a/new#own"]
    assert web.times("http://a/") == 1


def test_rows_that_cannot_be_fetched_have_their_result() -> None:
    """A row that could not be read, or is no URL, says so, and nothing is sent for it."""
    rows = [Target(0, "?", problem="cut short"), Target(1, "no url"), Target(2, "http://a/")]
    results = fetch(ScriptedWeb(), rows)
    failures = [result.outcome.failure for result in results]
    assert failures[0] is not None
    assert (failures[0].kind, failures[0].detail) == (FailureKind.INVALID_ROW, "cut short")
    assert failures[1] is not None
    assert failures[1].kind is FailureKind.INVALID_URL
    assert failures[2] is None
    assert [result.outcome.attempts for result in results] == [0, 0, 1]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("row", ["not a url", "http://a/"])
def test_many_rows_without_work_do_not_block(row: str, order: Order) -> None:
    """More invalid lines or duplicates in a row than are ever read ahead all come out."""
    rows = targets(["http://slow/", *[row] * 10_500, "http://b/"])
    web = ScriptedWeb({"http://slow/": [page(after=60)], "http://a/": [page(after=1)]})
    results = fetch(web, rows, order=order)
    assert sorted(result.target.index for result in results) == list(range(10_502))
    assert len(web.sent) == 3 if row == "http://a/" else 2


@pytest.mark.parametrize("pause", [0.0, 1.0])
def test_nothing_but_rows_without_work(pause: float) -> None:
    """A list of which nothing can be fetched comes out whole, however slowly it is taken."""

    async def main() -> int:
        run = make_run(ScriptedWeb(), trickle(targets(["no url"] * 300), 0.5), concurrency=1)
        count = 0
        async for _ in run:
            count += 1
            await asyncio.sleep(pause)
        return count

    assert on_virtual_clock(main()) == 300


def test_a_failed_row_has_no_page() -> None:
    """What was read of a redirect that could not be followed is not the page that was wanted."""
    moved = Exchange(status=302, headers={"Location": "mailto:x"}, page=Page("302 Found"))
    [result] = fetch(ScriptedWeb({"http://a/": [Reply(moved)]}), targets(["http://a/"]))
    assert result.outcome.failure is not None
    assert result.page == NO_PAGE


def test_rows_without_work_do_not_hold_up_the_others() -> None:
    """An endless stream of invalid lines leaves room for a request, and it for them."""

    async def main() -> None:
        endless = (Target(n, "http://a/" if n == 5 else "no url") for n in itertools.count())
        run = make_run(ScriptedWeb(), endless, order=COMPLETED, concurrency=1, read_ahead=10)
        async with aclosing(aiter(run)) as results:
            positions = [r.target.index async for r in first(results, 500)]
        assert 5 in positions

    on_virtual_clock(main())


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(("concurrency", "read_ahead"), [(1, 1), (1, 50), (50, 1), (2, 3)])
def test_the_smallest_windows_work(concurrency: int, read_ahead: int, order: Order) -> None:
    """One at once and one row ahead are slow, and complete."""
    rows = targets(["http://a/r", "no url", "http://a/1", "http://a/1", "b", "http://a/2"] * 3)
    web = ScriptedWeb({"http://a/r": [redirect("/1")], "http://a/2": [status(503), page()]})
    limits = {"concurrency": concurrency, "read_ahead": read_ahead}
    results = fetch(web, rows, order=order, **limits)
    assert sorted(result.target.index for result in results) == list(range(18))
    assert web.most <= min(concurrency, read_ahead)


def test_an_endless_input_is_read_lazily() -> None:
    """No more is read than may wait; whoever has seen enough just leaves."""

    async def main() -> None:
        read = 0

        def endless() -> Iterator[Target]:
            nonlocal read
            for read in itertools.count(1):
                yield Target(read - 1, f"http://h{read % 7}/{read}")

        web = ScriptedWeb(default=page(after=1))
        run = make_run(web, endless(), concurrency=5, read_ahead=40)
        async with aclosing(aiter(run)) as results:
            taken = [result async for result in first(results, 100)]
        assert [result.target.index for result in taken] == list(range(100))
        assert run.given == 100
        assert read <= 100 + 40
        assert asyncio.all_tasks() == {asyncio.current_task()}

    on_virtual_clock(main())


def test_a_slow_consumer_stops_the_reading() -> None:
    """While nobody takes results, no more is read and no more is sent than the limits allow."""

    async def main() -> None:
        web = ScriptedWeb()
        endless = (Target(n, f"http://h{n}/") for n in itertools.count())
        run = make_run(web, endless, concurrency=3, read_ahead=1000)
        async with aclosing(aiter(run)) as results:
            await anext(results)
            await asyncio.sleep(1000)
            sent, read = len(web.sent), run.read
            await asyncio.sleep(1000)
            assert (len(web.sent), run.read) == (sent, read)
            assert sent <= 1 + 2 * 3 + 1
            assert read <= 1 + 1000

    on_virtual_clock(main())


def test_a_slow_input_holds_up_nothing() -> None:
    """While the next row takes long, retries go on and finished rows are given out."""
    web = ScriptedWeb({"http://a/": [status(503), page()]})

    async def main() -> tuple[float, list[Result]]:
        run = make_run(web, trickle(targets(["http://a/", "http://b/"]), 500))
        results = aiter(run)
        async with aclosing(results):
            first = await anext(results)
            at = asyncio.get_running_loop().time()
            return at, [first, *[result async for result in results]]

    at, results = on_virtual_clock(main())
    assert at < 510
    assert urls_of(results) == ["http://a/", "http://b/"]
    assert results[0].outcome.attempts == 2


@pytest.mark.parametrize("order", Order)
def test_an_input_that_breaks_gives_all_rows_before(order: Order) -> None:
    """What was read comes out first, retries included, then what the input raised."""

    def broken() -> Iterator[Target]:
        yield from targets(["http://a/", "no url", "http://a/", "http://b/"])
        raise OSError("the disk is gone")

    web = ScriptedWeb({"http://a/": [status(503), page(after=30)]})
    run = make_run(web, broken(), order=order)
    taken: list[Result] = []

    async def main() -> None:
        async for result in run:
            taken.append(result)

    with pytest.raises(OSError, match="the disk is gone"):
        on_virtual_clock(main())
    assert sorted(result.target.index for result in taken) == [0, 1, 2, 3]
    assert not run.all_read
    assert not web.opened


def test_the_end_of_the_input_is_known() -> None:
    """`all_read`, `read` and `given` tell the progress display where the run is."""
    run = make_run(ScriptedWeb(), targets(numbered("a", 7)))
    assert (run.read, run.given, run.all_read, run.in_flight) == (0, 0, False, 0)
    on_virtual_clock(finish(run))
    assert (run.read, run.given, run.all_read, run.in_flight) == (7, 7, True, 0)


def test_nothing_grows_with_the_rows_that_are_done() -> None:
    """Hosts, waiting rows and finished rows are remembered as far as the reading ahead goes."""

    async def main() -> None:
        rows = (Target(n, f"http://h{n}/") for n in range(5_000))
        web = ScriptedWeb(default=page(after=1))
        run = make_run(web, rows, concurrency=20, read_ahead=100)
        async for _ in run:
            assert len(run._frontier._hosts) <= 100
            assert len(run._intake._deduplicator._waiting) <= 100
            assert len(run._answered) <= 100
            assert len(run._frontier._timers) <= 100
        assert not run._frontier._hosts
        assert not run._asking

    on_virtual_clock(main())
