"""Rows to write, and what each format makes of them, read by somebody else."""

import csv
import gzip
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from fetcher.extraction.fields.conversion import FieldType, FieldValue
from fetcher.sinks.columns import COLUMNS as FETCHED
from fetcher.sinks.columns import Column
from fetcher.sinks.durable import Durable, OutputProgress, TargetRows, column_type, open_durable

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
    row: tuple[FieldValue, ...] = (
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
        progress = progress.after(each.url)
    return progress


def opened(path: Path, *, resume: bool = False, **more: Any) -> tuple[Durable, OutputProgress]:
    """Open an output for `COLUMNS`."""
    return open_durable(str(path), **{"columns": COLUMNS, "resume": resume, **more})


def fill(
    path: Path, count: int, *, size: int = 7, resume: bool = False, finish: bool = True
) -> int:
    """Write targets up to a count, and complete the output; return where it began."""
    durable, progress = opened(path, resume=resume)
    began = progress.done
    try:
        for batch in batches(progress.done, count, size):
            durable.write(batch)
            progress = after(progress, batch)
            durable.commit(progress)
        if finish:
            durable.complete()
    finally:
        durable.close()
    return began


def lines(path: Path) -> bytes:
    """Read a text output, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def content(path: Path) -> object:
    """Read all that is in an output, in its order, for comparing it with another one."""
    if path.suffix == ".db":
        return database_rows(path)
    # A Parquet file is compared byte for byte: it does not depend on how it came to be.
    return path.read_bytes() if path.suffix == ".parquet" else lines(path)


def database_rows(path: Path, table: str = "pages") -> list[tuple[Any, ...]]:
    """Read a table in the order of its rows."""
    with closing(sqlite3.connect(path)) as database:
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
    return [each.url for batch in batches(0, count, 100) for each in batch for _ in each.rows]
