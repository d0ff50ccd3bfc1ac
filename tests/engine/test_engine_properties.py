"""The engine over any web and any list, on a virtual clock: what holds whatever happens."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.engine.run import Run
from fetcher.failures import FailureKind
from fetcher.model import Result, Target
from fetcher.settings import Order, Settings
from tests.engine.scripted import ScriptedWeb, Sent
from tests.engine.scripted_cases import HOSTS, Case, lists
from tests.engine.scripted_run import NOTHING
from tests.pool.virtual_clock import run as on_virtual_clock

K = FailureKind

SETTINGS = st.builds(
    Settings,
    concurrency=st.sampled_from([1, 2, 3, 50]),
    host_concurrency=st.sampled_from([1, 2, 4]),
    rate_limit=st.sampled_from([None, None, 2.0]),
    host_interval=st.sampled_from([0.0, 0.0, 1.5]),
    retries=st.just(3),
    retry_wait=st.sampled_from([0.0, 1.0]),
    retry_max_wait=st.sampled_from([5.0, 60.0]),
    order=st.sampled_from(Order),
    read_ahead=st.sampled_from([1, 2, 10, 10_000]),
)


class Input:
    """A list that checks how far ahead it is read."""

    def __init__(self, cases: list[Case], ahead: int) -> None:
        self.targets = [
            Target(index, case.text, problem=case.problem) for index, case in enumerate(cases)
        ]
        self.ahead = ahead
        self.run: Run | None = None

    def plain(self) -> Iterator[Target]:
        """A plain iterable."""
        for target in self.targets:
            self.check()
            yield target

    async def trickling(self, pause: float) -> AsyncIterator[Target]:
        """A slow asynchronous one."""
        for target in self.targets:
            self.check()
            await asyncio.sleep(pause)
            yield target

    def check(self) -> None:
        """No row is asked for beyond those that may be read ahead."""
        assert self.run is not None
        assert self.run.read - self.run.given < self.ahead


def web_of(cases: list[Case]) -> ScriptedWeb:
    """The web that all cases together describe."""
    return ScriptedWeb({url: replies for case in cases for url, replies in case.replies.items()})


def make_run(
    web: ScriptedWeb, cases: list[Case], how: Settings, pause: float | None
) -> tuple[Run, Input]:
    """A run over the list, plain or slow."""
    source = Input(cases, how.read_ahead)
    items = source.plain() if pause is None else source.trickling(pause)
    run = source.run = Run(items, lambda target: NOTHING, how, make_transport=web.make)
    return run, source


async def take_all(run: Run, pause: float) -> list[Result]:
    """Take the results, as slowly as asked; nothing is left running afterwards."""
    results = []
    async for result in run:
        assert run.read - run.given <= run._settings.read_ahead
        results.append(result)
        await asyncio.sleep(pause)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return results


def ending(result: Result) -> int | FailureKind:
    """The failure's kind, else the status."""
    outcome = result.outcome
    if outcome.failure is not None:
        return outcome.failure.kind
    assert outcome.response is not None
    return outcome.response.status


def check_limits(web: ScriptedWeb, how: Settings) -> None:
    """What was sent kept all limits."""
    assert web.most <= how.concurrency
    assert all(most <= how.host_concurrency for most in web.most_by_host.values())
    by_host: dict[str, list[Sent]] = {}
    for sent in web.sent:
        by_host.setdefault(sent.host, []).append(sent)
    for requests in by_host.values():
        for before, after in itertools.pairwise(requests):
            assert after.began - before.began >= how.host_interval - 1e-9
        check_retry_after(requests, how)
    if how.rate_limit is not None:
        for before, after in zip(web.sent, web.sent[int(how.rate_limit) :], strict=False):
            assert after.began - before.began >= 1 - 1e-9


def check_retry_after(requests: list[Sent], how: Settings) -> None:
    """Nothing began on a host in the time that it asked for."""
    for sent in requests:
        if sent.reply is not None and getattr(sent.reply.what, "status", 0) == 429:
            assert sent.ended is not None
            until = sent.ended + min(7.0, how.retry_max_wait)
            assert not any(sent.ended < other.began < until - 1e-9 for other in requests)


def check_backoff(web: ScriptedWeb, how: Settings) -> None:
    """Between a failure that can pass and the next try lies the back-off, which doubles."""
    tries: dict[str, list[Sent]] = {}
    for sent in web.sent:
        tries.setdefault(sent.href, []).append(sent)
    for requests in tries.values():
        number = 0
        for before, after in itertools.pairwise(requests):
            assert before.ended is not None
            if can_pass(before):
                ceiling = min(how.retry_wait * 2**number, how.retry_max_wait)
                assert after.began - before.ended >= ceiling / 2 - 1e-9
                number += 1


def can_pass(sent: Sent) -> bool:
    """Whether an answer is one that is tried again."""
    what: Any = sent.reply.what if sent.reply is not None else None
    failure = getattr(what, "failure", None)
    if failure is not None:
        return bool(failure.kind in (K.READ_TIMEOUT, K.CONNECTION_RESET))
    return getattr(what, "status", 0) in (429, 503)


def most_requests(case: Case) -> Counter[str]:
    """How often each URL of a case is asked for, all its rows together."""
    counts = Counter({url: len(replies) for url, replies in case.replies.items()})
    if case.expected is K.READ_TIMEOUT:
        counts = Counter(dict.fromkeys(counts, 4))
    elif case.expected is K.TOO_MANY_REDIRECTS:
        counts = Counter(dict.fromkeys(counts, 11))
    return counts


@settings(max_examples=300, deadline=None)
@given(
    lists(), SETTINGS, st.sampled_from([None, None, 0.0, 20.0]), st.sampled_from([0.0, 0.0, 5.0])
)
def test_every_row_has_its_one_result(
    cases: list[Case], how: Settings, input_pause: float | None, output_pause: float
) -> None:
    """Any list over any web: one right result a row, in order, within all limits, sent once."""
    web = web_of(cases)
    run, source = make_run(web, cases, how, input_pause)
    results = on_virtual_clock(take_all(run, output_pause))
    if how.order is Order.INPUT:
        assert [result.target for result in results] == source.targets
    else:
        assert sorted(result.target.index for result in results) == list(range(len(cases)))
    for result in results:
        assert ending(result) == cases[result.target.index].expected
    check_limits(web, how)
    check_backoff(web, how)
    expected: Counter[str] = Counter()
    for case in {case.text: case for case in cases}.values():
        expected += most_requests(case)
    assert Counter(sent.href for sent in web.sent) == expected
    assert all(run._frontier.waiting(host) == 0 for host in HOSTS)
    assert (run.read, run.given, run.in_flight) == (len(cases), len(cases), 0)


@settings(max_examples=150, deadline=None)
@given(
    lists(),
    SETTINGS,
    st.sampled_from([None, 0.0, 2.0]),
    st.floats(0, 100),
    st.none() | st.floats(0, 50),
)
def test_a_stopped_run_gives_what_it_finished(
    cases: list[Case], how: Settings, pause: float | None, stop: float, grace: float | None
) -> None:
    """Stopped at any moment, and aborted at any other: nothing new starts, and no row is false."""
    web = web_of(cases)
    run, _ = make_run(web, cases, how, pause)

    async def main() -> list[Result]:
        loop = asyncio.get_running_loop()
        loop.call_at(stop, run.stop)
        if grace is not None:
            loop.call_at(stop + grace, run.abort)
        return await take_all(run, 0.0)

    results = on_virtual_clock(main())
    indexes = [result.target.index for result in results]
    assert len(set(indexes)) == len(indexes) == run.given
    if how.order is Order.INPUT:
        assert indexes == sorted(indexes)
    for result in results:
        assert ending(result) == cases[result.target.index].expected
    assert all(sent.began <= stop for sent in web.sent)
    if grace is None:
        assert all(sent.ended is not None for sent in web.sent)
    check_limits(web, how)
    finished = {sent.href for sent in web.sent if sent.ended is not None and is_last(sent)}
    given_out = {case_url(cases[index]) for index in indexes}
    assert finished <= given_out


def is_last(sent: Sent) -> bool:
    """Whether an answer ends its row, whatever else happens."""
    return getattr(getattr(sent.reply, "what", None), "status", 0) == 404


def case_url(case: Case) -> str:
    """The URL that a row asks for first."""
    return case.text.partition("#")[0]
