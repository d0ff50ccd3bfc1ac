"""The titles job, for the runner: what it asks, and what decides its exit code."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from fetcher.cli.job import (
    JobSpec,
    Prepared,
    count_failed,
    explain_failure,
    recap_failed,
    show_failures,
)
from fetcher.engine.run_stats import RunStats
from fetcher.jobs.titles import titles_run
from fetcher.model import Result
from fetcher.settings import Settings
from fetcher.sinks.columns import one_row
from fetcher.sources import Source


def titles_spec(*, fail: bool) -> JobSpec[Result]:
    """Describe the job. fail: whether failed URLs make the exit code 1."""
    return JobSpec(
        prepare=_prepare,
        rows=one_row,
        stats=RunStats,
        failed=lambda counts: counts[0] if fail else 0,
        recap=recap_failed,
    )


def _prepare(
    sources: Sequence[Source], settings: Settings, say: Callable[[str], None]
) -> Prepared[Result]:
    return Prepared(
        start=lambda targets: nullcontext(titles_run(targets, settings)),
        counted=count_failed,
        explain=explain_failure,
        state=show_failures,
    )
