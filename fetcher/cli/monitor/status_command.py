"""`fetcher monitor status`: the state of the targets, worst first."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, Json, config_path

if TYPE_CHECKING:
    from fetcher.monitor.history import HistoryReader
    from fetcher.monitor.live_view import TargetView
    from fetcher.monitor.plan import MonitorTarget

_HEADER = ("STATE", "TARGET", "FOR", "STATUS", "TIME", "RESULT")
_WORST = ("down", "degraded", "new", "up")


def status(
    text: Annotated[
        str,
        typer.Argument(metavar="TEXT", help="Only targets whose name, URL or group contains this."),
    ] = "",
    limit: Annotated[
        int,
        typer.Option("--limit", min=0, metavar="N", help="Maximum targets to show; 0 shows all."),
    ] = 50,
    json: Json = False,
    config: Config = None,
) -> None:
    """Show the state of every target, worst first.

    The state is what the monitor last wrote, usually about a second ago; a monitor that is not
    running leaves its last state.

    Examples:
        fetcher monitor status
        fetcher monitor status shop --json
    """
    from fetcher.cli.monitor.database_access import database_of, is_running, reading, targets_of

    path = config_path(config)
    running = is_running(database_of(path))
    with reading(path) as reader:
        views = worst_first(found_by(text, standing(targets_of(path), reader)))
    if text and not views:
        give_up(ExitCode.FAILED_URLS, f"no target has {text!r} in its name, URL or group")
    counts = Counter(view.state.condition.value for view in views)
    shown = views[:limit] if limit else views
    if json:
        _print_json(running, counts, shown)
    else:
        _print(running, counts, shown, len(views))
    raise typer.Exit(ExitCode.FAILED_URLS if counts["down"] else ExitCode.DONE)


def standing(targets: "Sequence[MonitorTarget]", reader: "HistoryReader") -> "list[TargetView]":
    """Return the state of targets; without a configuration, of those in the history."""
    from fetcher.judgement.expectations import NOTHING_SPECIAL
    from fetcher.monitor.live_view import TargetView
    from fetcher.monitor.plan import Interval, MonitorTarget

    known = {found.key: found for found in reader.status()}
    watched = targets or [MonitorTarget(key, key, Interval(0.0), NOTHING_SPECIAL) for key in known]
    incidents = {
        member.key: incident.id
        for incident in reader.incidents(limit=1000)
        if incident.open
        for member in incident.failing
    }
    return [
        TargetView(one, found.state, found.latest, incidents.get(one.key, ""))
        if (found := known.get(one.key))
        else TargetView(one)
        for one in watched
    ]


def found_by(text: str, views: "Iterable[TargetView]") -> "list[TargetView]":
    """Return the targets whose name, URL or group contains a text, ignoring case."""
    wanted = text.casefold()
    return [
        view
        for view in views
        if wanted in f"{view.target.name}\n{view.target.address}\n{view.target.group}".casefold()
    ]


def worst_first(views: "Iterable[TargetView]") -> "list[TargetView]":
    """Sort targets by condition, then by name."""
    return sorted(
        views, key=lambda view: (_WORST.index(view.state.condition), view.target.shown.casefold())
    )


def _print(running: bool, counts: Counter[str], shown: "Sequence[TargetView]", number: int) -> None:
    from fetcher.cli.monitor.tables import print_table

    summary = ", ".join(f"{counts[word]:,} {word}" for word in _WORST if counts[word])
    print(f"{summary or 'No targets'}{'' if running else '; the monitor is not running'}")
    if shown:
        now = time.time()
        print_table(_HEADER, [_row(view, now) for view in shown])
    if number > len(shown):
        print(f"… and {number - len(shown):,} more (--limit 0 shows all)")


def _row(view: "TargetView", now: float) -> tuple[str, ...]:
    from fetcher.units import format_elapsed, format_span

    state, latest = view.state, view.latest
    since = format_span(now - state.since) if state.since else ""
    name = view.target.shown + (" (flapping)" if state.flapping else "")
    if latest is None:
        return state.condition, name, since, "", "", "not checked yet"
    status = "" if latest.status is None else str(latest.status)
    elapsed = "" if latest.elapsed is None else format_elapsed(latest.elapsed)
    found = latest.text or latest.health.value
    return state.condition, name, since, status, elapsed, found


def _print_json(running: bool, counts: Counter[str], shown: "Sequence[TargetView]") -> None:
    from fetcher.cli.monitor.database_access import print_json
    from fetcher.statuspage.api import api_documents

    print_json(
        {
            "running": running,
            "counts": dict(counts),
            "targets": [api_documents.target(view) for view in shown],
        }
    )
