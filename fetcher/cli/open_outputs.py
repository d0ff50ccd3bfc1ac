"""Sinks for a job's outputs, with the columns that were chosen or are usual for each format.

Opens what a scrape writes to, on disk or on the terminal.
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.progress import Display
from fetcher.cli.row_writer import PASSING, OnTerminal
from fetcher.cli.scrape_plan import ScrapeJob
from fetcher.model import Result
from fetcher.sinks.base import Row, Sink
from fetcher.sinks.columns import Column, ColumnError, row_maker
from fetcher.sinks.durable import (
    START,
    Completed,
    Durable,
    DurableError,
    OutputProgress,
    durable_format,
    open_durable,
)
from fetcher.sinks.job_columns import JobColumns, chosen, columns_for
from fetcher.sinks.open_sink import (
    STDOUT,
    FormatError,
    SinkOptions,
    format_of,
    is_special,
    open_sink,
)
from fetcher.sinks.table import TableSink, wants_colour
from fetcher.storage.output_error import OutputError

R = TypeVar("R", bound=Result)

Sinks = list[tuple[Callable[[R], Row], Sink]]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a command writes, and where.

    targets: files, `-` for standard output. format: the one that was asked for, None to go by each
    file's suffix. columns: the names that were chosen, () for none. carry: whether the input's own
    columns are written too. inputs: the files that are read.
    """

    targets: tuple[str, ...]
    job: JobColumns
    format: str | None = None
    columns: tuple[str, ...] = ()
    carry: bool = False
    raw_cells: bool = False
    inputs: tuple[Path, ...] = ()
    degraded_fails: bool = False


def open_outputs(outputs: Outputs, header: Sequence[str], display: Display) -> Sinks[Result]:
    """Open everything; exits with 2 or 3, and says why, when that cannot be done.

    Exits with 0 when nobody is left to read any of it.
    """
    refuse_twins(outputs.targets)
    sinks: Sinks[Result] = []
    try:
        for target in outputs.targets:
            with suppress(BrokenPipeError):  # its reader has gone already; the others go on
                sinks.append(_open(target, outputs, header, display))
    except (ColumnError, FormatError) as error:
        give_up(ExitCode.USAGE, error)
    except OutputError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    if not sinks:
        raise typer.Exit(ExitCode.DONE)
    return sinks


def refuse_twins(targets: Sequence[str]) -> None:
    """Exit with 2 when two outputs are the same file, or both standard output."""
    seen: set[Path | str] = set()
    for target in targets:
        if target != STDOUT and is_special(Path(target)):
            continue  # a device takes whatever it gets
        file = target if target == STDOUT else Path(target).resolve()
        if file in seen:
            name = "standard output" if target == STDOUT else target
            give_up(ExitCode.USAGE, f"-o: {name} is named twice; its rows would be mixed up")
        seen.add(file)


def print_columns(job: JobColumns) -> None:
    """List the columns of a job, for `--columns help`."""
    for column in job.columns.values():
        unit = f"[{column.unit}]" if column.unit else ""
        print(f"{column.name:<16} {unit:<8} {column.help}")


def chosen_columns(texts: Sequence[str]) -> tuple[str, ...]:
    """The names in what was given for --columns, by commas or one by one."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def _open(
    target: str, outputs: Outputs, header: Sequence[str], display: Display
) -> tuple[Callable[[Result], Row], Sink]:
    as_table = target == "-" and (
        outputs.format == "table" or (outputs.format is None and sys.stdout.isatty())
    )
    kind = "table" if as_table else format_of(target, outputs.format)
    columns = columns_for(outputs.job, kind, outputs.columns, header, carry=outputs.carry)
    sink: Sink
    if as_table:
        width = shutil.get_terminal_size().columns
        colour = wants_colour(sys.stdout, os.environ)
        sink = TableSink(columns, display.print, width=width, colour=colour)
    else:
        options = SinkOptions(
            neutralise=not outputs.raw_cells,
            inputs=outputs.inputs,
            degraded_fails=outputs.degraded_fails,
        )
        sink = open_sink(target, columns=columns, format=kind, options=options)
    return row_maker(columns), sink


class Terminal:
    """Prints above the progress display, and keeps what is said before there is one."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._display: Display | None = None
        self._early: list[str] = []

    def show(self, display: Display) -> None:
        """Print on this display from now on, first what was kept."""
        self._display = display
        for text in self._early:
            self.say(text)

    def say(self, text: str) -> None:
        """Say something that is good to know, unless the user wants quiet."""
        if self._display is None:
            self._early.append(text)
        elif not self._quiet:
            self._display.say(f"fetcher: {text}")

    def print(self, text: str) -> None:
        """Print finished lines on standard output."""
        if self._display is not None:
            self._display.print(text)


@dataclass(frozen=True, slots=True)
class OpenedOutputs:
    """The outputs, and how far each of them has come."""

    columns: tuple[Column, ...]
    outputs: tuple[tuple[Durable, OutputProgress], ...]

    @property
    def progresses(self) -> tuple[OutputProgress, ...]:
        """How far each output has come."""
        return tuple(progress for _, progress in self.outputs)

    @property
    def length(self) -> int | None:
        """How many targets there are, where an output is complete."""
        ends = [at.done for output, at in self.outputs if isinstance(output, Completed)]
        return max(ends, default=None)

    @property
    def resumable(self) -> bool:
        """Whether there is one that a later run can go on with."""
        return any(not isinstance(output, PASSING) for output, _ in self.outputs)

    def close(self) -> None:
        """Close them all, with nothing written."""
        for output, _ in self.outputs:
            output.close()


def scrape_outputs_open_outputs(
    job: ScrapeJob, header: Sequence[str], terminal: Terminal
) -> OpenedOutputs:
    """Open every output; exits with 2 or 3, and says why, when that cannot be done.

    Exits with 0 when nobody is left to read any of it. header: of the input. terminal: where a
    table goes.
    """
    try:
        columns = chosen(job.taken.columns, job.columns, header, carry=job.what.carry)
        # To open an output may empty it: not before it is seen that all of them are meant well.
        for target in job.targets:
            _check(target, job)
        refuse_twins(job.targets)
        outputs = _open_all(job, columns, terminal)
    except (ColumnError, FormatError, DurableError) as error:
        give_up(ExitCode.USAGE, error)
    except OutputError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    if not outputs:
        raise typer.Exit(ExitCode.DONE)
    return OpenedOutputs(columns, outputs)


def _check(target: str, job: ScrapeJob) -> None:
    if not _as_table(target, job.what.format):
        durable_format(target, job.what.format)
    elif job.resume:
        raise DurableError("the table on the terminal", "name a file with -o FILE")


def _open_all(
    job: ScrapeJob, columns: Sequence[Column], terminal: Terminal
) -> tuple[tuple[Durable, OutputProgress], ...]:
    """Open all outputs, or none; those are left out whose reader has gone already."""
    outputs: list[tuple[Durable, OutputProgress]] = []
    with ExitStack() as closing:
        for target in job.targets:
            with suppress(BrokenPipeError):
                outputs.append(_scrape_outputs_open(target, job, columns, terminal))
                closing.callback(outputs[-1][0].close)
        closing.pop_all()
    return tuple(outputs)


def _scrape_outputs_open(
    target: str, job: ScrapeJob, columns: Sequence[Column], terminal: Terminal
) -> tuple[Durable, OutputProgress]:
    if _as_table(target, job.what.format):
        width = shutil.get_terminal_size().columns
        colour = wants_colour(sys.stdout, os.environ)
        return OnTerminal(TableSink(columns, terminal.print, width=width, colour=colour)), START
    return open_durable(
        target,
        columns=columns,
        format=job.what.format,
        options=SinkOptions(neutralise=not job.what.raw_cells, inputs=job.files),
        resume=job.resume,
        signature=job.taken.signature,
    )


def _as_table(target: str, format: str | None) -> bool:
    return target == STDOUT and (format == "table" or (format is None and sys.stdout.isatty()))
