"""`fetcher titles`: URLs in, page titles out."""

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
from fetcher.jobs.job_settings import TitlesSettings
from fetcher.settings import Settings


@most_used(
    "--list",
    "--output",
    "--columns",
    "--concurrency",
    "--host-interval",
    "--timeout",
    "--retries",
    "--header",
    "--config",
    "--quiet",
)
@with_options(TitlesSettings, Settings)
def titles(
    urls: Urls = None,
    lists: Lists = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write rows to this file; - is standard output; repeatable. The suffix sets the "
            "format: .csv, .tsv, .jsonl, each also with .gz, .parquet, .db or .sqlite, and .md or "
            ".html for a report. [default: -, as a table on a terminal]",
            show_default=False,
            rich_help_panel="Output",
        ),
    ] = None,
    resume: Resume = False,
    list_format: ListFormat = None,
    url_column: UrlColumn = None,
    url_field: UrlField = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    *,
    given: Given,
) -> None:
    """Fetch the page title of every URL and write one row per URL.

    Every row of the input has its row in the output, also if the URL fails, is invalid or is a
    duplicate.

    Examples:
        fetcher titles https://example.org -o titles.csv
        fetcher titles -l urls.txt -o titles.csv
        sort -u hosts | fetcher titles -l - -o - | head
    """
    from fetcher.cli.open_outputs import Outputs, chosen_columns, print_columns
    from fetcher.sinks.job_columns import TITLES

    settings = given.settle(Settings, "fetch")
    what = given.settle(TitlesSettings, "titles")
    names = chosen_columns(what.columns)
    if names == ("help",):
        print_columns(TITLES)
        return
    if not urls and not lists:
        give_up(ExitCode.USAGE, "no URLs: name some, or a list with -l FILE; see fetcher titles -h")

    from fetcher.cli.job import Job, signature_of
    from fetcher.cli.open_inputs import read_inputs
    from fetcher.cli.run_job import run_job
    from fetcher.cli.titles_job import titles_spec

    job = Job(
        spec=titles_spec(fail=what.fail),
        inputs=read_inputs(
            urls,
            lists,
            list_format=list_format,
            url_column=url_column,
            url_field=url_field,
            carry=what.carry,
        ),
        outputs=Outputs(
            targets=tuple(output or ("-",)),
            job=TITLES,
            format=what.format,
            columns=names,
            carry=what.carry,
            raw_cells=what.raw_cells,
            inputs=tuple(Path(name) for name in lists or () if name != "-"),
            resume=resume,
            signature=signature_of("titles", settings.order),
        ),
        settings=settings,
        quiet=quiet,
        verbose=verbose,
    )
    raise typer.Exit(asyncio.run(run_job(job)))
