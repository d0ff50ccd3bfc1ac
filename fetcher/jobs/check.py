"""The check job: URLs and expectations in, verdicts out.

targets ─► run ─► verdict ─┬─────────────────────────────► out
                           └► spool ─► run again ─► settle ─┘

Every URL is checked once, and those that failed once more at the end. `check` and `check_all` are
the library's functions.
"""

import asyncio
import pickle
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator
from contextlib import aclosing, closing

from fetcher.engine.run import Run
from fetcher.jobs.library_calls import Urls, as_targets, run_blocking
from fetcher.jobs.recheck import Recheck, RecheckPlan
from fetcher.judgement.check_reader import inquiry_for
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.judge import judge, settle_recheck, worth_rechecking
from fetcher.judgement.verdict import Checked
from fetcher.model import Result, Target
from fetcher.settings import Method, Order, Settings
from fetcher.storage.temporary_store import TemporaryStore
from fetcher.transport.base import Inquiry

_PAGE = 256


class Spool:
    """Keeps results in order, in a temporary file; memory does not grow with them.

    Every method may raise OutputError, when the disk is full.
    """

    def __init__(self) -> None:
        self._file = TemporaryStore(
            "the temporary file for results",
            "CREATE TABLE results (number INTEGER PRIMARY KEY, again, checked)",
        )
        self.count = 0
        """Results so far."""
        self.again = 0
        """Those among them that are to be asked once more."""

    def add(self, checked: Checked, *, again: bool) -> None:
        """Put a result by; its number is how many there were before."""
        row = (self.count, again, _packed(checked))
        self._file.execute("INSERT INTO results VALUES (?, ?, ?)", row)
        self.count += 1
        self.again += again

    def get(self, number: int) -> Checked:
        """Return one result."""
        query = "SELECT checked FROM results WHERE number = ?"
        ((packed,),) = self._file.fetch_all(query, (number,))
        return _unpacked(packed)

    def replace(self, number: int, checked: Checked) -> None:
        """Put the last word on a URL in the place of the first."""
        update = "UPDATE results SET checked = ?, again = 0 WHERE number = ?"
        self._file.execute(update, (_packed(checked), number))

    def results(self) -> Iterator[tuple[Checked, bool]]:
        """Return all results in order, and whether each is still to be asked again."""
        return ((checked, again) for _, checked, again in self._pages("number > ?"))

    def to_ask_again(self) -> Iterator[tuple[int, Checked]]:
        """Return, with their numbers, the results whose URLs are to be asked again."""
        return ((number, checked) for number, checked, _ in self._pages("number > ? AND again"))

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def _pages(self, which: str) -> Iterator[tuple[int, Checked, bool]]:
        # Page by page, because the table may change meanwhile.
        columns = "number, checked, again"
        query = f"SELECT {columns} FROM results WHERE {which} ORDER BY number LIMIT {_PAGE}"
        last = -1
        while rows := self._file.fetch_all(query, (last,)):
            for number, packed, again in rows:
                yield number, _unpacked(packed), bool(again)
            last = rows[-1][0]


def _packed(checked: Checked) -> bytes:
    return pickle.dumps(checked, pickle.HIGHEST_PROTOCOL)


def _unpacked(data: bytes) -> Checked:
    # Only this process writes the file, and no other can open it.
    checked: Checked = pickle.loads(data)
    return checked


Targets = Iterable[Target] | AsyncIterable[Target]
MakeRun = Callable[[Targets, Callable[[Target], Inquiry], Settings], Run]


def no_hash(url: str) -> str:
    """What a page's hash was last time, when there was no last time."""
    return ""


class CheckRun:
    """A run whose results are verdicts; iterate over it once, from one task.

    expected: what holds for targets that say nothing of their own. recheck: how to ask again what
    failed; None: not at all. last_hash: a URL's hash of last time, "" when there is none. now: the
    wall clock, seconds since the epoch.

    In input order, what comes after the first failure waits in a temporary file until that was
    asked again; otherwise only failures wait. Raises what `engine.Run` raises, and
    OutputError when that file cannot be written.
    """

    def __init__(
        self,
        targets: Targets,
        expected: Expectations,
        settings: Settings,
        *,
        method: Method = Method.GET,
        recheck: Recheck | None = None,
        last_hash: Callable[[str], str] = no_hash,
        now: Callable[[], float] = time.time,
        make_run: MakeRun = Run,
    ) -> None:
        self.asking_again = 0
        """How many are to be asked again, once that has begun."""
        self.asked_again = 0
        """How many of them have a last word."""
        self.settled = True
        """False once results come out that were to be asked again, and were not."""
        self._expected = expected
        self._settings = settings
        self._method = method
        self._recheck = recheck
        self._last_hash = last_hash
        self._now = now
        self._make_run = make_run
        self._usual = inquiry_for(expected, method)
        self._first = self._current = make_run(targets, self._inquire, settings)
        self._stopped = asyncio.Event()

    @property
    def read(self) -> int:
        """Rows read from the input so far."""
        return self._first.read

    @property
    def given(self) -> int:
        """Rows with a verdict, even if that is not the last word."""
        return self._first.given

    @property
    def all_read(self) -> bool:
        """True once the whole input has been read."""
        return self._first.all_read

    @property
    def in_flight(self) -> int:
        """Requests in flight."""
        return self._current.in_flight

    @property
    def defects(self) -> deque[str]:
        """The tracebacks of the latest internal errors."""
        return self._current.defects

    def stop(self) -> None:
        """Start nothing new; what is in flight may finish, and ends the iteration."""
        self._stopped.set()
        self._current.stop()

    def abort(self) -> None:
        """Give up what is in flight too; finished results still come out."""
        self._stopped.set()
        self._current.abort()

    def __aiter__(self) -> AsyncGenerator[Checked, None]:
        return self._all()

    async def _all(self) -> AsyncGenerator[Checked, None]:
        with closing(Spool()) as spool:
            async with aclosing(aiter(self._first)) as results:
                async for result in results:
                    checked = self._judged(result)
                    if not self._waits(checked, spool):
                        yield checked
            if self._recheck and spool.again and not await self._stopped_within(self._recheck):
                await self._ask_again(spool, self._recheck)
            for checked, unsettled in spool.results():
                if unsettled and self._stopped.is_set():
                    self.settled = False
                yield checked

    def _waits(self, checked: Checked, spool: Spool) -> bool:
        """Put a result by that cannot be given out yet."""
        again = self._recheck is not None and worth_rechecking(checked.verdict)
        behind = spool.count > 0 and self._settings.order is Order.INPUT
        if again or behind:
            spool.add(checked, again=again)
        return again or behind

    async def _ask_again(self, spool: Spool, recheck: Recheck) -> None:
        """Ask again what failed, and put the last word on it in the place of the first."""
        self.asking_again = spool.again
        again = RecheckPlan(spool.to_ask_again())
        settings = recheck.settings(self._settings, spool.again)
        self._current = self._make_run(again.targets(), self._inquire, settings)
        async with aclosing(aiter(self._current)) as results:
            async for second in results:
                number = second.target.index
                first = spool.get(number)
                again.note(first.target, second.outcome)
                spool.replace(number, self._settled(first, second))
                self.asked_again += 1

    async def _stopped_within(self, recheck: Recheck) -> bool:
        """Wait before asking again; whether the run was stopped meanwhile."""
        try:
            async with asyncio.timeout(recheck.after):
                await self._stopped.wait()
        except TimeoutError:
            pass
        return self._stopped.is_set()

    def _inquire(self, target: Target) -> Inquiry:
        expected = self._expected_of(target)
        return self._usual if expected is self._expected else inquiry_for(expected, self._method)

    def _expected_of(self, target: Target) -> Expectations:
        return target.expected if isinstance(target.expected, Expectations) else self._expected

    def _judged(self, result: Result) -> Checked:
        target = result.target
        expected, last = self._expected_of(target), self._last_hash(target.url)
        verdict = judge(result, expected, now=self._now(), last_hash=last)
        return Checked(target, result.outcome, result.page, verdict)

    def _settled(self, first: Checked, second: Result) -> Checked:
        """The last word on what was asked twice."""
        again = self._judged(Result(first.target, second.outcome, second.page))
        verdict = settle_recheck(first.verdict, again.verdict)
        return Checked(first.target, again.outcome, again.page, verdict)


async def check(
    urls: Urls,
    expectations: Expectations | None = None,
    settings: Settings | None = None,
    *,
    method: Method = Method.GET,
    recheck: bool = True,
    recheck_after: float = 2.0,
    last_hash: Callable[[str], str] = no_hash,
) -> AsyncGenerator[Checked, None]:
    """Check each URL; yields one Checked for each, in input order, with its verdict.

    urls: text or Targets, plain or async iterable, read lazily; a Target's own `expected` goes
    before `expectations`, which hold for all. recheck: whether what failed is asked once more at
    the end, `recheck_after` seconds later; what then passes is degraded, not unhealthy. last_hash:
    gives a URL's hash of last time, for the expectation `unchanged`.

    Nothing that a network or a server does raises: it is in the verdict. What the iterable raises
    comes after the results of all before. To leave the loop early and have everything closed before
    the next line, use `contextlib.aclosing`. Raises TypeError for a single text.
    """
    run = CheckRun(
        as_targets(urls),
        expectations or Expectations(),
        settings or Settings(),
        method=method,
        recheck=Recheck(after=recheck_after) if recheck else None,
        last_hash=last_hash,
    )
    async with aclosing(aiter(run)) as results:
        async for checked in results:
            yield checked


def check_all(
    urls: Iterable[str | Target],
    expectations: Expectations | None = None,
    settings: Settings | None = None,
    *,
    method: Method = Method.GET,
    recheck: bool = True,
) -> list[Checked]:
    """Check each URL and return the verdicts as a list, in input order.

    For scripts and notebooks: works inside a running event loop too. Blocks until all are done;
    Ctrl-C ends it and leaves nothing running. Parameters and errors are those of `check`.
    """

    async def collect() -> list[Checked]:
        results = check(urls, expectations, settings, method=method, recheck=recheck)
        return [checked async for checked in results]

    return run_blocking(collect())
