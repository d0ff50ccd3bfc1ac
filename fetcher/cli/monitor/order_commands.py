"""`fetcher monitor ack`, `silence` and `unsilence`: orders that are left in the database.

A running monitor carries them out within about a second, otherwise the next one when it starts.
"""

import getpass
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, config_path, span

if TYPE_CHECKING:
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incident import Silence

By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who gives the order. [default: your user name]"),
]


def order(
    database: str,
    kind: "OrderKind",
    subject: str,
    by: str | None,
    why: str = "",
    until: float = 0.0,
) -> None:
    """Leave an order for the monitor; exits with 3 if it cannot be written."""
    from fetcher.cli.monitor.database_access import is_running
    from fetcher.monitor.history import StoreError, give_order

    try:
        give_order(database, kind, subject, by or _user(), why, until, time.time())
    except StoreError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    if not is_running(database):
        print("The monitor is not running; this takes effect when it starts.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return "someone"


_MOST = 1000


def ack(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="INCIDENT",
            help="Id of the incident, or the beginning of it.",
            show_default=False,
        ),
    ],
    by: By = None,
    config: Config = None,
) -> None:
    """Acknowledge an incident.

    Stops its reminders and its escalation. fetcher monitor incidents --open lists the ids.

    Examples:
        fetcher monitor ack 1a1f
    """
    from fetcher.cli.monitor.database_access import database_of, reading
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incidents import find_by_prefix
    from fetcher.text import clean

    path = config_path(config)
    with reading(path) as reader:
        still_open = [one for one in reader.incidents(limit=_MOST) if one.open]
    found = find_by_prefix(still_open, incident)
    if found is None:
        several = sum(one.id.startswith(incident) for one in still_open) > 1
        what = "several open incidents have an id" if several else "no open incident has an id"
        see = "see fetcher monitor incidents --open"
        give_up(ExitCode.FAILED_URLS, f"{what} that begins with {incident!r}; {see}")
    order(database_of(path), OrderKind.ACKNOWLEDGE, found.id, by)
    print(clean(f"Acknowledged {found.id}: {found.text}"))


_LONGEST = 365 * 86400.0
"""As on the status page."""


def silence(
    pattern: Annotated[
        str,
        typer.Argument(
            metavar="PATTERN",
            help="Name, URL or group of the targets; * stands for any text.",
            show_default=False,
        ),
    ],
    duration: Annotated[
        str, typer.Option("--for", metavar="DURATION", help="Duration of the silence.")
    ] = "1h",
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Reason, shown to other users.")
    ] = "",
    by: By = None,
    config: Config = None,
) -> None:
    """Mute alerts for matching targets.

    The targets are still checked and their incidents recorded. An incident that is still open when
    the silence ends is announced then.

    Examples:
        fetcher monitor silence 'https://shop.example/*' --for 2h --why 'new server'
    """
    from fetcher.cli.monitor.database_access import database_of, targets_of
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incidents import matches
    from fetcher.text import clean
    from fetcher.units import format_time

    pattern = clean(pattern)
    path, seconds = config_path(config), span(duration, "--for")
    if seconds > _LONGEST:
        give_up(
            ExitCode.USAGE,
            f"--for: {duration!r} is longer than a year; use [[maintenance]] instead",
        )
    until = time.time() + seconds
    fitting = sum(matches(pattern, target) for target in targets_of(path))
    order(database_of(path), OrderKind.SILENCE, pattern, by, why, until)
    targets = "1 target" if fitting == 1 else f"{fitting:,} targets"
    print(f"Muted alerts for {pattern!r} ({targets} now) until {format_time(until)}")


def unsilence(
    silence: Annotated[
        str,
        typer.Argument(
            metavar="SILENCE",
            help="Pattern of the silence, or the beginning of its id.",
            show_default=False,
        ),
    ] = "",
    by: By = None,
    config: Config = None,
) -> None:
    """End a silence, or list silences.

    Without an argument, lists the active silences.

    Examples:
        fetcher monitor unsilence
        fetcher monitor unsilence 'https://shop.example/*'
    """
    from fetcher.cli.monitor.database_access import database_of, reading
    from fetcher.monitor.commit import OrderKind

    path = config_path(config)
    with reading(path) as reader:
        active = reader.silences(time.time())
    if not silence:
        _print(active)
        return
    found = [one for one in active if one.pattern == silence or one.id.startswith(silence)]
    if not found:
        see = "fetcher monitor unsilence lists them"
        give_up(ExitCode.FAILED_URLS, f"no active silence matches {silence!r}; {see}")
    for one in found:
        order(database_of(path), OrderKind.UNSILENCE, one.id, by)
        print(f"Ended the silence for {one.pattern!r}")


def _print(silences: "Sequence[Silence]") -> None:
    from fetcher.cli.monitor.tables import print_table
    from fetcher.units import format_time

    if not silences:
        print("No silences")
        return
    header = ("SILENCE", "PATTERN", "UNTIL", "BY", "WHY")
    print_table(header, [(s.id, s.pattern, format_time(s.until), s.by, s.why) for s in silences])
