"""The parameters that every command over a list of URLs has."""

from typing import Annotated

import typer

Urls = Annotated[
    list[str] | None,
    typer.Argument(metavar="[URL]...", help="URLs; without a scheme: https, then http."),
]
Lists = Annotated[
    list[str] | None,
    typer.Option(
        "-l",
        "--list",
        metavar="FILE",
        help="Read URLs from this file; - is standard input; repeatable. One URL a line, "
        "CSV, TSV, JSON lines, TOML, or a sitemap (also its URL); each also as .gz.",
        show_default=False,
    ),
]
ListFormat = Annotated[
    str | None,
    typer.Option(
        "--list-format",
        metavar="text|csv|tsv|jsonl|toml|sitemap",
        help="Format of the lists. [default: by suffix, else by content]",
    ),
]
UrlColumn = Annotated[
    str | None,
    typer.Option(
        "--url-column",
        metavar="NAME",
        help="CSV column with the URLs, by name or number from 1. [default: found by header "
        "or content]",
    ),
]
UrlField = Annotated[
    str | None,
    typer.Option(
        "--url-field",
        metavar="NAME",
        help="JSON field with the URL; a.b for nested ones. [default: url, href, link, …]",
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print no progress and no summary.")]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Explain each failure as it happens.")
]
