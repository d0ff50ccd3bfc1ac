"""Runs the titles job for the command line: opens everything, then fetches."""

import time
from dataclasses import dataclass, replace

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.open_inputs import Inputs, header_of, open_sources, total
from fetcher.cli.open_outputs import Outputs, open_outputs
from fetcher.cli.progress import make_display, summary_lines
from fetcher.cli.row_writer import RowSinks, RowWriter
from fetcher.cli.run_loop import Interrupts, calm_collector, interruptible, write_all
from fetcher.engine.fd_limit import make_room
from fetcher.engine.run_stats import RunStats
from fetcher.jobs.titles import TitlesSettings, titles_run
from fetcher.model import Result
from fetcher.settings import Settings
from fetcher.sources import SourceError, chain
from fetcher.text import clean


@dataclass(frozen=True, slots=True)
class TitlesJob:
    """One call of `fetcher titles`, its arguments read and checked."""

    inputs: Inputs
    outputs: Outputs
    what: TitlesSettings
    settings: Settings
    quiet: bool = False
    verbose: bool = False


async def run_job(job: TitlesJob) -> int:
    """Do a job; return its exit code. Whatever cannot be opened is said before any request."""
    tally = RunStats()
    calm_collector()
    room = make_room(job.settings.concurrency)
    settings = replace(job.settings, concurrency=room.concurrency)
    try:
        sources = open_sources(job.inputs, settings)
        header = await header_of(sources)
    except SourceError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    run = titles_run(chain(sources), settings)
    display = make_display(run, lambda: _failures(tally), lambda: total(sources), quiet=job.quiet)
    sinks = open_outputs(job.outputs, header, display)
    if room.notice and not job.quiet:
        display.say(f"fetcher: {room.notice}")

    def note(result: Result) -> None:
        tally.add(result)
        if job.verbose and result.outcome.failure is not None:
            display.say(clean(f"{result.target.url}: {result.outcome.failure}"))

    began = time.monotonic()
    with interruptible(run, display.say) as interrupts:
        code = await write_all(run, RowWriter(RowSinks(sinks)), display, note)
    if code is None:
        return ExitCode.DONE  # the reader of our output has seen enough
    if not job.quiet:
        left = run.read - run.given if interrupts.count else None
        display.say("\n".join(summary_lines(tally, time.monotonic() - began, left)))
    for defect in run.defects if job.verbose else ():
        display.say(defect)
    return _exit_code(code, interrupts, tally, fail=job.what.fail)


def _failures(tally: RunStats) -> str:
    """What went wrong so far, the most frequent first."""
    kinds = [f"{kind} {count}" for kind, count in tally.kinds.most_common(3)]
    return ", ".join([f"{tally.failed:,} failed", *kinds]) if tally.failed else ""


def _exit_code(code: ExitCode, interrupts: Interrupts, tally: RunStats, *, fail: bool) -> int:
    if code is not ExitCode.DONE:
        return code
    if interrupts.count:
        return interrupts.code
    return ExitCode.FAILED_URLS if fail and tally.failed else ExitCode.DONE
