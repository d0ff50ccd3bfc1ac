"""`fetcher monitor history`: the past of one target."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, Json, config_path, span

if TYPE_CHECKING:
    from fetcher.monitor.conditions import Uptime
    from fetcher.monitor.history import CheckRow, HistoryReader
    from fetcher.monitor.incident import Incident
    from fetcher.monitor.live_view import TargetView

DAY = 86400.0
SPANS = {"24 h": DAY, "7 d": 7 * DAY, "30 d": 30 * DAY, "90 d": 90 * DAY}
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What is known about a target: its state, uptime, incidents and latest checks."""

    view: "TargetView"
    uptimes: "dict[str, Uptime]"
    incidents: "Sequence[Incident]"
    checks: "Sequence[CheckRow]"


def history(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="Name or URL of the target, or a part of it that is unique.",
            show_default=False,
        ),
    ],
    since: Annotated[
        str, typer.Option("--since", metavar="DURATION", help="How far back to go.")
    ] = "7d",
    checks: Annotated[
        int, typer.Option("--checks", min=0, metavar="N", help="Number of latest checks to show.")
    ] = 10,
    json: Json = False,
    config: Config = None,
) -> None:
    """Show the uptime, incidents and latest checks of one target.

    Uptime is the share of the monitored time in which the target was up or degraded. Maintenance
    windows and time without checks are not counted.

    Examples:
        fetcher monitor history "Front page" --since 30d
    """
    from fetcher.cli.monitor.database_access import reading, targets_of
    from fetcher.cli.monitor.status_command import standing

    path, back = config_path(config), span(since, "--since")
    with reading(path) as reader:
        view = _chosen(target, standing(targets_of(path), reader))
        past = _past(view, reader, time.time(), back, checks)
    if json:
        _print_json(past)
    else:
        _print(past, since)


def _chosen(text: str, views: "list[TargetView]") -> "TargetView":
    """Find the target that a text means; exits with 1 if there is none, or more than one."""
    found = choose(text, views)
    if not found:
        give_up(
            ExitCode.FAILED_URLS, f"no target matches {text!r}; fetcher monitor status lists them"
        )
    if len(found) > 1:
        names = "".join(f"\n  {view.target.shown}" for view in found[:_MOST_NAMED])
        more = f"\n  … and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
        give_up(ExitCode.FAILED_URLS, f"{text!r} matches several targets:{names}{more}")
    return found[0]


def choose(text: str, views: "list[TargetView]") -> "list[TargetView]":
    """Find the targets that a text may mean: by key, then by URL, then by a part of either."""
    from fetcher.cli.monitor.status_command import found_by
    from fetcher.monitor.config.targets import address

    by_key = [view for view in views if view.target.key == text]
    if by_key:
        return by_key
    try:
        url = address(text)
    except ValueError:
        url = ""
    return [view for view in views if view.target.url == url] or found_by(text, views)


def _past(
    view: "TargetView", reader: "HistoryReader", now: float, back: float, checks: int
) -> HistoryReport:
    key = view.target.key
    # A moment is not part of an interval that ends at it.
    later = now + 1
    return HistoryReport(
        view,
        {name: reader.uptime(key, now - length, later) for name, length in SPANS.items()},
        [one for one in reader.incidents(key=key, limit=100) if _touches(one, now - back)],
        reader.checks(key, now - back, later, checks) if checks else (),
    )


def _touches(incident: "Incident", since: float) -> bool:
    return incident.closed is None or incident.closed >= since


def _print(past: HistoryReport, since: str) -> None:
    from fetcher.cli.monitor.incidents_command import incident_rows, print_incidents
    from fetcher.cli.monitor.tables import print_table
    from fetcher.text import clean
    from fetcher.units import format_span, format_time

    watched, state = past.view.target, past.view.state
    print(clean(f"{watched.name}  {watched.address}" if watched.name else watched.address))
    if state.since:
        lasted = format_span(time.time() - state.since)
        print(f"{state.condition} since {format_time(state.since)} ({lasted})")
    else:
        print("not checked yet")
    print("uptime: " + ", ".join(f"{name} {_share(one)}" for name, one in past.uptimes.items()))
    print(f"\nIncidents in the last {since}: {len(past.incidents) or 'none'}")
    print_incidents(incident_rows(past.incidents))
    if past.checks:
        print(f"\nLatest {len(past.checks)} checks:")
        print_table(
            ("HEALTH", "AT", "STATUS", "TIME", "RESULT"), [_check_row(one) for one in past.checks]
        )


def _check_row(check: "CheckRow") -> tuple[str, ...]:
    from fetcher.units import format_elapsed, format_time

    return (
        check.health,
        format_time(check.at),
        "" if check.status is None else str(check.status),
        "" if check.elapsed is None else format_elapsed(check.elapsed),
        check.text,
    )


def _share(uptime: "Uptime") -> str:
    """Format an uptime, rounded down so that only an uninterrupted one reads 100%."""
    share = uptime.share
    if share is None:
        return "not monitored"
    return "100%" if share == 1 else f"{int(share * 100_000) / 1000:.3f}%"


def _print_json(past: HistoryReport) -> None:
    from fetcher.cli.monitor.database_access import print_json
    from fetcher.statuspage.api import api_documents

    print_json(
        {
            **api_documents.target(past.view),
            "uptime": {
                n.replace(" ", ""): api_documents.uptime(u) for n, u in past.uptimes.items()
            },
            "incidents": [api_documents.incident(one) for one in past.incidents],
            "checks": [api_documents.check(one) for one in past.checks],
        }
    )
