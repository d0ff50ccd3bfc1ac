"""`fetcher monitor silence`: tell nobody of some targets for a while."""

import time
from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor_orders import By
from fetcher.cli.monitor_parameters import Config, config_path, span

_LONGEST = 365 * 86400.0
"""As on the page."""


def silence(
    pattern: Annotated[
        str,
        typer.Argument(
            metavar="PATTERN",
            help="What a name, a URL or a group fits as a whole; * is any text.",
            show_default=False,
        ),
    ],
    lasting: Annotated[str, typer.Option("--for", metavar="DURATION", help="For how long.")] = "1h",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, for others.")] = "",
    by: By = None,
    config: Config = None,
) -> None:
    """Tell nobody of some targets for a while.

    They are checked all the same, and what is wrong is on record. What is still wrong afterwards is
    told then.

    fetcher monitor silence 'https://shop.example/*' --for 2h --why 'new server'
    """
    from fetcher.cli.monitor_history_file import database_of, targets_of
    from fetcher.cli.monitor_orders import order
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incidents import matches
    from fetcher.monitor.incidents.times import shown
    from fetcher.sinks.clean import clean

    pattern = clean(pattern)
    path, seconds = config_path(config), span(lasting, "--for")
    if seconds > _LONGEST:
        give_up(ExitCode.USAGE, f"--for: {lasting!r} is longer than a year; use [[maintenance]]")
    until = time.time() + seconds
    fitting = sum(matches(pattern, target) for target in targets_of(path))
    order(database_of(path), OrderKind.SILENCE, pattern, by, why, until)
    targets = "1 target" if fitting == 1 else f"{fitting:,} targets"
    print(f"Nobody is told of {pattern!r} ({targets} now) until {shown(until)}")
