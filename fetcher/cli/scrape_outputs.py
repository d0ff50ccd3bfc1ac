"""Opens what a scrape writes to, on disk or on the terminal."""

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import typer

from fetcher.cli.columns import refuse_twins
from fetcher.cli.durable_outputs import PASSING, OnTerminal
from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.progress import Display
from fetcher.cli.scrape_plan import Job
from fetcher.sinks.base import SinkError
from fetcher.sinks.column import Column
from fetcher.sinks.columns import ColumnError
from fetcher.sinks.durable import (
    START,
    Completed,
    Durable,
    DurableError,
    Progress,
    durable_format,
    open_durable,
)
from fetcher.sinks.opening import STDOUT, FormatError, SinkOptions
from fetcher.sinks.scrape_columns import chosen
from fetcher.sinks.table_sink import TableSink, wants_colour


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
class Opened:
    """The outputs, and how far each of them has come."""

    columns: tuple[Column, ...]
    outputs: tuple[tuple[Durable, Progress], ...]

    @property
    def progresses(self) -> tuple[Progress, ...]:
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


def open_outputs(job: Job, header: Sequence[str], terminal: Terminal) -> Opened:
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
    except SinkError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    if not outputs:
        raise typer.Exit(ExitCode.DONE)
    return Opened(columns, outputs)


def _check(target: str, job: Job) -> None:
    if not _as_table(target, job.what.format):
        durable_format(target, job.what.format)
    elif job.resume:
        raise DurableError("the table on the terminal", "name a file with -o FILE")


def _open_all(
    job: Job, columns: Sequence[Column], terminal: Terminal
) -> tuple[tuple[Durable, Progress], ...]:
    """Open all outputs, or none; those are left out whose reader has gone already."""
    outputs: list[tuple[Durable, Progress]] = []
    with ExitStack() as closing:
        for target in job.targets:
            with suppress(BrokenPipeError):
                outputs.append(_open(target, job, columns, terminal))
                closing.callback(outputs[-1][0].close)
        closing.pop_all()
    return tuple(outputs)


def _open(
    target: str, job: Job, columns: Sequence[Column], terminal: Terminal
) -> tuple[Durable, Progress]:
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
