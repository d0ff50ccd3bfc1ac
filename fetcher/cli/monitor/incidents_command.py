"""`fetcher monitor incidents`: past and open incidents, latest first."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.monitor.tables import Config, Json, ago, config_path

if TYPE_CHECKING:
    from fetcher.monitor.incident import Incident

_HEADER = ("STATE", "INCIDENT", "BEGAN", "LASTED", "WHAT")


def incidents(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Only incidents whose text or targets contain this."),
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="DURATION",
            help="How far back to go; open incidents are always shown.",
        ),
    ] = "30d",
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="Maximum incidents to show.")
    ] = 20,
    only_open: Annotated[bool, typer.Option("--open", help="Only open incidents.")] = False,
    json: Json = False,
    config: Config = None,
) -> None:
    """List incidents, latest first.

    Examples:
        fetcher monitor incidents --open
        fetcher monitor incidents shop --since 7d
    """
    from fetcher.cli.monitor.database_access import print_json, reading

    first = ago(since, "--since")
    with reading(config_path(config)) as reader:
        found = [
            one
            for one in reader.incidents(limit=1000 if only_open else limit, text=text)
            if one.open or (one.opened >= first and not only_open)
        ][:limit]
    if json:
        from fetcher.statuspage.api import api_documents

        print_json([api_documents.incident(one) for one in found])
    elif found:
        print_incidents(incident_rows(found))
    else:
        print("No incidents")


def print_incidents(rows: Sequence[Sequence[str]]) -> None:
    """Print incidents as a table; print nothing if there are none."""
    from fetcher.cli.monitor.tables import print_table

    if rows:
        print_table(_HEADER, rows)


def incident_rows(incidents: "Iterable[Incident]") -> list[tuple[str, ...]]:
    """Return the rows of the table; the state of a closed incident is `over`."""
    from fetcher.units import format_span, format_time

    now = time.time()
    return [
        (
            one.condition.value if one.open else "over",
            one.id,
            format_time(one.began),
            format_span((now if one.closed is None else one.closed) - one.began),
            _what(one),
        )
        for one in incidents
    ]


def _what(incident: "Incident") -> str:
    number = len(incident.members)
    who = incident.members[0].shown if number == 1 else f"{number:,} targets" if number else ""
    noted = f" (acknowledged by {incident.acknowledged_by})" if incident.acknowledged else ""
    return ": ".join(part for part in (who, incident.cause or incident.text) if part) + noted
