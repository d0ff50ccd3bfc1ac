"""Rows written with and without commits, for each format: rows a second, and the ratio. Goal: 1.05.

Rows come in batches of 256. Without commits there is one, at the end; then there is one for each
batch; then one each 0.2 s. A row has what a page of news has: a dozen links, a summary, JSON-LD.
Below the table stands what an fsync(2) for each batch would cost, which commits do without.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import harness
from harness import Usage

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import TargetRows, Value
from fetcher.sinks.columns import COLUMNS as FETCHED
from fetcher.sinks.columns import Column
from fetcher.sinks.formats import format_of
from fetcher.sinks.open_sink import open_sink
from fetcher.sinks.scrape_columns import column_type

BATCH = 256
SECONDS = 0.2
OUTPUTS = ("out.csv", "out.jsonl", "out.csv.gz", "out.jsonl.gz", "out.db", "out.parquet")

Due = Callable[[], bool]
"""Says after each batch whether it is to be committed."""


def column(name: str, type: FieldType = FieldType.TEXT, *, many: bool = False) -> Column:
    """Make a column whose values come from a page."""
    return Column(name, "", "", column_type(type, many=many), True, lambda result: None)


COLUMNS = (
    FETCHED["url"],
    column("status", FieldType.INT),
    column("title"),
    column("description"),
    column("price", FieldType.FLOAT),
    column("links", many=True),
    column("json_ld", FieldType.JSON, many=True),
    column("error"),
)


def batches(rows: int) -> Iterator[list[TargetRows]]:
    """Make the rows, all of them different."""
    for start in range(0, rows, BATCH):
        yield [target(number) for number in range(start, min(start + BATCH, rows))]


def target(number: int) -> TargetRows:
    """Make a row as a page of news has it."""
    url = f"https://news{number % 97}.example/2026/articles/{number}"
    title = f"Article {number}: what was said about {number * 7919 % 10007}"
    ld: Value = [{"@type": "NewsArticle", "headline": title, "url": url, "position": number}]
    links: Value = [f"{url}/{link}" for link in range(12)]
    cells = (url, 200, title, f"{title}. " * 3, number / 100, links, ld, "")
    return TargetRows(url, (cells,))


def by_the_clock() -> Due:
    """Commit when SECONDS have passed since the last commit."""
    last = time.monotonic()

    def due() -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last < SECONDS:
            return False
        last = now
        return True

    return due


WAYS: dict[str, Callable[[], Due]] = {
    "never": lambda: lambda: False,
    "each batch": lambda: lambda: True,
    f"each {SECONDS} s": by_the_clock,
}
"""When to commit."""


def write(path: Path, given: list[list[TargetRows]], make_due: Callable[[], Due]) -> Usage:
    """Write an output to its end, and measure that."""
    due = make_due()
    wall, cpu = time.perf_counter(), time.process_time()
    opened = open_sink(str(path), format_of(str(path), job="this benchmark"), COLUMNS)
    sink, progress = opened.sink, opened.progress
    for batch in given:
        sink.write(batch)
        for finished in batch:
            progress = progress.after(finished.identity)
        if due():
            sink.commit(progress)
    sink.commit(progress)
    sink.finish(complete=True)
    return Usage(time.perf_counter() - wall, time.process_time() - cpu, 0, progress.done)


def fsync_seconds(path: Path, times: int = 50) -> float:
    """Measure what an fsync(2) takes after as many bytes as a batch has, as a median."""
    taken = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(times):
            file.write(os.urandom(BATCH * 1000))
            started = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def figures(usage: Usage, base: Usage) -> list[str]:
    """Rows a second, and the CPU seconds against those without commits."""
    return [f"{usage.found / usage.wall:,.0f}", f"{usage.cpu / base.cpu:.3f}"]


def main(flags: argparse.Namespace) -> None:
    """Write every format in each way in turn, and print one table."""
    given = list(batches(flags.rows))
    rows = []
    with harness.scratch() as folder:
        for name in OUTPUTS:
            work = {way: partial(write, folder / name, given, due) for way, due in WAYS.items()}
            # The first time, some formats import their library.
            write(folder / name, given[:1], WAYS["never"])
            usages = harness.interleaved(work, flags.repeat)
            base = usages["never"]
            rows.append([name, *(cell for each in usages.values() for cell in figures(each, base))])
        fsync = fsync_seconds(folder / "synced")
    headers = [cell for way in WAYS for cell in (f"{way}: rows/s", "CPU ratio")]
    harness.print_table(["output", *headers], rows)
    print(
        f"An fsync of a batch takes {fsync * 1000:,.1f} ms here, or {fsync / BATCH * 1e6:,.1f} µs "
        "a row."
    )


if __name__ == "__main__":
    parser = harness.options(__doc__, repeat=5)
    parser.add_argument("--rows", type=int, default=20_480, help="rows of each output")
    main(parser.parse_args())
