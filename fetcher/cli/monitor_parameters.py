"""The parameters that the commands of `fetcher monitor` have in common, and what comes of them."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from fetcher.cli.exits import ExitCode, give_up

if TYPE_CHECKING:
    from fetcher.monitor.plan import MonitorSettings, Plan

VARIABLE = "FETCHER_MONITOR_CONFIG"
USUAL = ("monitor.toml", "config/monitor.toml")
"""Where a configuration is looked for when none is named."""

Config = Annotated[
    str | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        help=f"The monitor's TOML file. [default: {' or '.join(USUAL)}; env: {VARIABLE}]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def config_path(given: str | None) -> str:
    """Find the configuration; exits with 2 when there is none."""
    if path := given or os.environ.get(VARIABLE):
        return path
    usual = next((path for path in USUAL if Path(path).exists()), None)
    if usual is None:
        give_up(ExitCode.USAGE, f"name a configuration with -c FILE; there is no {USUAL[0]} here")
    return usual


def load_plan(path: str) -> "Plan":
    """Read the whole configuration; exits with 2 and all that is wrong."""
    from fetcher.monitor.configuration import PlanError, read_plan

    try:
        return read_plan(path, os.environ)
    except PlanError as error:
        refuse(error.mistakes)


def load_settings(path: str) -> "MonitorSettings":
    """Read only where the database is; exits with 2 when that cannot be read."""
    from fetcher.monitor.configuration import PlanError, read_monitor_settings

    try:
        return read_monitor_settings(path)
    except PlanError as error:
        refuse(error.mistakes)


def refuse(mistakes: tuple[str, ...]) -> NoReturn:
    """Print what is wrong, one line each, and exit with 2."""
    for mistake in mistakes:
        print(f"fetcher: {mistake}", file=sys.stderr)
    raise typer.Exit(ExitCode.USAGE)


def ago(text: str, option: str) -> float:
    """Read how far back to look, such as `7d`, as seconds since the epoch; exits with 2."""
    return time.time() - span(text, option)


def span(text: str, option: str) -> float:
    """Read a duration; exits with 2 when it is none."""
    from fetcher.units import parse_duration

    try:
        seconds = parse_duration(text)
        if seconds <= 0:
            raise ValueError(f"{text!r} is not longer than zero")
    except ValueError as error:
        give_up(ExitCode.USAGE, f"{option}: {error}")
    return seconds
