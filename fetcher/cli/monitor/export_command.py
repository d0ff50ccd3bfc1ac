"""`fetcher monitor export`: the history as a file for other programs."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, config_path, span
from fetcher.monitor.history import Bucket, CheckRow, HistoryReader
from fetcher.monitor.incident import Incident
from fetcher.sinks.base import Row
from fetcher.sinks.columns import Column
from fetcher.units import rfc3339

if TYPE_CHECKING:
    from fetcher.monitor.history import HistoryReader

WHAT = ("checks", "hours", "days", "incidents")
_BATCH = 1000


def export(
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write rows to this file; - is standard output. The suffix sets the format: "
            ".csv, .tsv, .jsonl, each also with .gz.",
        ),
    ] = "-",
    what: Annotated[
        str,
        typer.Option(
            "--what",
            metavar="|".join(WHAT),
            help="What to export: single checks, hourly or daily figures, or incidents.",
        ),
    ] = "checks",
    since: Annotated[
        str, typer.Option("--since", metavar="DURATION", help="How far back to go.")
    ] = "1d",
    text: Annotated[
        str,
        typer.Option(
            "--target", metavar="TEXT", help="Only targets whose name or URL contains this text."
        ),
    ] = "",
    config: Config = None,
) -> None:
    """Export the history to a file.

    Times are RFC 3339 in UTC. Durations are in milliseconds or, in columns whose name says so, in
    seconds. Single checks are kept for a shorter time than figures: see keep_checks in the
    configuration.

    Examples:
        fetcher monitor export --what days --since 90d -o days.csv
        fetcher monitor export --what incidents -o incidents.jsonl
    """
    from fetcher.cli.monitor.database_access import reading

    if what not in WHAT:
        give_up(ExitCode.USAGE, f"--what: {what!r} is not one of {', '.join(WHAT)}")
    now = time.time()
    first = now - span(since, "--since")
    with reading(config_path(config)) as reader:
        _write(reader, output, what, first, now + 1, text.casefold())


def _write(
    reader: "HistoryReader", output: str, what: str, since: float, until: float, text: str
) -> None:
    """Write all rows; exits with 2 for an unknown format, with 3 if writing fails."""
    from itertools import islice

    from fetcher.sinks.base import START, TargetRows
    from fetcher.sinks.formats import FormatError, format_of, row_formats
    from fetcher.sinks.open_sink import open_sink
    from fetcher.storage.output_error import OutputError

    try:
        job = "fetcher monitor export"
        format = format_of(output, job=job, formats=row_formats(), flag="")
        sink = open_sink(output, format, COLUMNS[what], journal=False).sink
    except FormatError as error:
        give_up(ExitCode.USAGE, error)
    except OutputError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    complete = False
    try:
        found = rows(reader, what, since, until, text)
        while batch := tuple(islice(found, _BATCH)):
            sink.write([TargetRows("", batch)])
            sink.commit(START)
        complete = True
    except BrokenPipeError:
        pass
    except OutputError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    finally:
        sink.finish(complete=complete)


HOUR, DAY = 3600, 86400
_PAGE = 200
_SPELLS = ("up", "degraded", "down", "unwatched", "maintenance")


def _column(name: str, kind: type = str) -> Column:
    return Column(name, "", "", kind, True, lambda result: None)


_COUNTS = ("checks", "healthy", "degraded", "unhealthy", "unknown")
_TIMES = ("elapsed_min_ms", "elapsed_avg_ms", "elapsed_max_ms")
_FIGURES = (
    *map(_column, ("target", "start")),
    *(_column(name, int) for name in _COUNTS),
    *(_column(name, float) for name in _TIMES),
)

COLUMNS = {
    "checks": (
        *map(_column, ("target", "at", "due", "health", "trouble")),
        _column("status", int),
        _column("elapsed_ms", float),
        _column("text"),
    ),
    "hours": _FIGURES,
    "days": (*_FIGURES, *(_column(f"{spell}_seconds", float) for spell in _SPELLS)),
    "incidents": (
        *map(_column, ("id", "about", "condition", "trouble", "began", "opened", "closed")),
        _column("targets", int),
        *map(_column, ("first_target", "cause", "text", "told_at", "acknowledged_by")),
    ),
}
"""What can be exported, with the columns of each."""


def rows(reader: HistoryReader, what: str, since: float, until: float, text: str) -> Iterator[Row]:
    """Yield the rows of one kind, oldest first by target; incidents latest first.

    text: only of targets whose key contains this, in lower case.
    """
    if what == "incidents":
        yield from (_incident(one) for one in _incidents(reader, since, text))
        return
    of_target: Callable[[str], Iterable[Row]] = {
        "checks": lambda key: _checks(reader, key, since, until),
        "hours": lambda key: _hours(reader, key, since, until),
        "days": lambda key: _days(reader, key, since, until),
    }[what]
    for key in reader.targets():
        if text in key.casefold():
            yield from of_target(key)


def _checks(reader: HistoryReader, key: str, since: float, until: float) -> Iterator[Row]:
    for one in reversed(reader.checks(key, since, until, most=2**31)):
        yield _check(key, one)


def _check(key: str, one: CheckRow) -> Row:
    trouble = one.trouble.value if one.trouble else None
    told = (one.status, _ms(one.elapsed), one.text or None)
    return (key, rfc3339(one.at), rfc3339(one.due), one.health.value, trouble, *told)


def _hours(reader: HistoryReader, key: str, since: float, until: float) -> Iterator[Row]:
    yield from (_figures(key, one) for one in reader.rolled(key, since, until, HOUR))


def _days(reader: HistoryReader, key: str, since: float, until: float) -> Iterator[Row]:
    figures = {one.start: one for one in reader.rolled(key, since, until, DAY)}
    for day in reader.days([key], since, until)[key]:
        bucket = figures.get(day.start, Bucket(day.start, DAY, 0))
        yield (*_figures(key, bucket), *(getattr(day.uptime, spell) for spell in _SPELLS))


def _figures(key: str, one: Bucket) -> Row:
    counts = (getattr(one, name) for name in _COUNTS)
    times = (_ms(t) for t in (one.elapsed_min, one.elapsed_avg, one.elapsed_max))
    return (key, rfc3339(one.start), *counts, *times)


def _incidents(reader: HistoryReader, since: float, text: str) -> Iterator[Incident]:
    """Page through the incidents, latest first."""
    before: float | None = None
    while page := reader.incidents(before, _PAGE, text=text):
        for one in page:
            if one.opened < since:
                return
            yield one
        before = page[-1].opened


def _incident(one: Incident) -> Row:
    return (
        *(one.id, one.about.value, one.condition.value, one.trouble),
        *(rfc3339(one.began), rfc3339(one.opened), rfc3339(one.closed), len(one.members)),
        one.members[0].shown if one.members else None,
        *(one.cause or None, one.text, rfc3339(one.notified_at), one.acknowledged_by or None),
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
