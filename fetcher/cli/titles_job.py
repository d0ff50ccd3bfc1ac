"""Runs the titles job for the command line: opens everything, then fetches."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.inputs import Inputs, header_of, open_sources, total
from fetcher.cli.interrupts import Interrupts, interruptible
from fetcher.cli.progress import Display, make_display
from fetcher.cli.running import calm_collector, write_all
from fetcher.cli.summary import summary_lines
from fetcher.cli.writer import Writer
from fetcher.descriptors import make_room
from fetcher.jobs.titles import titles_run
from fetcher.jobs.titles_settings import TitlesSettings
from fetcher.model import Result
from fetcher.settings import Settings
from fetcher.sinks.base import Row, Sink, SinkError
from fetcher.sinks.clean import clean
from fetcher.sinks.columns import DEFAULT_COLUMNS, ColumnError, available, choose, row_maker
from fetcher.sinks.opening import FormatError, SinkOptions, open_sink
from fetcher.sinks.table_sink import TableSink, wants_colour
from fetcher.sources import SourceError, chain
from fetcher.tally import Tally

Sinks = list[tuple[Callable[[Result], Row], Sink]]


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `fetcher titles`, its arguments read and checked."""

    inputs: Inputs
    outputs: tuple[str, ...]
    columns: tuple[str, ...]
    what: TitlesSettings
    settings: Settings
    quiet: bool = False
    verbose: bool = False


async def run_job(job: Job) -> int:
    """Do a job; return its exit code. Whatever cannot be opened is said before any request."""
    tally = Tally()
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
    sinks = _open_sinks(job, header, display)
    if room.notice and not job.quiet:
        display.say(f"fetcher: {room.notice}")

    def note(result: Result) -> None:
        tally.add(result)
        if job.verbose and result.outcome.failure is not None:
            display.say(clean(f"{result.target.url}: {result.outcome.failure}"))

    began = time.monotonic()
    with interruptible(run, display.say) as interrupts:
        code = await write_all(run, Writer(sinks), display, note)
    if code is None:
        return ExitCode.DONE  # the reader of our output has seen enough
    if not job.quiet:
        left = run.read - run.given if interrupts.count else None
        display.say("\n".join(summary_lines(tally, time.monotonic() - began, left)))
    for defect in run.defects if job.verbose else ():
        display.say(defect)
    return _exit_code(code, interrupts, tally, fail=job.what.fail)


def _failures(tally: Tally) -> str:
    """What went wrong so far, the most frequent first."""
    kinds = [f"{kind} {count}" for kind, count in tally.kinds.most_common(3)]
    return ", ".join([f"{tally.failed:,} failed", *kinds]) if tally.failed else ""


def _open_sinks(job: Job, header: tuple[str, ...], display: Display) -> Sinks:
    known = len(available())
    carried = list(available(header))[known:] if job.what.carry else []
    names = job.columns or (*DEFAULT_COLUMNS, *carried)
    inputs = tuple(Path(name) for name in job.inputs.lists if name != "-")
    options = SinkOptions(neutralise=not job.what.raw_cells, inputs=inputs)
    sinks: Sinks = []
    try:
        columns = choose(names, header)
        for target in job.outputs:
            sink: Sink
            if _as_table(target, job.what.format):
                width = shutil.get_terminal_size().columns
                colour = wants_colour(sys.stdout, os.environ)
                sink = TableSink(columns, display.print, width=width, colour=colour)
            else:
                sink = open_sink(target, columns=columns, format=job.what.format, options=options)
            sinks.append((row_maker(columns), sink))
    except (ColumnError, FormatError) as error:
        give_up(ExitCode.USAGE, error)
    except SinkError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    return sinks


def _as_table(target: str, format: str | None) -> bool:
    return target == "-" and (format == "table" or (format is None and sys.stdout.isatty()))


def _exit_code(code: ExitCode, interrupts: Interrupts, tally: Tally, *, fail: bool) -> int:
    if code is not ExitCode.DONE:
        return code
    if interrupts.count:
        return interrupts.code
    return ExitCode.FAILED_URLS if fail and tally.failed else ExitCode.DONE
