"""`fetcher scrape`: URLs in, rows of fields out."""

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
from fetcher.jobs.job_settings import ScrapeSettings
from fetcher.settings import Settings


@most_used(
    "--list",
    "--output",
    "--select",
    "--extract",
    "--resume",
    "--cache",
    "--concurrency",
    "--timeout",
    "--robots",
    "--config",
)
@with_options(ScrapeSettings, Settings)
def scrape(
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
    cache: Annotated[
        str | None,
        typer.Option(
            "--cache",
            metavar="DIR",
            help="Cache responses in this directory, up to 2 GB. The next run fetches only what "
            "has changed.",
            rich_help_panel="Requests",
        ),
    ] = None,
    save_bodies: Annotated[
        str | None,
        typer.Option(
            "--save-bodies",
            metavar="DIR|FILE.warc.gz",
            help="Save every response as received, as files or as a web archive.",
            rich_help_panel="Output",
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
    """Extract fields from each page and write them as rows.

    Finished rows survive a crash: run the same command with --resume to continue.

    Examples:
        fetcher scrape -l urls.txt -s title -s "price:float=.price::text" -o shop.csv
        fetcher scrape -l urls.txt -s "links=a@href*" -o links.jsonl --cache .cache
        fetcher scrape -l urls.txt --extract shop:products -o products.db --resume
    """
    from fetcher.cli.job import Job, signature_of
    from fetcher.cli.open_inputs import read_inputs
    from fetcher.cli.open_outputs import Outputs, chosen_columns, print_columns
    from fetcher.cli.run_job import run_job
    from fetcher.cli.scrape_job import ScrapeCall, scrape_spec
    from fetcher.cli.scrape_plan import what_to_take

    settings = given.settle(Settings, "fetch")
    what = given.settle(ScrapeSettings, "scrape")
    names = chosen_columns(what.columns)
    taken = what_to_take(what)
    if names == ("help",):
        print_columns(taken.outputs)
        return
    if not urls and not lists:
        give_up(ExitCode.USAGE, "no URLs: name some, or a list with -l FILE; see fetcher scrape -h")
    job = Job(
        spec=scrape_spec(ScrapeCall(what, taken, cache, save_bodies, verbose)),
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
            job=taken.outputs,
            format=what.format,
            columns=names,
            carry=what.carry,
            raw_cells=what.raw_cells,
            inputs=tuple(Path(name) for name in lists or () if name != "-"),
            resume=resume,
            signature=signature_of("scrape", settings.order, *taken.signature),
        ),
        settings=settings,
        quiet=quiet,
        verbose=verbose,
    )
    raise typer.Exit(asyncio.run(run_job(job)))
