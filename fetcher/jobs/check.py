"""The check job as a library: URLs and expectations in, verdicts out."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing

from fetcher.jobs.check_run import CheckRun, no_hash
from fetcher.jobs.library_calls import Urls, as_targets, run_blocking
from fetcher.jobs.recheck import Recheck
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Checked
from fetcher.model import Target
from fetcher.settings import Method, Settings


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
