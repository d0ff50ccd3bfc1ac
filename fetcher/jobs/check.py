"""The check job as a library: URLs and expectations in, verdicts out.

The settings of the check job: how it asks, what it writes and what counts as its failure.
"""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum

from fetcher.jobs.check_run import CheckRun, no_hash
from fetcher.jobs.library_calls import Urls, as_targets, run_blocking
from fetcher.jobs.recheck import Recheck
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.verdict import Checked
from fetcher.model import Target
from fetcher.options import choice, duration, many, optional, switch
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


class Degraded(StrEnum):
    """What a URL that is degraded means for the exit code."""

    PASS = "pass"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What `fetcher check` does."""

    method: Method = choice(
        Method.GET,
        "HTTP method. head reads no body, and many servers lie to it; head-then-get asks again "
        "with GET where HEAD brings no success. What is expected of a body is asked with GET.",
    )
    recheck: bool = switch(
        "Ask once more, at the end of the run, what failed; what then passes is degraded.",
        default=True,
    )
    recheck_after: float = duration(2.0, "How long to wait before that.", zero=True)
    degraded: Degraded = choice(
        Degraded.PASS, "Whether a degraded URL makes the exit code 1 (fail) or not (pass)."
    )
    columns: tuple[str, ...] = many(
        "The output's columns in order, separated by commas; `help` lists them.",
        str.strip,
        none="url,health,trouble,reason,status,final_url,elapsed_ms,title,cert_days_left; "
        "JSON lines have all",
        metavar="NAME,...",
    )
    format: str | None = optional(
        "Format of the output.",
        lambda name: name or None,
        none="by the file's suffix, else csv",
        metavar="csv|tsv|jsonl|sqlite|parquet|junit|markdown|html|table",
    )
    raw_cells: bool = switch(
        "In CSV, leave cells as they are that a spreadsheet would run as a formula."
    )
    carry: bool = switch("Write the input rows' own columns too, behind the others.")
