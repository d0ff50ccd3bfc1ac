"""`fetcher monitor unsilence`: end a silence, or show those that last."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor_orders import By
from fetcher.cli.monitor_parameters import Config, config_path

if TYPE_CHECKING:
    from fetcher.monitor.incident import Silence


def unsilence(
    silence: Annotated[
        str,
        typer.Argument(
            metavar="SILENCE", help="Its pattern, or the beginning of its id.", show_default=False
        ),
    ] = "",
    by: By = None,
    config: Config = None,
) -> None:
    """End a silence; without a name, show those that last."""
    from fetcher.cli.monitor_history_file import database_of, reading
    from fetcher.cli.monitor_orders import order
    from fetcher.monitor.commit import OrderKind

    path = config_path(config)
    with reading(path) as reader:
        lasting = reader.silences(time.time())
    if not silence:
        _print(lasting)
        return
    found = [one for one in lasting if one.pattern == silence or one.id.startswith(silence)]
    if not found:
        give_up(ExitCode.FAILED_URLS, f"there is no silence {silence!r} now")
    for one in found:
        order(database_of(path), OrderKind.UNSILENCE, one.id, by)
        print(f"Ended the silence of {one.pattern!r}")


def _print(silences: "Sequence[Silence]") -> None:
    from fetcher.cli.monitor_table import print_table
    from fetcher.monitor.incidents.times import shown

    if not silences:
        print("No silences")
        return
    header = ("SILENCE", "PATTERN", "UNTIL", "BY", "WHY")
    print_table(header, [(s.id, s.pattern, shown(s.until), s.by, s.why) for s in silences])
