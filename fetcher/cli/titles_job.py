"""Runs the titles job for the command line: opens everything, then fetches."""

import gc
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.interrupts import Interrupts, interruptible
from fetcher.cli.progress import Display, make_display
from fetcher.cli.summary import summary_lines
from fetcher.cli.writer import Writer
from fetcher.descriptors import make_room
from fetcher.engine import Run
from fetcher.jobs.lists import list_fetcher
from fetcher.jobs.titles import titles_run
from fetcher.jobs.titles_settings import TitlesSettings
from fetcher.model import Result
from fetcher.settings import Settings
from fetcher.sinks.base import Row, Sink, SinkError
from fetcher.sinks.clean import clean
from fetcher.sinks.columns import DEFAULT_COLUMNS, ColumnError, available, choose, row_maker
from fetcher.sinks.opening import FormatError, SinkOptions, open_sink
from fetcher.sinks.table_sink import TableSink, wants_colour
from fetcher.sources import ListOptions, Source, SourceError, arguments, chain, open_list
from fetcher.tally import Tally

Sinks = list[tuple[Callable[[Result], Row], Sink]]


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `fetcher titles`, its arguments read and checked."""

    urls: tuple[str, ...]
    lists: tuple[str, ...]
    outputs: tuple[str, ...]
    list_options: ListOptions
    columns: tuple[str, ...]
    what: TitlesSettings
    settings: Settings
    quiet: bool = False
    verbose: bool = False


async def run_job(job: Job) -> int:
    """Do a job; return its exit code. Whatever cannot be opened is said before any request."""
    tally = Tally()
    _calm_collector()
    room = make_room(job.settings.concurrency)
    settings = replace(job.settings, concurrency=room.concurrency)
    try:
        _check_cacert(settings)
        sources = _open_sources(job, settings)
        header = await _header(sources)
    except SourceError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    run = titles_run(chain(sources), settings)
    display = make_display(run, tally, lambda: _total(sources), quiet=job.quiet)
    sinks = _open_sinks(job, header, display)
    if room.notice and not job.quiet:
        display.say(f"fetcher: {room.notice}")
    began = time.monotonic()
    with interruptible(run, display.say) as interrupts:
        code = await _fetch(job, run, Writer(sinks), tally, display)
    if code is None:
        return ExitCode.DONE  # the reader of our output has seen enough
    if not job.quiet:
        left = run.read - run.given if interrupts.count else None
        display.say("\n".join(summary_lines(tally, time.monotonic() - began, left)))
    for defect in run.defects if job.verbose else ():
        display.say(defect)
    return _exit_code(code, interrupts, tally, fail=job.what.fail)


def _calm_collector() -> None:
    """Keep the garbage collector from walking through all that was imported, again and again.

    Its thresholds stay as they are: a connection leaves cycles behind, and looking for those a
    tenth as often doubled the memory of a list with a host a URL.
    """
    gc.freeze()


async def _fetch(
    job: Job, run: Run, writer: Writer, tally: Tally, display: Display
) -> ExitCode | None:
    """Fetch everything and write it; None when the output's reader has gone."""
    results = aiter(run)
    display.start()
    try:
        try:
            async for result in results:
                tally.add(result)
                writer.add(result)
                if job.verbose and result.outcome.failure is not None:
                    display.say(clean(f"{result.target.url}: {result.outcome.failure}"))
        finally:
            await results.aclose()
            writer.close()
    except BrokenPipeError:
        _silence_stdout()
        return None
    except (SinkError, SourceError) as error:
        display.stop()
        display.say(f"fetcher: {error}")
        return ExitCode.INPUT_OUTPUT
    finally:
        display.stop()
    return ExitCode.DONE


def _open_sources(job: Job, settings: Settings) -> list[Source]:
    counter = count()
    fetch = list_fetcher(settings)
    sources = [arguments(job.urls, counter=counter)] if job.urls else []
    for name in job.lists:
        sources.append(open_list(name, job.list_options, counter=counter, fetch=fetch))
    return sources


async def _header(sources: Sequence[Source]) -> tuple[str, ...]:
    """The names of all carried columns, each once."""
    names: dict[str, None] = {}
    for source in sources:
        await source.prepare()
        names.update(dict.fromkeys(source.header))
    return tuple(names)


def _total(sources: Sequence[Source]) -> int | None:
    counts = [source.count() for source in sources]
    return None if None in counts else sum(n for n in counts if n is not None)


def _open_sinks(job: Job, header: tuple[str, ...], display: Display) -> Sinks:
    known = len(available())
    carried = list(available(header))[known:] if job.what.carry else []
    names = job.columns or (*DEFAULT_COLUMNS, *carried)
    inputs = tuple(Path(name) for name in job.lists if name != "-")
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


def _check_cacert(settings: Settings) -> None:
    if settings.cacert is None:
        return
    from fetcher.transport.tls import make_context

    try:
        make_context(settings, lambda: None)
    except OSError as error:  # ssl.SSLError, for a file that holds no certificate, is one
        raise SourceError(f"cannot read certificates from {settings.cacert}: {error}") from None


def _silence_stdout() -> None:
    """Keep the interpreter from complaining, as it ends, that nobody reads its output."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit_code(code: ExitCode, interrupts: Interrupts, tally: Tally, *, fail: bool) -> int:
    if code is not ExitCode.DONE:
        return code
    if interrupts.count:
        return interrupts.code
    return ExitCode.FAILED_URLS if fail and tally.failed else ExitCode.DONE
