"""`fetcher check`: URLs in, verdicts out, and an exit code for scripts."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.help_format import most_used
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
from fetcher.jobs.job_settings import CheckSettings, Degraded
from fetcher.judgement.expectations import Expectations, parse_expectations
from fetcher.settings import Settings


@most_used(
    "--list",
    "--output",
    "--baseline",
    "--retry-failed",
    "--expect-status",
    "--expect-body-contains",
    "--expect-degraded-after",
    "--expect-certificate-days",
    "--timeout",
    "--config",
)
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
            rich_help_panel="Output",
        ),
    ] = None,
    resume: Resume = False,
    retry_failed: Annotated[
        list[str] | None,
        typer.Option(
            "--retry-failed",
            metavar="FILE",
            help="Check again the URLs that were not healthy in this earlier result; repeatable.",
            show_default=False,
            rich_help_panel="Input",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Fail only for URLs that broke since this earlier result. Fixed ones are reported "
            "too.",
            rich_help_panel="Expectations",
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
    """Check whether each URL is healthy, and explain why if it is not.

    Each URL gets a verdict: healthy, degraded, unhealthy, or unknown if the check could not find
    out; with the kind of trouble and the reason. The exit code is 0 if every URL is healthy.

    Examples:
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
        give_up(ExitCode.USAGE, "no URLs: name some, or a list with -l FILE; see fetcher check -h")

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
