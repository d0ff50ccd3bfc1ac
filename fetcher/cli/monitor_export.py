"""`fetcher monitor export`: what is remembered, as a file for other programs."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor_parameters import Config, config_path, span

if TYPE_CHECKING:
    from fetcher.monitor.history import Reader

WHAT = ("checks", "hours", "days", "incidents")
_BATCH = 1000


def export(
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where to; - is standard output. The suffix says the format: .csv, .tsv, .jsonl, "
            "each also with .gz.",
        ),
    ] = "-",
    what: Annotated[
        str,
        typer.Option(
            "--what",
            metavar="|".join(WHAT),
            help="Single checks, figures by the hour or the day, or incidents.",
        ),
    ] = "checks",
    since: Annotated[str, typer.Option("--since", metavar="DURATION", help="How far back.")] = "1d",
    text: Annotated[
        str, typer.Option("--target", metavar="TEXT", help="Only targets whose key has this.")
    ] = "",
    config: Config = None,
) -> None:
    """Write what is remembered to a file.

    Times are RFC 3339 in UTC, durations milliseconds or, where the name says so, seconds. Single
    checks are kept for the shortest time: see keep_checks in the configuration.
    """
    from fetcher.cli.monitor_history_file import reading

    if what not in WHAT:
        give_up(ExitCode.USAGE, f"--what: {what!r} is not one of {', '.join(WHAT)}")
    now = time.time()
    first = now - span(since, "--since")
    with reading(config_path(config)) as reader:
        _write(reader, output, what, first, now + 1, text.casefold())


def _write(reader: "Reader", output: str, what: str, since: float, until: float, text: str) -> None:
    """Write all rows; exits with 2 for a format that does not exist, with 3 when writing fails."""
    from itertools import islice

    from fetcher.cli.monitor_export_rows import COLUMNS, rows
    from fetcher.sinks.base import SinkError
    from fetcher.sinks.opening import REPORTS, FormatError, format_of, open_sink

    try:
        if format_of(output) in REPORTS:
            raise FormatError(f"{output}: an export is CSV, TSV or JSON lines")
        sink = open_sink(output, columns=COLUMNS[what])
    except FormatError as error:
        give_up(ExitCode.USAGE, error)
    except SinkError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    try:
        found = rows(reader, what, since, until, text)
        while batch := tuple(islice(found, _BATCH)):
            sink.write(batch)
        sink.complete()
    except BrokenPipeError:
        pass
    except SinkError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)
    finally:
        sink.close()
