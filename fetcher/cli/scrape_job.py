"""The scrape job, for the runner: how it fetches and parses, and what decides its exit code."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.job import (
    JobSpec,
    Prepared,
    count_failed,
    explain_failure,
    recap_failed,
    show_failures,
)
from fetcher.cli.row_writer import MakeRows
from fetcher.cli.scrape_plan import Taken
from fetcher.engine.run import MakeTransport, Run
from fetcher.engine.run_stats import RunStats
from fetcher.jobs.job_settings import ScrapeSettings
from fetcher.jobs.scrape import Workers, make_stage, rows_of, scrape_run
from fetcher.model import Result, Target
from fetcher.parse_stage import LoopLag
from fetcher.settings import Settings
from fetcher.sinks.columns import Column
from fetcher.sinks.scrape_columns import cells_maker
from fetcher.sources import Source
from fetcher.transport.archive import ArchiveError, RecordingTransport, open_archive
from fetcher.transport.base import Transport
from fetcher.transport.cache import CacheError, CachingTransport, open_store
from fetcher.transport.client import AiohttpTransport
from fetcher.urls import Url

CACHE_LIMIT = 2_000_000_000
"""The most that the cache may take, in bytes; what was not used for longest goes first."""


@dataclass(frozen=True, slots=True)
class ScrapeCall:
    """What one call of `fetcher scrape` asks for.

    cache, save_bodies: where answers are kept, None for nowhere.
    """

    what: ScrapeSettings
    taken: Taken
    cache: str | None = None
    save_bodies: str | None = None
    verbose: bool = False


def scrape_spec(call: ScrapeCall) -> JobSpec[Result]:
    """Describe the job."""
    return JobSpec(
        prepare=partial(_prepare, call),
        rows=partial(_rows, call.taken),
        stats=RunStats,
        failed=lambda counts: counts[0] if call.what.fail else 0,
        recap=recap_failed,
        keeps_journals=True,
    )


def _rows(taken: Taken, columns: Sequence[Column]) -> MakeRows[Result]:
    cells = cells_maker(columns, taken.columns)
    return lambda result: cells(result, rows_of(result)[0])


def _prepare(
    call: ScrapeCall,
    sources: Sequence[Source],
    settings: Settings,
    say: Callable[[str], None],
) -> Prepared[Result]:
    make_transport, lag = _transport(call, settings, say), LoopLag()

    @asynccontextmanager
    async def start(targets: AsyncIterable[Target]) -> AsyncIterator[Run]:
        what = call.what
        workers = Workers(what.parse_workers, what.parse_timeout, what.parse_memory)
        async with make_stage(call.taken.parser, workers) as stage:
            with lag:
                yield scrape_run(targets, stage, settings, make_transport)

    def last_words() -> list[str]:
        if not call.verbose:
            return []
        return [f"  loop lag: p99 {lag.percentile(99):.3f} s, max {lag.longest:.3f} s"]

    return Prepared(
        start=start,
        counted=count_failed,
        explain=_explain,
        state=show_failures,
        last_words=last_words,
    )


def _transport(call: ScrapeCall, settings: Settings, say: Callable[[str], None]) -> MakeTransport:
    """Choose how to fetch: with a cache before it, an archive behind it, or neither."""
    try:
        store = open_store(Path(call.cache), CACHE_LIMIT, say) if call.cache else None
        archive = open_archive(Path(call.save_bodies), settings) if call.save_bodies else None
    except (CacheError, ArchiveError) as error:
        give_up(ExitCode.INPUT_OUTPUT, error)

    def make(settings: Settings, waiting: Callable[[Url], int]) -> Transport:
        transport: Transport = AiohttpTransport(settings, waiting)
        if archive is not None:
            transport = RecordingTransport(transport, archive, settings)
        return transport if store is None else CachingTransport(transport, store, settings)

    return make


def _explain(result: Result) -> tuple[str, ...]:
    """Explain a failure, with the traceback of a function that was given."""
    if result.outcome.failure is None:
        return ()
    return (*explain_failure(result), *rows_of(result)[1].splitlines())
