"""Asking something of the monitor, which carries it out within a second or so, or when it runs.

`fetcher monitor ack`: someone knows of it.

`fetcher monitor silence`: tell nobody of some targets for a while.

`fetcher monitor unsilence`: end a silence, or show those that last.
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
    from fetcher.cli.monitor.database_access import is_running
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
    from fetcher.cli.monitor.database_access import database_of, reading
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incidents import find_by_prefix
    from fetcher.text import clean

    path = config_path(config)
    with reading(path) as reader:
        lasting = [one for one in reader.incidents(limit=_MOST) if one.open]
    found = find_by_prefix(lasting, incident)
    if found is None:
        several = sum(one.id.startswith(incident) for one in lasting) > 1
        what = "several incidents begin with" if several else "no incident that lasts begins with"
        give_up(ExitCode.FAILED_URLS, f"{what} {incident!r}; see fetcher monitor incidents --open")
    order(database_of(path), OrderKind.ACKNOWLEDGE, found.id, by)
    print(clean(f"Acknowledged {found.id}: {found.text}"))


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
    from fetcher.cli.monitor.database_access import database_of, targets_of
    from fetcher.monitor.commit import OrderKind
    from fetcher.monitor.incidents import matches
    from fetcher.text import clean
    from fetcher.units import format_time

    pattern = clean(pattern)
    path, seconds = config_path(config), span(lasting, "--for")
    if seconds > _LONGEST:
        give_up(ExitCode.USAGE, f"--for: {lasting!r} is longer than a year; use [[maintenance]]")
    until = time.time() + seconds
    fitting = sum(matches(pattern, target) for target in targets_of(path))
    order(database_of(path), OrderKind.SILENCE, pattern, by, why, until)
    targets = "1 target" if fitting == 1 else f"{fitting:,} targets"
    print(f"Nobody is told of {pattern!r} ({targets} now) until {format_time(until)}")


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
    from fetcher.cli.monitor.database_access import database_of, reading
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
    from fetcher.cli.monitor.tables import print_table
    from fetcher.units import format_time

    if not silences:
        print("No silences")
        return
    header = ("SILENCE", "PATTERN", "UNTIL", "BY", "WHY")
    print_table(header, [(s.id, s.pattern, format_time(s.until), s.by, s.why) for s in silences])
