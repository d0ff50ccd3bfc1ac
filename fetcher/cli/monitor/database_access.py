"""The monitor's history as the command line reads it, whether the monitor runs or not.

`fetcher monitor backup`: a copy of the database, whole.
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
    """Open the history of a configuration; exits with 3 when it cannot be read."""
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
    """Where a configuration keeps its history; exits with 3 when there is none yet."""
    database = load_settings(path).database
    if not Path(database).exists():
        give_up(ExitCode.INPUT_OUTPUT, f"there is no {database} yet; has the monitor ever run?")
    return database


def targets_of(path: str) -> "tuple[MonitorTarget, ...]":
    """What a configuration watches, as far as it can be read; () when it cannot.

    What is wrong with it is for others to say: here people want to know how things are.
    """
    from fetcher.monitor.config import PlanError, read_targets

    try:
        return read_targets(path)
    except PlanError:
        return ()


def is_running(database: str) -> bool:
    """Whether a monitor writes to the history now."""
    from fetcher.monitor.history import is_in_use

    return is_in_use(database)


def print_json(document: object) -> None:
    """Print JSON for programs, one document, in which text is as it is."""
    from fetcher.text import json_escaped

    lines = json.dumps(document, indent=2, ensure_ascii=False).split("\n")
    print("\n".join(map(json_escaped, lines)))


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
    from fetcher.monitor.history import StoreError, back_up

    try:
        back_up(database_of(config_path(config)), destination)
    except StoreError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    print(f"Copied to {destination}")
