"""Access to the monitor's database, whether the monitor is running or not.

Also `fetcher monitor backup`, which copies it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, config_path, load_settings

if TYPE_CHECKING:
    from fetcher.monitor.history import HistoryReader
    from fetcher.monitor.plan import MonitorTarget


@contextmanager
def reading(path: str) -> Iterator["HistoryReader"]:
    """Open the history of a configuration; exits with 3 if it cannot be read."""
    from fetcher.monitor.history import HistoryReader, StoreError

    database = database_of(path)
    reader = HistoryReader(database)
    try:
        yield reader
    except StoreError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    finally:
        reader.close()


def database_of(path: str) -> str:
    """Return the path of a configuration's database; exits with 3 if there is none yet."""
    database = load_settings(path).database
    if not Path(database).exists():
        give_up(
            ExitCode.INPUT_OUTPUT,
            f"{database} does not exist yet; start the monitor first with fetcher monitor run",
        )
    return database


def targets_of(path: str) -> "tuple[MonitorTarget, ...]":
    """Return the targets of a configuration, as far as it can be read; () if it cannot.

    Reporting its mistakes is the task of `check-config`: here the user asks for the state.
    """
    from fetcher.monitor.config import PlanError, read_targets

    try:
        return read_targets(path)
    except PlanError:
        return ()


def is_running(database: str) -> bool:
    """True if a monitor is running on this database."""
    from fetcher.monitor.history import is_in_use

    return is_in_use(database)


def print_json(document: object) -> None:
    """Print one JSON document for programs, with its text unescaped."""
    from fetcher.text import json_escaped

    lines = json.dumps(document, indent=2, ensure_ascii=False).split("\n")
    print("\n".join(map(json_escaped, lines)))


def backup(
    destination: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="File to create; it must not exist yet.", show_default=False
        ),
    ],
    config: Config = None,
) -> None:
    """Back up the database.

    Works while the monitor is running. The backup is one verified file with the state of one
    moment. To restore it, stop the monitor and replace the database with it.

    Examples:
        fetcher monitor backup monitor-backup.db -c config/monitor.toml
    """
    from fetcher.monitor.history import StoreError, back_up

    try:
        back_up(database_of(config_path(config)), destination)
    except StoreError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    print(f"Backup written to {destination}")
