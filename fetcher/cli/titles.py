"""`fetcher titles`: URLs in, page titles out."""

import asyncio
from typing import Annotated

import typer

from fetcher.cli.engine_options import Given, with_options
from fetcher.cli.exits import ExitCode, give_up
from fetcher.jobs.titles_settings import TitlesSettings
from fetcher.settings import Settings


@with_options(TitlesSettings, Settings)
def titles(
    urls: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL]...", help="URLs; without a scheme: https, then http."),
    ] = None,
    lists: Annotated[
        list[str] | None,
        typer.Option(
            "-l",
            "--list",
            metavar="FILE",
            help="Read URLs from this file; - is standard input; repeatable. One URL a line, "
            "CSV, TSV, JSON lines, or a sitemap (also its URL); each also as .gz.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write rows to this file; - is standard output; repeatable. The suffix says the "
            "format: .csv, .tsv, .jsonl, each also with .gz. [default: -, as a table on a "
            "terminal]",
            show_default=False,
        ),
    ] = None,
    list_format: Annotated[
        str | None,
        typer.Option(
            "--list-format",
            metavar="text|csv|tsv|jsonl|sitemap",
            help="Format of the lists. [default: by suffix, else by content]",
        ),
    ] = None,
    url_column: Annotated[
        str | None,
        typer.Option(
            "--url-column",
            metavar="NAME",
            help="CSV column with the URLs, by name or number from 1. [default: found by header "
            "or content]",
        ),
    ] = None,
    url_field: Annotated[
        str | None,
        typer.Option(
            "--url-field",
            metavar="NAME",
            help="JSON field with the URL; a.b for nested ones. [default: url, href, link, …]",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Print no progress and no summary.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Explain each failure as it happens.")
    ] = False,
    *,
    given: Given,
) -> None:
    """Find the page title of each URL, and write one row for each.

    Every row of the input gets its row in the output: failed, invalid and duplicate ones too.

    fetcher titles https://example.org -o titles.csv

    fetcher titles -l urls.txt -o titles.csv

    sort -u hosts | fetcher titles -l - -o - | head
    """
    settings = given.settle(Settings, "fetch")
    what = given.settle(TitlesSettings, "titles")
    names = [name.strip() for text in what.columns for name in text.split(",") if name.strip()]
    if names == ["help"]:
        _print_columns()
        return
    if not urls and not lists:
        give_up(ExitCode.USAGE, "give URLs, or a list with -l FILE; see fetcher titles --help")

    from fetcher.cli.titles_job import Job, run_job
    from fetcher.sources import ListOptions

    formats = ("text", "csv", "tsv", "jsonl", "sitemap")
    if list_format is not None and list_format not in formats:
        known = ", ".join(formats)
        give_up(ExitCode.USAGE, f"--list-format: {list_format!r} is not one of {known}")
    job = Job(
        urls=tuple(urls or ()),
        lists=tuple(lists or ()),
        outputs=tuple(output or ("-",)),
        list_options=ListOptions(url_column, url_field, list_format or "auto", what.carry),  # type: ignore[arg-type]
        columns=tuple(names),
        what=what,
        settings=settings,
        quiet=quiet,
        verbose=verbose,
    )
    raise typer.Exit(asyncio.run(run_job(job)))


def _print_columns() -> None:
    from fetcher.sinks.columns import describe

    for name, unit, help in describe():
        print(f"{name:<16} {f'[{unit}]' if unit else '':<8} {help}")
