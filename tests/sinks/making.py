"""Rows to write, and what each format makes of them, read by somebody else."""

import csv
import gzip
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import OutputProgress, Sink, TargetRows, Value
from fetcher.sinks.columns import COLUMNS as FETCHED
from fetcher.sinks.columns import Column
from fetcher.sinks.formats import format_of
from fetcher.sinks.open_sink import open_sink
from fetcher.sinks.scrape_columns import column_type

TEXT_NAMES = ("out.csv", "out.tsv", "out.jsonl", "out.csv.gz", "out.jsonl.gz")
NAMES = (*TEXT_NAMES, "out.db", "out.parquet")


URL = FETCHED["url"]
"""The column of the target's own URL."""


def column(name: str, type: FieldType = FieldType.TEXT, *, many: bool = False) -> Column:
    """Make a column whose values come from a page."""
    return Column(name, "", "", column_type(type, many=many), True, lambda result: None)


COLUMNS = (
    URL,
    column("status", FieldType.INT),
    column("price", FieldType.FLOAT),
    column("sold", FieldType.BOOL),
    column("links", many=True),
    column("extra", FieldType.JSON),
)


def target(number: int) -> TargetRows:
    """Make the rows of a target: none, one, or two; the same for the same number."""
    url = f"http://a.example/{number}"
    row: tuple[Value, ...] = (
        url,
        200 + number % 5,
        number / 4,
        number % 2 == 0,
        [f"{url}#{link}" for link in range(number % 3)],
        None if number % 4 else {"title": f"é {number}", "deep": [number, None]},
    )
    return TargetRows(url, (row,) * (number % 3))


def batches(first: int, last: int, size: int) -> Iterator[list[TargetRows]]:
    """Make the targets from one number up to another, so many at a time."""
    for start in range(first, last, size):
        yield [target(number) for number in range(start, min(start + size, last))]


def after(progress: OutputProgress, targets: Sequence[TargetRows]) -> OutputProgress:
    """How far it is when these targets are finished too."""
    for each in targets:
        progress = progress.after(each.identity)
    return progress


def opened(
    path: Path, *, resume: bool = False, format: str | None = None, **more: Any
) -> tuple[Sink, OutputProgress]:
    """Open an output for `COLUMNS`."""
    kind = format_of(str(path), format, job="a test")
    found = open_sink(str(path), kind, **{"columns": COLUMNS, "resume": resume, **more})
    return found.sink, found.progress


def fill(
    path: Path, count: int, *, size: int = 7, resume: bool = False, finish: bool = True
) -> int:
    """Write targets up to a count, and complete the output; return where it began."""
    sink, progress = opened(path, resume=resume)
    began = progress.done
    try:
        for batch in batches(progress.done, count, size):
            sink.write(batch)
            progress = after(progress, batch)
            sink.commit(progress)
        sink.finish(complete=finish)
    finally:
        sink.finish(complete=False)
    return began


def lines(path: Path) -> bytes:
    """Read a text output, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def content(path: Path) -> object:
    """Read all that is in an output, in its order, for comparing it with another one."""
    if path.suffix == ".db":
        return database_rows(path)
    if path.suffix in REPORTS:
        return REPORTS[path.suffix](path.read_text("utf-8"))
    # A Parquet file is compared byte for byte: it does not depend on how it came to be.
    return path.read_bytes() if path.suffix == ".parquet" else lines(path)


def html_content(text: str) -> object:
    """Read what a page says, but for times."""
    page = LexborHTMLParser(text)
    shown = [node.text() for node in page.css("h1, .partial, .kicker, .tiles:not(.few), details")]
    names = ("data-url", "data-health", "data-trouble", "data-status")
    rows = [tuple(row.attributes[name] for name in names) for row in page.css("tr[data-url]")]
    return shown, rows, [node.text() for node in page.css("tr .what")]


def markdown_content(text: str) -> object:
    """Read what a summary says, but for times."""
    return re.sub(r"\| [\d.,]+ m?s \|", "|", text.partition("### Slowest")[0])


def junit_content(text: str) -> object:
    """Read the cases of a suite, but for times."""
    return re.sub(
        r'(^time: .*\n|^phases: .*\n| time="[^"]*"| timestamp="[^"]*")', "", text, flags=re.M
    )


REPORTS = {".html": html_content, ".md": markdown_content, ".xml": junit_content}


def database_rows(path: Path, table: str = "") -> list[tuple[Any, ...]]:
    """Read a table, of all that there are the one with rows of a job, in the order of its rows."""
    with closing(sqlite3.connect(path)) as database:
        if not table:
            query = 'SELECT "table" FROM fetcher_progress'
            table = database.execute(query).fetchone()[0]
        return database.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall()


def urls(path: Path) -> list[str]:
    """Read the URL of each row that an output has, while it is being written too."""
    if path.suffix == ".db":
        return [row[0] for row in database_rows(path)]
    if path.suffix == ".parquet":
        import pyarrow as pa  # type: ignore[import-untyped]

        with pa.memory_map(str(path) + ".rows") as rows:
            return [str(url) for url in pa.ipc.open_stream(rows).read_all()["url"].to_pylist()]
    text = lines(path).decode()
    if ".jsonl" in path.name:
        return [json.loads(line)["url"] for line in text.splitlines()]
    delimiter = "\t" if path.suffix == ".tsv" else ","
    return [row["url"] for row in csv.DictReader(text.splitlines(), delimiter=delimiter)]


def expected_urls(count: int) -> list[str]:
    """The URL of each row of the first targets."""
    return [each.identity for batch in batches(0, count, 100) for each in batch for _ in each.rows]
