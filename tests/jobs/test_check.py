"""A check of a list: one verdict a row, and a second try at the end for what failed."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.engine.run import Run
from fetcher.failures import FailureKind
from fetcher.jobs.check import CheckRun
from fetcher.jobs.recheck import Recheck
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Checked, Health, Trouble
from fetcher.model import Target
from fetcher.settings import Order, Settings
from tests.engine.scripted import Reply, ScriptedWeb, failing, page, status, targets
from tests.pool.virtual_clock import run as on_virtual_clock

K = FailureKind
ONCE = Settings(retries=0)


def make(
    web: ScriptedWeb,
    items: Iterable[Target],
    how: Settings = ONCE,
    recheck: Recheck | None = Recheck(),  # noqa: B008 - it is frozen
) -> CheckRun:
    """A check over the scripted web."""
    return CheckRun(
        items,
        Expectations(),
        how,
        recheck=recheck,
        make_run=lambda *given: Run(*given, make_transport=web.make, rng=random.Random(1)),
    )


async def finish(run: CheckRun) -> list[Checked]:
    """All verdicts; nothing may be left running behind them."""
    results = [checked async for checked in run]
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return results


def check(
    replies: dict[str, list[Reply]],
    urls: Iterable[str],
    how: Settings = ONCE,
    recheck: Recheck | None = Recheck(),  # noqa: B008 - it is frozen
) -> tuple[list[Checked], ScriptedWeb]:
    """The verdicts on some URLs, and the web that was asked."""
    web = ScriptedWeb(replies)

    async def main() -> list[Checked]:
        return await finish(make(web, targets(urls), how, recheck))

    return on_virtual_clock(main()), web


def healths(results: list[Checked]) -> list[str]:
    """The healths in order."""
    return [checked.verdict.health.value for checked in results]


def test_what_passes_when_asked_again_is_flaky() -> None:
    """It is degraded, not unhealthy, and the reason says what came the first time."""
    replies = {"http://a/": [status(503), page()], "http://b/": [page()]}
    results, web = check(replies, ["http://a/", "http://b/"])
    assert healths(results) == ["degraded", "healthy"]
    assert results[0].verdict.trouble is Trouble.FLAKY
    assert "503" in results[0].verdict.text
    assert web.times("http://a/") == 2
    assert web.times("http://b/") == 1


def test_what_fails_again_stays_unhealthy() -> None:
    """The second answer counts."""
    results, web = check({"http://a/": [status(503), status(500)]}, ["http://a/"])
    assert healths(results) == ["unhealthy"]
    assert "500" in results[0].verdict.text
    assert web.times("http://a/") == 2


def test_connect_errors_are_asked_again_too() -> None:
    """A connection refused once is no more certain than a 503."""
    results, _ = check({"http://a/": [failing(K.CONNECT_REFUSED), page()]}, ["http://a/"])
    assert healths(results) == ["degraded"]


def test_without_recheck_nothing_is_asked_twice() -> None:
    """What failed is unhealthy at once."""
    results, web = check({"http://a/": [status(503), page()]}, ["http://a/"], recheck=None)
    assert healths(results) == ["unhealthy"]
    assert len(web.sent) == 1


def test_invalid_input_is_not_asked_again() -> None:
    """No second try mends a URL that is none."""
    results, web = check({}, ["no url at all", "http://a/"])
    assert healths(results) == ["unhealthy", "healthy"]
    assert len(web.sent) == 1


def test_the_second_try_comes_at_the_end_and_gently() -> None:
    """After everything else and a pause, one request at a time to a host, and spaced out."""
    urls = [f"http://a/{n}" for n in range(6)] + ["http://b/"]
    replies = {url: [status(503, after=0.5), page(after=0.5)] for url in urls[:6]}
    replies["http://b/"] = [page(after=7.0)]
    results, web = check(replies, urls, replace(ONCE, host_concurrency=6))
    assert healths(results) == ["degraded"] * 6 + ["healthy"]
    again = web.sent[7:]
    assert [sent.began for sent in again] == pytest.approx([9.0 + 0.5 * n for n in range(6)])


def test_a_host_that_is_down_is_not_asked_for_all_its_urls_again() -> None:
    """Of what could not be connected to, a few are asked again; the others keep their verdict."""
    urls = [f"http://down/{n}" for n in range(200)]
    replies = {url: [failing(K.CONNECT_TIMEOUT, after=10.0)] for url in urls}
    results, web = check(replies, urls)
    assert healths(results) == ["unhealthy"] * 200
    assert 200 < len(web.sent) < 230


def test_a_host_that_has_come_back_is_asked_for_all() -> None:
    """Giving up on a host takes failures in a row."""
    urls = [f"http://up/{n}" for n in range(50)]
    replies = {url: [failing(K.CONNECT_REFUSED), page()] for url in urls}
    results, _ = check(replies, urls)
    assert healths(results) == ["degraded"] * 50


def test_as_completed_only_failures_wait() -> None:
    """Rows that are healthy come at once when their order does not matter."""
    urls = ["http://a/", "http://b/", "http://c/"]
    replies = {"http://a/": [status(503), page()]}
    results, _ = check(replies, urls, replace(ONCE, order=Order.COMPLETED))
    assert [checked.target.url for checked in results] == ["http://b/", "http://c/", "http://a/"]


def test_a_run_that_is_stopped_keeps_all_verdicts() -> None:
    """What was put by for a second try comes out with its first verdict."""
    web = ScriptedWeb({"http://a/": [status(503)]})

    async def main() -> list[Checked]:
        run = make(web, targets(["http://a/", "http://b/"]), recheck=Recheck(after=3600.0))
        asyncio.get_running_loop().call_later(60.0, run.stop)
        return await finish(run)

    results = on_virtual_clock(main())
    assert healths(results) == ["unhealthy", "healthy"]
    assert len(web.sent) == 2


def test_a_second_pass_that_is_stopped_keeps_all_verdicts() -> None:
    """Those not reached any more keep their first verdict, in their order."""
    urls = [f"http://a/{n}" for n in range(5)]
    web = ScriptedWeb({url: [status(503), page(after=10.0)] for url in urls})

    async def main() -> list[Checked]:
        run = make(web, targets(urls))
        asyncio.get_running_loop().call_later(25.0, run.stop)
        return await finish(run)

    results = on_virtual_clock(main())
    assert [checked.target.url for checked in results] == urls
    assert healths(results) == ["degraded"] * 3 + ["unhealthy"] * 2


def test_rows_keep_their_targets() -> None:
    """A target asked again is the one that was read, with all it carries."""
    web = ScriptedWeb({"http://a/": [status(503), page()]})
    target = Target(41, "http://a/", "list:7", ("x", "y"))

    async def main() -> list[Checked]:
        return await finish(make(web, [Target(40, "http://b/"), target]))

    results = on_virtual_clock(main())
    assert results[1].target == target


ANSWERS = st.sampled_from(
    [page(), page(after=2.0), status(404), status(503, after=1.0), failing(K.CONNECT_TIMEOUT, 3.0)]
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.lists(ANSWERS, min_size=1, max_size=3))),
    st.sampled_from(Order),
    st.booleans(),
)
def test_one_verdict_a_row(rows: list[tuple[str, list[Reply]]], order: Order, again: bool) -> None:
    """Whatever fails, each row has one verdict, in input order unless asked otherwise."""
    urls = [f"http://{host}/{number}" for number, (host, _) in enumerate(rows)]
    replies = {url: answers for url, (_, answers) in zip(urls, rows, strict=True)}
    recheck = Recheck() if again else None
    results, _ = check(replies, urls, replace(ONCE, order=order), recheck)
    found = [checked.target.url for checked in results]
    assert found == urls if order is Order.INPUT else sorted(found) == sorted(urls)
    for checked in results:
        assert (checked.verdict.health is Health.HEALTHY) == (checked.verdict.reasons == ())


def test_many_failures_of_one_site_do_not_hold_up_the_end() -> None:
    """Keeping its distance adds a minute at the most, however many pages are gone."""
    urls = [f"http://a/{n}" for n in range(2000)]
    web = ScriptedWeb({url: [status(404)] for url in urls})

    async def main() -> tuple[float, CheckRun]:
        run = make(web, targets(urls))
        began = asyncio.get_running_loop().time()
        results = await finish(run)
        assert {checked.verdict.trouble for checked in results} == {Trouble.GONE}
        return asyncio.get_running_loop().time() - began, run

    took, run = on_virtual_clock(main())
    assert took < 90
    assert (run.asking_again, run.asked_again) == (2000, 2000)
