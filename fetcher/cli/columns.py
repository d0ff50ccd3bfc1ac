"""Sinks for a job's outputs, with the columns that were chosen or are usual for each format."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.progress import Display
from fetcher.model import Result
from fetcher.sinks.base import Row, Sink, SinkError
from fetcher.sinks.columns import ColumnError, row_maker
from fetcher.sinks.job_columns import JobColumns, columns_for
from fetcher.sinks.opening import STDOUT, FormatError, SinkOptions, format_of, is_special, open_sink
from fetcher.sinks.table_sink import TableSink, wants_colour

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
    except SinkError as error:
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
