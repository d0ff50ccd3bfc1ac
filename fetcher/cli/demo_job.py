"""Runs the demo: the titles job over the demo site, the result shown as a table."""

import csv
import os
import shutil
import sys
import tempfile
from pathlib import Path

from fetcher.cli.exits import ExitCode
from fetcher.cli.job import Job
from fetcher.cli.open_inputs import Inputs
from fetcher.cli.open_outputs import Outputs
from fetcher.cli.run_job import run_job
from fetcher.cli.titles_job import titles_spec
from fetcher.demo.site import DemoSite, serve_forever
from fetcher.settings import Settings
from fetcher.sinks.base import TargetRows
from fetcher.sinks.columns import DEFAULT_COLUMNS, choose
from fetcher.sinks.job_columns import TITLES
from fetcher.sinks.table import TableSink, wants_colour
from fetcher.sources import ListOptions

NAME = "fetcher-demo.csv"


async def serve_demo(port: int) -> int:
    """Serve the demo site until it is interrupted."""

    def started(site: DemoSite) -> None:
        print(f"The demo site is at {site.base_url} (Ctrl-C stops it)", file=sys.stderr, flush=True)

    try:
        await serve_forever("127.0.0.1", port, started=started)
    except OSError as error:
        print(f"fetcher: cannot serve on port {port}: {error.strerror}", file=sys.stderr)
        return ExitCode.INPUT_OUTPUT
    return ExitCode.DONE


async def run_demo() -> int:
    """Fetch the titles of the demo site's pages, and show what came out."""
    path = _writable(Path(NAME))
    async with DemoSite() as site:
        urls = site.urls()
        _say(f"A small web site now runs at {site.base_url}, on this machine only.")
        _say(
            f"Asking {len(urls)} of its URLs for their titles; some are slow or broken on purpose."
        )
        _say()
        job = Job(
            spec=titles_spec(fail=False),
            inputs=Inputs(tuple(urls), (), ListOptions()),
            outputs=Outputs((str(path),), TITLES, journal=False),
            settings=Settings(timeout=5.0),
        )
        code = await run_job(job)
    if code == ExitCode.DONE:
        print()
        _show(path)
        _say()
        _say(f"These rows are in {path}")
        _say("Next, a list of your own:  fetcher titles -l urls.txt -o titles.csv")
    return code


def _say(text: str = "") -> None:
    print(text, file=sys.stderr, flush=True)


def _show(path: Path) -> None:
    """Print a CSV of default columns as the table that a terminal gets."""
    columns = choose(DEFAULT_COLUMNS)
    table = TableSink(
        columns,
        sys.stdout.write,  # type: ignore[arg-type]
        width=shutil.get_terminal_size().columns,
        colour=wants_colour(sys.stdout, os.environ),
    )
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    cells = [
        tuple(
            column.kind(cell) if cell else None for column, cell in zip(columns, row, strict=True)
        )
        for row in rows
    ]
    table.write([TargetRows("", tuple(cells))])
    sys.stdout.flush()


def _writable(path: Path) -> Path:
    """The path in the current directory, or in the one for temporary files."""
    if os.access(Path.cwd(), os.W_OK):
        return path.absolute()
    return Path(tempfile.gettempdir()) / path
