"""`fetcher monitor backup`: a copy of the database, whole."""

from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor_parameters import Config, config_path


def backup(
    destination: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Where to; a file that is not there yet.", show_default=False
        ),
    ],
    config: Config = None,
) -> None:
    """Copy the database, also while the monitor runs.

    The copy is of one moment, checked, and a single file: to go back to it, stop the monitor and
    put it in the place of the database.
    """
    from fetcher.cli.monitor_history_file import database_of
    from fetcher.monitor.history import StoreError, back_up

    try:
        back_up(database_of(config_path(config)), destination)
    except StoreError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    print(f"Copied to {destination}")
