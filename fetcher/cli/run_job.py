"""Runs a job for the command line: opens everything, then fetches, then says how it went."""

import asyncio
import gc
import os
import signal
import sys
import time
from collections.abc import AsyncIterable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.job import Job, Prepared
from fetcher.cli.open_inputs import header_of, open_sources, total
from fetcher.cli.open_outputs import Opened, open_outputs
from fetcher.cli.progress import Display, Terminal, make_display, summary_lines
from fetcher.cli.row_writer import RowWriter
from fetcher.engine.fd_limit import raise_fd_limit
from fetcher.engine.run_stats import Running, RunStats
from fetcher.failures import Unrecoverable
from fetcher.jobs.resume import ListChangedError, remaining_targets
from fetcher.model import Result, Target
from fetcher.settings import Order, Settings
from fetcher.sources import Source, SourceError
from fetcher.storage.output_error import OutputError
from fetcher.text import clean

R = TypeVar("R", bound=Result)

GRACE = 5.0
"""How long what is in flight may go on after the first Ctrl-C, in seconds."""


@dataclass(frozen=True, slots=True)
class _Ready(Generic[R]):
    """All that a job needs, opened."""

    sources: list[Source]
    prepared: Prepared[R]
    opened: Opened[R]
    targets: AsyncIterable[Target]

    def left(self) -> int | None:
        """Return how many rows this run has to do; None if that is not known."""
        rows = total(self.sources)
        return None if rows is None else rows - self.opened.progress.done


async def run_job(job: Job[R]) -> int:
    """Run a job and return its exit code; whatever cannot be opened is said before any request."""
    _calm_collector()
    if job.outputs.resume and job.settings.order is not Order.INPUT:
        give_up(ExitCode.USAGE, "--resume: only rows in input order can be resumed; omit --order")
    room = raise_fd_limit(job.settings.concurrency)
    settings = replace(job.settings, concurrency=room.concurrency)
    terminal = Terminal(quiet=job.quiet)
    if room.notice:
        terminal.say(room.notice)
    ready = await _open(job, settings, terminal)
    spec, prepared, opened = job.spec, ready.prepared, ready.opened
    stats = spec.stats()
    async with prepared.start(ready.targets) as run:
        display = make_display(
            run,
            lambda: prepared.state(run, stats),
            lambda: None if spec.partial else ready.left(),
            quiet=job.quiet,
        )
        terminal.show(display)
        in_order = settings.order is Order.INPUT
        writer = RowWriter(opened.outputs, prepared.counted, in_order=in_order)
        note = _noting(job, prepared, stats, display)
        began = time.monotonic()
        with interruptible(run, display.say) as interrupts:
            code = await _write_all(run, writer, display, note, prepared.settled)
        if writer.complete and not (job.outputs.resume or spec.keeps_journals):
            opened.remove_journals()
        seconds = time.monotonic() - began
    if code is None:
        return ExitCode.DONE  # the reader of our output has seen enough
    if not job.quiet:
        if job.outputs.resume and code is ExitCode.DONE and not run.read:
            display.say("fetcher: everything was done already")
        left = run.read - run.given if interrupts.count else None
        lines = summary_lines(stats, seconds, left)
        if before := opened.progress.done:
            recap = spec.recap(opened.progress.counts)
            lines.append(f"  resumed:  after {before:,} URLs of earlier runs: {recap}")
        lines += prepared.last_words()
        if opened.resumable and in_order and (interrupts.count or code is not ExitCode.DONE):
            lines.append("  run the same command with --resume to continue")
        display.say("\n".join(lines))
    for defect in run.defects if job.verbose else ():
        display.say(defect)
    if code is not ExitCode.DONE or interrupts.count:
        return interrupts.code if code is ExitCode.DONE else code
    return ExitCode.FAILED_URLS if spec.failed(writer.progress.counts) else ExitCode.DONE


async def _open(job: Job[R], settings: Settings, terminal: Terminal) -> _Ready[R]:
    """Open everything; exits with 2 or 3 and the reason if that fails."""
    try:
        sources = open_sources(job.inputs, settings)
        header = await header_of(sources)
    except SourceError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    # Outputs last: to open one that is not resumed empties it.
    prepared = job.spec.prepare(sources, settings, terminal.say)
    opened = open_outputs(job.outputs, header, job.spec.rows, terminal)
    try:
        targets = await remaining_targets(
            job.spec.select(sources), opened.progresses, opened.length
        )
    except ListChangedError as error:
        opened.close()
        give_up(ExitCode.USAGE, error)
    except SourceError as error:
        opened.close()
        give_up(ExitCode.INPUT_OUTPUT, error)
    opened.begin()
    return _Ready(sources, prepared, opened, targets)


def _noting(
    job: Job[R], prepared: Prepared[R], stats: RunStats, display: Display
) -> Callable[[R], None]:
    """Return what counts each result, and explains it with --verbose."""

    def note(result: R) -> None:
        stats.add(result)
        if job.verbose:
            for line in prepared.explain(result):
                display.say(clean(line))

    return note


async def _write_all(
    run: Running[R],
    writer: RowWriter[R],
    display: Display,
    each: Callable[[R], None],
    settled: Callable[[Running[R]], bool],
) -> ExitCode | None:
    """Write every result, and show how it goes; None if the output's reader has gone.

    each: called with every result before it is written. settled: whether what comes is the last
    word.
    """
    results = aiter(run)
    display.start()
    complete = False
    try:
        try:
            async for result in results:
                each(result)
                writer.add(result, final=settled(run))
            complete = run.all_read and run.given == run.read and settled(run)
        finally:
            await results.aclose()
            writer.finish(complete=complete)
    except BrokenPipeError:
        _silence_stdout()
        return None
    except (OutputError, SourceError, Unrecoverable, OSError) as error:
        display.stop()
        display.say(f"fetcher: {error}")
        return ExitCode.INPUT_OUTPUT
    finally:
        display.stop()
    return ExitCode.DONE


def _calm_collector() -> None:
    """Keep the garbage collector from walking through all that was imported, again and again.

    Its thresholds stay as they are: a connection leaves cycles behind, and looking for those a
    tenth as often doubled the memory of a list with a host a URL.
    """
    gc.freeze()


def _silence_stdout() -> None:
    """Keep the interpreter from complaining at exit that its output has no reader."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclass(slots=True)
class Interrupts:
    """How often the run was asked to stop, and the exit code that follows from it."""

    count: int = 0
    code: int = 130


@contextmanager
def interruptible(run: Running[Result], say: Callable[[str], None]) -> Iterator[Interrupts]:
    """Let SIGINT and SIGTERM end a run: the first lets it finish what it began, the second not."""
    loop = asyncio.get_running_loop()
    interrupts = Interrupts()
    timers: list[asyncio.TimerHandle] = []

    def interrupt(number: int) -> None:
        interrupts.count += 1
        interrupts.code = 128 + number
        if interrupts.count == 1:
            say(f"stopping: {run.in_flight} in flight may finish; again to stop at once")
            run.stop()
            timers.append(loop.call_later(GRACE, run.abort))
        else:
            run.abort()

    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [_handle(loop, number, interrupt) for number in numbers]
    try:
        yield interrupts
    finally:
        for timer in timers:
            timer.cancel()
        for restore in before:
            restore()


def _handle(
    loop: asyncio.AbstractEventLoop, number: signal.Signals, action: Callable[[int], None]
) -> Callable[[], object]:
    """Handle a signal in the loop; return what undoes it."""
    try:
        loop.add_signal_handler(number, action, number)
    except NotImplementedError:  # Windows
        old = signal.signal(number, lambda *_: loop.call_soon_threadsafe(action, number))
        return lambda: signal.signal(number, old)
    return lambda: loop.remove_signal_handler(number)
