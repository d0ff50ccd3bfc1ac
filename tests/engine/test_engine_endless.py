"""A run that is fed for ever: the same URLs come again and again, and each time they are asked."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing

import pytest

from fetcher.engine.deduplication import InFlightDeduplicator
from fetcher.engine.run import Run
from fetcher.model import Result, Target
from fetcher.settings import Order, Settings
from tests.engine.scripted import ScriptedWeb, page
from tests.engine.scripted_run import NOTHING, finish
from tests.pool.virtual_clock import VirtualClockLoop
from tests.pool.virtual_clock import run as on_virtual_clock

HOUR = 3600.0


class CountingLoop(VirtualClockLoop):
    """A virtual clock that counts how often the loop turns."""

    turns = 0

    def _run_once(self) -> None:
        self.turns += 1
        super()._run_once()  # type: ignore[misc]


async def timetable(rows: Iterable[tuple[float, str]]) -> AsyncIterator[Target]:
    """Give each URL at its time on the loop's clock; and then nothing, for ever."""
    loop = asyncio.get_running_loop()
    for number, (at, url) in enumerate(rows):
        await asyncio.sleep(at - loop.time())
        yield Target(number, url)
    await asyncio.Event().wait()


def rounds(count: int, urls: Iterable[str], every: float) -> list[tuple[float, str]]:
    """All URLs at once, so many times."""
    return [(number * every, url) for number in range(count) for url in urls]


def make_run(web: ScriptedWeb, rows: Iterable[tuple[float, str]], read_ahead: int = 10_000) -> Run:
    """A run as a monitor has it."""
    settings = Settings(order=Order.COMPLETED, read_ahead=read_ahead, retries=0)
    return Run(
        timetable(rows),
        lambda row: NOTHING,
        settings,
        deduplicator=InFlightDeduplicator(),
        make_transport=web.make,
    )


async def take(run: Run, until: float) -> list[Result]:
    """What comes before a time; then the run is left."""
    taken: list[Result] = []
    async with aclosing(aiter(run)) as results:
        try:
            async with asyncio.timeout_at(until):
                async for result in results:
                    taken.append(result)
        except TimeoutError:
            pass
    return taken


def test_each_round_is_asked_anew() -> None:
    """What was answered is forgotten: the next time the same URL comes, it is fetched."""
    web = ScriptedWeb(default=page(after=1))
    urls = [f"http://h{number}/" for number in range(5)]

    async def main() -> None:
        run = make_run(web, rounds(200, urls, 60.0))
        assert len(await take(run, 200 * 60.0)) == 1000
        assert [web.times(url) for url in urls] == [200] * 5
        assert not run._intake._deduplicator._waiting
        assert not run._frontier._hosts
        assert not run._frontier._timers
        assert not run._asking

    on_virtual_clock(main())


def test_what_comes_while_the_same_is_under_way_is_answered_with_it() -> None:
    """Two rows for one request share it, as long as it lasts and no longer."""
    web = ScriptedWeb(default=page(after=10))
    rows = [(0.0, "http://a/"), (5.0, "http://a/"), (11.0, "http://a/")]
    results = on_virtual_clock(take(make_run(web, rows), 100.0))
    assert [result.target.index for result in results] == [0, 1, 2]
    assert [sent.began for sent in web.sent] == [0.0, 11.0]


def test_a_row_that_comes_late_is_asked_at_once() -> None:
    """After hours without work a request begins in the moment that its row comes."""
    web = ScriptedWeb(default=page(after=1))
    times = [0.0, 7 * HOUR, 7 * HOUR + 0.25, 30 * HOUR]
    rows = [(at, f"http://a/{at}") for at in times]
    results = on_virtual_clock(take(make_run(web, rows), 31 * HOUR))
    assert [sent.began for sent in web.sent] == times
    assert len(results) == 4


def test_nothing_turns_while_there_is_nothing_to_do() -> None:
    """A day without work costs a handful of turns of the loop, not a poll each moment."""

    async def main() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, CountingLoop)
        run = make_run(ScriptedWeb(), [(0.0, "http://a/"), (25 * HOUR, "http://b/")])
        async with aclosing(aiter(run)) as results:
            await anext(results)
            before = loop.turns
            await anext(results)
            assert loop.time() == 25 * HOUR
            return loop.turns - before

    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        assert runner.run(main()) < 50


def test_reading_ahead_stays_within_its_bound() -> None:
    """Rows that were read and have no result are never more than `read_ahead`, in any round."""
    web = ScriptedWeb(default=page(after=30))

    async def main() -> None:
        urls = [f"http://h{number}/" for number in range(50)]
        run = make_run(web, rounds(20, urls, 10.0), read_ahead=7)
        count = 0
        async with aclosing(aiter(run)) as results:
            async for _ in results:
                count += 1
                assert run.given == count
                assert run.read - run.given <= 7
                if count == 1000:
                    break

    on_virtual_clock(main())
    assert web.most <= 7


@pytest.mark.parametrize("how", ["stop", "abort"])
def test_a_run_ends_while_its_input_blocks(how: str) -> None:
    """`stop` lets finish what is under way, `abort` does not; neither waits for the next row."""
    web = ScriptedWeb(default=page(after=20))

    async def main() -> tuple[float, int]:
        loop = asyncio.get_running_loop()
        run = make_run(web, [(0.0, "http://a/"), (50.0, "http://a/"), (9 * HOUR, "http://a/")])
        loop.call_at(60.0, getattr(run, how))
        results = await finish(run)
        return loop.time(), len(results)

    assert on_virtual_clock(main()) == ((70.0, 2) if how == "stop" else (60.0, 1))


def test_a_run_without_work_ends_when_it_is_stopped() -> None:
    """Idle for hours, and gone the moment it is told to."""

    async def main() -> float:
        run = make_run(ScriptedWeb(), [(0.0, "http://a/")])
        asyncio.get_running_loop().call_at(5 * HOUR, run.stop)
        await finish(run)
        return asyncio.get_running_loop().time()

    assert on_virtual_clock(main()) == 5 * HOUR
