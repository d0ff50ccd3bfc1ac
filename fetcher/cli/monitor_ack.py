"""`fetcher monitor ack`: someone knows of it."""

from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor_orders import By
from fetcher.cli.monitor_parameters import Config, config_path

_MOST = 1000


def ack(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="INCIDENT", help="Its id, or the beginning of it.", show_default=False
        ),
    ],
    by: By = None,
    config: Config = None,
) -> None:
    """Acknowledge an incident, so that nobody is reminded of it, and nobody else is told.

    `fetcher monitor incidents --open` shows those that last.
    """
    from fetcher.cli.monitor_history_file import database_of, reading
    from fetcher.cli.monitor_orders import order
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incidents import named
    from fetcher.sinks.clean import clean

    path = config_path(config)
    with reading(path) as reader:
        lasting = [one for one in reader.incidents(limit=_MOST) if one.open]
    found = named(lasting, incident)
    if found is None:
        several = sum(one.id.startswith(incident) for one in lasting) > 1
        what = "several incidents begin with" if several else "no incident that lasts begins with"
        give_up(ExitCode.FAILED_URLS, f"{what} {incident!r}; see fetcher monitor incidents --open")
    order(database_of(path), OrderKind.ACKNOWLEDGE, found.id, by)
    print(clean(f"Acknowledged {found.id}: {found.text}"))
