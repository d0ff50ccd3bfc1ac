"""When our own event loop stalled, and which verdicts that excuses."""

import asyncio

import pytest

from fetcher.judgement.verdict import HEALTHY, Health, Reason, Trouble, Verdict
from fetcher.monitor.connectivity import Stalls, excuse_timeouts
from fetcher.monitor.connectivity.stalls import EVERY, KEPT, MOST
from fetcher.monitor.plan import SelfSettings
from tests.pool.virtual_clock import VirtualClockLoop, run

TIMED_OUT = Reason(Health.UNHEALTHY, Trouble.TIMEOUT, "no answer")
SLOW = Reason(Health.DEGRADED, Trouble.TIMEOUT, "answered after 3 s")
WRONG = Reason(Health.UNHEALTHY, Trouble.CONTENT, "another title")
OLD = Reason(Health.DEGRADED, Trouble.FLAKY, "only the 2nd try")


def keep_busy(seconds: float) -> None:
    """Let nothing else happen on the loop for so long."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualClockLoop)
    loop.now += seconds


def test_a_loop_that_runs_excuses_nothing() -> None:
    """An hour in which nothing happens."""

    async def main() -> float:
        with Stalls() as stalls:
            await asyncio.sleep(3600)
            return stalls.within(0, 3600)

    assert run(main()) == 0


def test_a_stop_excuses_what_ran_meanwhile() -> None:
    """As many seconds as both have in common."""

    async def main() -> None:
        with Stalls() as stalls:
            await asyncio.sleep(10.05)
            keep_busy(5.0)
            await asyncio.sleep(10)
            stopped = pytest.approx(5.0, abs=EVERY)
            assert stalls.within(0, 20) == stopped
            assert stalls.within(0, 12) == pytest.approx(2.0, abs=EVERY)
            assert stalls.within(13, 20) == pytest.approx(2.0, abs=EVERY)
            assert stalls.within(0, 10) == stalls.within(15.1, 20) == 0

    run(main())


def test_a_stop_counts_before_the_timer_has_seen_it() -> None:
    """What timed out because of it is handled first."""

    async def main() -> float:
        with Stalls() as stalls:
            await asyncio.sleep(1)
            keep_busy(5.0)
            return stalls.within(0.5, asyncio.get_running_loop().time())

    assert run(main()) == pytest.approx(5.0, abs=EVERY)


def test_every_waking_is_told() -> None:
    """For those who keep figures: ten a second, each with its lateness."""
    told: list[float] = []

    async def main() -> None:
        with Stalls(told.append):
            await asyncio.sleep(1.05)
            keep_busy(2.0)
            await asyncio.sleep(0.01)

    run(main())
    assert len(told) == 11
    assert max(told[:10]) < 1e-6
    assert told[10] == pytest.approx(2.0, abs=EVERY)


def test_old_stops_are_forgotten() -> None:
    """By their age, and by their number."""

    async def main() -> None:
        with Stalls() as stalls:
            for _ in range(MOST + 100):
                await asyncio.sleep(0.15)
                keep_busy(0.3)
            assert len(stalls._stalls) == MOST
            await asyncio.sleep(KEPT + 1)
            assert not stalls._stalls

    run(main())


def test_nothing_is_left_on_the_loop() -> None:
    """A loop without timers is what it leaves; else the virtual clock would run on."""

    async def main() -> None:
        with Stalls():
            await asyncio.sleep(1)
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="never happen"):
        run(main())


def judged(*reasons: Reason) -> Verdict:
    """A verdict for some reasons, the gravest first."""
    return Verdict(reasons[0].health, reasons)


@pytest.mark.parametrize(
    ("verdict", "health", "troubles"),
    [
        (HEALTHY, Health.HEALTHY, []),
        (judged(WRONG), Health.UNHEALTHY, [Trouble.CONTENT]),
        (judged(TIMED_OUT), Health.UNKNOWN, [Trouble.LOCAL]),
        (judged(SLOW), Health.UNKNOWN, [Trouble.LOCAL]),
        (judged(WRONG, SLOW), Health.UNHEALTHY, [Trouble.CONTENT]),
        (judged(TIMED_OUT, OLD), Health.DEGRADED, [Trouble.FLAKY]),
    ],
)
def test_only_what_is_about_time_is_excused(
    verdict: Verdict, health: Health, troubles: list[Trouble]
) -> None:
    """What is wrong besides stays wrong."""

    async def main() -> tuple[Verdict, Verdict, Verdict]:
        with Stalls() as stalls:
            await asyncio.sleep(1)
            keep_busy(3.0)
            await asyncio.sleep(1)
            strict, lenient = SelfSettings(loop_lag=1.0), SelfSettings(loop_lag=4.0)
            return (
                excuse_timeouts(verdict, 0.0, 5.0, stalls, strict),
                excuse_timeouts(verdict, 0.0, 5.0, stalls, lenient),
                excuse_timeouts(verdict, 4.5, 5.0, stalls, strict),
            )

    found, lenient, later = run(main())
    assert found.health is health
    assert [reason.trouble for reason in found.reasons] == troubles
    assert lenient == later == verdict
    if health is Health.UNKNOWN:
        assert "stalled for 2.9" in found.text or "stalled for 3 s" in found.text
        assert verdict.text in found.text
