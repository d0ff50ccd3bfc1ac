"""How late the loop was: all of it, on a clock of its own."""

import asyncio

import pytest

from fetcher.parse_stage import LoopLag
from tests.pool.virtual_clock import VirtualClockLoop, run


def keep_busy(seconds: float) -> None:
    """Let nothing else happen on the loop for so long."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualClockLoop)
    loop.now += seconds


def test_a_free_loop_has_no_lag() -> None:
    """A minute in which nothing happens."""

    async def main() -> LoopLag:
        with LoopLag() as lag:
            await asyncio.sleep(60)
        return lag

    lag = run(main())
    assert lag.longest < 1e-6
    assert lag.percentile(100) < 1e-6


def test_a_stop_counts_for_as_long_as_it_was() -> None:
    """One second of ten without a turn: one waking in ten was late, half of them 0.5 s or more."""

    async def main() -> LoopLag:
        with LoopLag() as lag:
            await asyncio.sleep(9)
            keep_busy(1.0)
            await asyncio.sleep(0)
        return lag

    lag = run(main())
    assert lag.longest == pytest.approx(1.0, abs=0.011)
    assert lag.percentile(89) < 0.001
    assert lag.percentile(95) == pytest.approx(0.5, rel=0.1)
    assert lag.percentile(99) == pytest.approx(0.9, rel=0.1)


def test_a_computer_that_slept_is_no_work() -> None:
    """A week's sleep is noted, and not ten million times."""

    async def main() -> LoopLag:
        with LoopLag() as lag:
            await asyncio.sleep(1)
            keep_busy(7 * 86400.0)
            await asyncio.sleep(0)
        return lag

    assert run(main()).longest == pytest.approx(7 * 86400.0)


def test_nothing_noted_is_nothing_late() -> None:
    """A run that ends at once has figures too."""
    assert LoopLag().percentile(99) == 0.0
    assert LoopLag().longest == 0.0


@pytest.mark.parametrize("lag", [0.0, 3e-6, 0.00123, 0.5, 77.0])
def test_a_percentile_is_close_and_never_more_than_the_longest(lag: float) -> None:
    """The memory of a lag is coarse, by less than a twentieth."""
    figures = LoopLag()
    figures.note(lag)
    figures.note(2 * lag)
    assert max(lag, 1e-5 if lag else 0) >= figures.percentile(50) * 0.95
    assert figures.percentile(50) >= min(lag, figures.longest)
    assert figures.percentile(100) <= figures.longest == 2 * lag


def test_nothing_is_left_on_the_loop() -> None:
    """A loop without timers is what it leaves; else the virtual clock would run on."""

    async def main() -> None:
        with LoopLag():
            await asyncio.sleep(0.1)
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="never happen"):
        run(main())
