"""Asking something of the monitor, which carries it out within a second or so, or when it runs."""

import getpass
import time
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up

if TYPE_CHECKING:
    from fetcher.monitor.commit import OrderKind

By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who says so. [default: your user name]"),
]


def order(
    database: str,
    kind: "OrderKind",
    subject: str,
    by: str | None,
    why: str = "",
    until: float = 0.0,
) -> None:
    """Leave an order for the monitor; exits with 3 when that cannot be written."""
    from fetcher.cli.monitor_history_file import is_running
    from fetcher.monitor.history import StoreError, give_order

    try:
        give_order(database, kind, subject, by or _user(), why, until, time.time())
    except StoreError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    if not is_running(database):
        print("The monitor does not run now; it will know when it does.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in containers
        return "someone"
