"""`fetcher check`: URLs in, verdicts out, and an exit code that says whether all is well."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.setting_options import (
    Given,
    ListFormat,
    Lists,
    Quiet,
    Resume,
    UrlColumn,
    UrlField,
    Urls,
    Verbose,
    with_options,
)
from fetcher.jobs.check import CheckSettings, Degraded
from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.settings import Settings


@with_options(Expectations, CheckSettings, Settings)
def check(
    urls: Urls = None,
    lists: Lists = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write results to this file; - is standard output; repeatable. The suffix sets "
            "the format: .csv, .tsv, .jsonl, each also with .gz, .parquet, .db or .sqlite, and "
            ".xml (JUnit), .md or .html for a report. [default: -, as a table on a terminal]",
            show_default=False,
        ),
    ] = None,
    resume: Resume = False,
    retry_failed: Annotated[
        list[str] | None,
        typer.Option(
            "--retry-failed",
            metavar="FILE",
            help="Check again what was not healthy in this earlier result, whatever its format; "
            "repeatable.",
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Fail only for what is newly broken since this earlier result, and say what was "
            "fixed.",
        ),
    ] = None,
    list_format: ListFormat = None,
    url_column: UrlColumn = None,
    url_field: UrlField = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    *,
    given: Given,
) -> None:
    """Say of each URL whether it is healthy, and if not, why.

    Each gets a verdict: healthy, degraded, unhealthy, or unknown where that could not be found
    out; with the kind of trouble and a reason in plain words. The exit code is 0 when all are
    healthy.

    fetcher check https://example.org https://example.com

    fetcher check -l urls.txt -o results.csv -o report.html

    fetcher check -l urls.txt --baseline last.jsonl -o now.jsonl
    """
    from fetcher.cli.open_outputs import Outputs, chosen_columns, print_columns
    from fetcher.sinks.job_columns import CHECK

    settings = given.settle(Settings, "fetch")
    what = given.settle(CheckSettings, "check")
    expected = given.settle(Expectations, "expect")
    names = chosen_columns(what.columns)
    if names == ("help",):
        print_columns(CHECK)
        return
    if not urls and not lists and not retry_failed:
        give_up(ExitCode.USAGE, "give URLs, or a list with -l FILE; see fetcher check --help")

    from fetcher.cli.check_job import CheckCall, check_spec
    from fetcher.cli.job import Job, signature_of
    from fetcher.cli.open_inputs import read_inputs
    from fetcher.cli.run_job import run_job

    call = CheckCall(what, expected, tuple(retry_failed or ()), baseline)
    earlier = (*call.retry_failed, *([baseline] if baseline else []))
    job = Job(
        spec=check_spec(call),
        inputs=read_inputs(
            urls,
            lists,
            list_format=list_format,
            url_column=url_column,
            url_field=url_field,
            carry=what.carry,
            expect=lambda raw: parse_expectations(raw, expected),
        ),
        outputs=Outputs(
            targets=tuple(output or ("-",)),
            job=CHECK,
            format=what.format,
            columns=names,
            carry=what.carry,
            raw_cells=what.raw_cells,
            inputs=tuple(Path(name) for name in (*(lists or ()), *earlier) if name != "-"),
            degraded_fails=what.degraded is Degraded.FAIL,
            resume=resume,
            signature=signature_of("check", settings.order, *call.signature),
        ),
        settings=settings,
        quiet=quiet,
        verbose=verbose,
    )
    raise typer.Exit(asyncio.run(run_job(job)))
