"""Opens what a job writes to, on disk or on the terminal, with the columns for each format."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.progress import Terminal
from fetcher.cli.row_writer import JobOutput, MakeRows
from fetcher.model import Result
from fetcher.sinks.base import OpenSink, OutputProgress, ResumeError
from fetcher.sinks.columns import Column, ColumnError, one_row
from fetcher.sinks.formats import STDOUT, TABLE, Format, FormatError, format_of
from fetcher.sinks.job_columns import JobColumns, columns_for
from fetcher.sinks.open_sink import SinkOptions, open_sink
from fetcher.sinks.table import TableSink, wants_colour
from fetcher.storage.output_error import OutputError
from fetcher.storage.outputs import is_special

R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a command writes, and where.

    targets: files, `-` for standard output. job: what there is to write. format: the one that was
    asked for, None to go by each file's suffix. columns: the names that were chosen, () for none.
    carry: whether the input's own columns are written too. inputs: the files that are read. resume:
    whether what is there is resumed. signature: of what decides what is in the rows.
    """

    targets: tuple[str, ...]
    job: JobColumns
    format: str | None = None
    columns: tuple[str, ...] = ()
    carry: bool = False
    raw_cells: bool = False
    inputs: tuple[Path, ...] = ()
    degraded_fails: bool = False
    resume: bool = False
    signature: bytes = b""
    journal: bool = True


@dataclass(frozen=True, slots=True)
class Opened(Generic[R]):
    """The outputs of a job, and how far each of them has come."""

    outputs: tuple[JobOutput[R], ...]

    @property
    def progresses(self) -> tuple[OutputProgress, ...]:
        """How far each output has come."""
        return tuple(output.opened.progress for output in self.outputs)

    @property
    def progress(self) -> OutputProgress:
        """How far all of them have come."""
        return min(self.progresses, key=lambda progress: progress.done)

    @property
    def length(self) -> int | None:
        """How many targets there are, if an output is complete."""
        ends = [output.progress.done for output in self.outputs if output.opened.complete]
        return max(ends, default=None)

    @property
    def resumable(self) -> bool:
        """True if a later run can resume one of them."""
        return any(output.opened.resumable for output in self.outputs)

    def begin(self) -> None:
        """Begin to write: from here on, a partial report is better than that of an earlier run."""
        for output in self.outputs:
            with suppress(BrokenPipeError):  # the next write sees it too
                output.sink.commit(output.progress)

    def remove_journals(self) -> None:
        """Remove the files that say how far the outputs have come, once all are complete."""
        for output in self.outputs:
            if output.opened.journal is not None:
                with suppress(OSError):  # it is only in the way
                    output.opened.journal.unlink(missing_ok=True)

    def close(self) -> None:
        """Close them all, with nothing written."""
        for output in self.outputs:
            output.sink.finish(complete=False)


def open_outputs(
    outputs: Outputs,
    header: Sequence[str],
    rows: Callable[[Sequence[Column]], MakeRows[R]],
    terminal: Terminal,
) -> Opened[R]:
    """Open every output; exits with 2 or 3, and says why, if that cannot be done.

    Exits with 0 if nobody is left to read any of it. header: of the input. rows: makes what makes
    the rows of a result, for the columns of an output. terminal: where a table goes.
    """
    try:
        # To open an output may empty it: not before all of them are known to make sense.
        formats = [_format(target, outputs) for target in outputs.targets]
        columns = [
            columns_for(outputs.job, format, outputs.columns, header, carry=outputs.carry)
            for format in formats
        ]
        _refuse_twins(outputs.targets)
        opened = _open_all(outputs, formats, columns, terminal)
    except (ColumnError, FormatError, ResumeError) as error:
        give_up(ExitCode.USAGE, error)
    except OutputError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    if not opened:
        raise typer.Exit(ExitCode.DONE)
    makers: dict[tuple[Column, ...], MakeRows[R]] = {}
    for _, chosen, report in opened:
        if chosen not in makers:
            makers[chosen] = one_row(chosen) if report else rows(chosen)
    return Opened(tuple(JobOutput(found, makers[chosen]) for found, chosen, _ in opened))


def _open_all(
    outputs: Outputs,
    formats: Sequence[Format],
    columns: Sequence[tuple[Column, ...]],
    terminal: Terminal,
) -> list[tuple[OpenSink, tuple[Column, ...], bool]]:
    """Open all outputs, or none; those are left out whose reader has gone already."""
    opened = []
    with ExitStack() as closing:
        for target, format, chosen in zip(outputs.targets, formats, columns, strict=True):
            with suppress(BrokenPipeError):
                found = _open(target, format, chosen, outputs, terminal)
                closing.callback(found.sink.finish, complete=False)
                opened.append((found, chosen, format.report))
        closing.pop_all()
    return opened


def _open(
    target: str,
    format: Format,
    columns: tuple[Column, ...],
    outputs: Outputs,
    terminal: Terminal,
) -> OpenSink:
    if format is TABLE:
        if outputs.resume:
            raise ResumeError("the table on the terminal", "name a file with -o FILE")
        width = shutil.get_terminal_size().columns
        colour = wants_colour(sys.stdout, os.environ)
        return OpenSink(TableSink(columns, terminal.print, width=width, colour=colour))
    options = SinkOptions(
        neutralise=not outputs.raw_cells,
        inputs=outputs.inputs,
        degraded_fails=outputs.degraded_fails,
        report=outputs.job.report,
        table=outputs.job.table,
    )
    return open_sink(
        target,
        format,
        columns,
        options,
        resume=outputs.resume,
        signature=outputs.signature,
        journal=outputs.journal,
    )


def _format(target: str, outputs: Outputs) -> Format:
    named = outputs.format
    if named is None and target == STDOUT and sys.stdout.isatty():
        return TABLE
    job = outputs.job
    format = format_of(target, named, job=job.command, formats=job.formats)
    if named == TABLE.name and STDOUT not in outputs.targets:
        raise FormatError("--format: a table is written to standard output only; add -o -")
    return format


def _refuse_twins(targets: Sequence[str]) -> None:
    """Exit with 2 if two outputs are the same file, or both standard output."""
    seen: set[Path | str] = set()
    for target in targets:
        if target != STDOUT and is_special(Path(target)):
            continue  # a device takes whatever it gets
        file = target if target == STDOUT else Path(target).resolve()
        if file in seen:
            name = "standard output" if target == STDOUT else target
            give_up(ExitCode.USAGE, f"-o: {name} is given twice; its rows would be mixed up")
        seen.add(file)


def print_columns(job: JobColumns) -> None:
    """List the columns of a job, for `--columns help`."""
    for column in job.columns.values():
        unit = f"[{column.unit}]" if column.unit else ""
        print(f"{column.name:<16} {unit:<8} {column.help}")


def chosen_columns(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the names given for --columns, separated by commas or one by one."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())
