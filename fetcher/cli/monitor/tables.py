"""What the commands of `fetcher monitor` share: their parameters, and tables for the terminal."""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.sinks.table import fitted, wants_colour
from fetcher.text import clean

if TYPE_CHECKING:
    from fetcher.monitor.plan import MonitorSettings, Plan

BOLD, RED, GREEN, YELLOW, CYAN = "1", "31", "32", "33", "36"
COLOURS = {"down": RED, "degraded": YELLOW, "up": GREEN, "new": CYAN}
"""The colours of conditions on a terminal."""

_GAP = "  "
_WIDEST = 48
_LEAST = 20


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below a header; the last column takes the rest of the line."""
    terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table_lines(header, rows, terminal, colour=wants_colour(sys.stdout, os.environ)):
        print(line)


def table_lines(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None = None,
    *,
    colour: bool = False,
) -> Iterator[str]:
    """Yield the lines of a table.

    width: of a line, in cells; with None the last column is never cut. The other columns are as
    wide as their cells, up to a limit. A first cell that is a condition has its colour.
    """
    cells = [[clean(cell) for cell in row] for row in (header, *rows)]
    widths = [
        min(_WIDEST, max(len(cell) for cell in column))
        for column in list(zip(*cells, strict=True))[:-1]
    ]
    left = None if width is None else max(_LEAST, width - sum(widths) - len(_GAP) * len(widths))
    for number, row in enumerate(cells):
        last = row[-1] if left is None or len(row[-1]) <= left else fitted(row[-1], left)
        parts = [
            fitted(cell, room, cut_inside=True) for cell, room in zip(row[:-1], widths, strict=True)
        ]
        line = _GAP.join([*parts, last]).rstrip()
        paint = BOLD if number == 0 else COLOURS.get(row[0], "")
        if colour and paint:
            first = line if number == 0 else row[0]
            line = line.replace(first, f"\x1b[{paint}m{first}\x1b[0m", 1)
        yield line


VARIABLE = "FETCHER_MONITOR_CONFIG"
USUAL = ("monitor.toml", "config/monitor.toml")
"""Where a configuration is looked for if none is given."""

Config = Annotated[
    str | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        help=f"The monitor's configuration file. [default: {' or '.join(USUAL)}; env: {VARIABLE}]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def config_path(given: str | None) -> str:
    """Find the configuration; exits with 2 if there is none."""
    if path := given or os.environ.get(VARIABLE):
        return path
    usual = next((path for path in USUAL if Path(path).exists()), None)
    if usual is None:
        give_up(
            ExitCode.USAGE,
            f"no configuration: {USUAL[0]} does not exist here; name one with -c FILE",
        )
    return usual


def load_plan(path: str) -> "Plan":
    """Read the whole configuration; exits with 2 and every mistake in it."""
    from fetcher.monitor.config import PlanError, read_plan

    try:
        return read_plan(path, os.environ)
    except PlanError as error:
        refuse(error.mistakes)


def load_settings(path: str) -> "MonitorSettings":
    """Read only the settings of the database; exits with 2 if they cannot be read."""
    from fetcher.monitor.config import PlanError, read_monitor_settings

    try:
        return read_monitor_settings(path)
    except PlanError as error:
        refuse(error.mistakes)


def refuse(mistakes: tuple[str, ...]) -> NoReturn:
    """Print mistakes, one per line, and exit with 2."""
    for mistake in mistakes:
        print(f"fetcher: {mistake}", file=sys.stderr)
    raise typer.Exit(ExitCode.USAGE)


def ago(text: str, option: str) -> float:
    """Convert an age such as `7d` to seconds since the epoch; exits with 2 if it is invalid."""
    return time.time() - span(text, option)


def span(text: str, option: str) -> float:
    """Parse a duration in seconds; exits with 2 if it is invalid."""
    from fetcher.units import parse_duration

    try:
        seconds = parse_duration(text)
        if seconds <= 0:
            raise ValueError(f"{text!r} is too short; use a duration longer than zero")
    except ValueError as error:
        give_up(ExitCode.USAGE, f"{option}: {error}")
    return seconds
