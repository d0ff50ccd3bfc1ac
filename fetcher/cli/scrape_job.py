"""Runs the scrape job for the command line: opens everything, then fetches, parses and commits."""

import time
from collections.abc import AsyncIterable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.open_inputs import header_of, open_sources, total
from fetcher.cli.open_outputs import OpenedOutputs, Terminal
from fetcher.cli.open_outputs import scrape_outputs_open_outputs as open_outputs
from fetcher.cli.progress import Display, make_display, summary_lines
from fetcher.cli.row_writer import DurableOutputs, RowWriter
from fetcher.cli.run_loop import Interrupts, calm_collector, interruptible, write_all
from fetcher.cli.scrape_plan import ScrapeJob
from fetcher.engine.fd_limit import make_room
from fetcher.engine.run import MakeTransport, Run
from fetcher.engine.run_stats import RunStats
from fetcher.jobs.resume import ListChangedError, go_on
from fetcher.jobs.scrape import Workers, make_stage, rows_of, scrape_run
from fetcher.model import Result, Target
from fetcher.parse_stage import LoopLag
from fetcher.settings import Order, Settings
from fetcher.sinks.job_columns import cells_maker
from fetcher.sources import Source, SourceError, chain
from fetcher.text import clean
from fetcher.transport.archive import ArchiveError, RecordingTransport, open_archive
from fetcher.transport.base import Transport
from fetcher.transport.cache import CacheError, CachingTransport, open_store
from fetcher.transport.client import AiohttpTransport
from fetcher.urls import Url

CACHE_LIMIT = 2_000_000_000
"""The most that the cache may take, in bytes; what was not used for longest goes first."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """All that a job needs, opened."""

    sources: list[Source]
    make_transport: MakeTransport
    opened: OpenedOutputs
    targets: AsyncIterable[Target]

    def left(self) -> int | None:
        """How many rows this run has to do; None when that cannot be told."""
        rows = total(self.sources)
        done = min(progress.done for progress in self.opened.progresses)
        return None if rows is None else rows - done


async def run_job(job: ScrapeJob) -> int:
    """Do a job; return its exit code. Whatever cannot be opened is said before any request."""
    calm_collector()
    if job.settings.order is not Order.INPUT:
        give_up(ExitCode.USAGE, "--order: rows are committed in the order of the input only")
    room = make_room(job.settings.concurrency)
    settings = replace(job.settings, concurrency=room.concurrency)
    terminal = Terminal(quiet=job.quiet)
    if room.notice:
        terminal.say(room.notice)
    ready = await _open(job, settings, terminal)
    opened, what = ready.opened, job.what
    workers = Workers(what.parse_workers, what.parse_timeout, what.parse_memory)
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(make_stage(job.taken.parser, workers))
        run = scrape_run(ready.targets, stage, settings, ready.make_transport)
        tally, lag = RunStats(), stack.enter_context(LoopLag())
        display = make_display(run, lambda: _failures(tally), ready.left, quiet=job.quiet)
        terminal.show(display)
        receiver = DurableOutputs(opened.outputs, cells_maker(opened.columns, job.taken.columns))
        note = _noting(tally, display, verbose=job.verbose)
        began = time.monotonic()
        with interruptible(run, display.say) as interrupts:
            code = await write_all(run, RowWriter[Result](receiver), display, note)
    if code is None:
        return ExitCode.DONE  # the reader of our output has seen enough
    if not job.quiet:
        if job.resume and code is ExitCode.DONE and not run.read:
            display.say("fetcher: everything was done already")
        left = run.read - run.given + receiver.left_out if interrupts.count else None
        lines = summary_lines(tally, time.monotonic() - began, left)
        if job.verbose:
            lines.append(f"  loop lag: p99 {lag.percentile(99):.3f} s, max {lag.longest:.3f} s")
        if opened.resumable and (interrupts.count or code is not ExitCode.DONE):
            lines.append("  the same command with --resume does the rest")
        display.say("\n".join(lines))
    _tell_defects(run, display, verbose=job.verbose)
    return _exit_code(code, interrupts, tally, fail=what.fail)


async def _open(job: ScrapeJob, settings: Settings, terminal: Terminal) -> _Ready:
    """Open everything; exits with 2 or 3, and says why, when that cannot be done."""
    try:
        sources = open_sources(job.inputs, settings)
        header = await header_of(sources)
    except SourceError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    # Outputs last: to open one that is not gone on with empties it.
    make_transport = _transport(job, settings, terminal.say)
    opened = open_outputs(job, header, terminal)
    return _Ready(sources, make_transport, opened, await _not_done(sources, opened))


async def _not_done(sources: list[Source], opened: OpenedOutputs) -> AsyncIterable[Target]:
    """Find where the list goes on; exits with 2 when it is another one, with nothing done."""
    try:
        return await go_on(chain(sources), opened.progresses, opened.length)
    except ListChangedError as error:
        opened.close()
        give_up(ExitCode.USAGE, error)
    except SourceError as error:
        opened.close()
        give_up(ExitCode.INPUT_OUTPUT, error)


def _transport(job: ScrapeJob, settings: Settings, say: Callable[[str], None]) -> MakeTransport:
    """Choose how to fetch: with a cache before it, an archive behind it, or neither."""
    try:
        store = open_store(Path(job.cache), CACHE_LIMIT, say) if job.cache else None
        archive = open_archive(Path(job.save_bodies), settings) if job.save_bodies else None
    except (CacheError, ArchiveError) as error:
        give_up(ExitCode.INPUT_OUTPUT, error)

    def make(settings: Settings, waiting: Callable[[Url], int]) -> Transport:
        transport: Transport = AiohttpTransport(settings, waiting)
        if archive is not None:
            transport = RecordingTransport(transport, archive, settings)
        return transport if store is None else CachingTransport(transport, store, settings)

    return make


def _noting(tally: RunStats, display: Display, *, verbose: bool) -> Callable[[Result], None]:
    """Make what counts each result, and explains a failure where that is wanted."""

    def note(result: Result) -> None:
        tally.add(result)
        if verbose and result.outcome.failure is not None:
            display.say(clean(f"{result.target.url}: {result.outcome.failure}"))
            # An exception may quote a page, and that may hold what a terminal obeys.
            for line in rows_of(result)[1].splitlines():
                display.say(clean(line))

    return note


def _failures(tally: RunStats) -> str:
    """What went wrong so far, the most frequent first."""
    kinds = [f"{kind} {count}" for kind, count in tally.kinds.most_common(3)]
    return ", ".join([f"{tally.failed:,} failed", *kinds]) if tally.failed else ""


def _tell_defects(run: Run, display: Display, *, verbose: bool) -> None:
    for defect in run.defects if verbose else ():
        display.say(defect)


def _exit_code(code: ExitCode, interrupts: Interrupts, tally: RunStats, *, fail: bool) -> int:
    if code is not ExitCode.DONE:
        return code
    if interrupts.count:
        return interrupts.code
    return ExitCode.FAILED_URLS if fail and tally.failed else ExitCode.DONE
