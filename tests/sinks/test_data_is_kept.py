"""What is data comes back as it was, from every format that holds data."""

import csv
import gzip
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fetcher.extraction.fields import FieldType
from fetcher.model import Outcome, Page, Response, Result, Target
from fetcher.sinks.base import START, TargetRows, identity_of
from fetcher.sinks.columns import Column, choose
from fetcher.sinks.formats import format_of, formats_for
from fetcher.sinks.open_sink import open_sink
from fetcher.sinks.scrape_columns import Declared, cells_maker, scrape_columns

TEXTS = (
    "two\nlines\r\nand\rmore",
    "a\ttab, and  two  spaces at the end  ",
    "\u202eright to left\u202c \u200emarks\u200f",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 👩\u200d🚀 ❤\ufe0f",
    "\x1b[31mred\x1b[0m \x07 \x85 \u2028 \x9b",
    '"quoted", and \\ escaped; \ufeff',
)
URL = "https://a.example/\u200c\u202e%20?a=\u2028b"


def written(tmp_path: Path, name: str) -> Path:
    """Scrape one page whose fields hold every text, and write its row."""
    known = scrape_columns((), [Declared("text"), Declared("list", FieldType.JSON)])
    columns = choose(["url", "text", "list"], (), known)
    result = Result(Target(0, URL), Outcome(Response(200, URL)), Page())
    rows = cells_maker(columns, known)(result, [{"text": text, "list": [text]} for text in TEXTS])
    return saved(tmp_path / name, columns, result, rows)


def saved(path: Path, columns: tuple[Column, ...], result: Result, rows: Any) -> Path:
    """Write rows to a file."""
    kind = format_of(str(path), None, job="fetcher", formats=formats_for(verdict=False))
    sink = open_sink(str(path), kind, columns).sink
    sink.write([TargetRows(identity_of(result.target), rows)])
    sink.commit(START.after(identity_of(result.target)))
    sink.finish(complete=True)
    return path


def of_csv(path: Path) -> list[tuple[Any, ...]]:
    """Read a CSV or TSV as a strict reader does."""
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    delimiter = "\t" if "tsv" in path.name else ","
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=delimiter, strict=True)
    return [(row["url"], row["text"], json.loads(row["list"])) for row in rows]


def of_jsonl(path: Path) -> list[tuple[Any, ...]]:
    """Read JSON lines."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [(row["url"], row["text"], row["list"]) for row in rows]


def of_sqlite(path: Path) -> list[tuple[Any, ...]]:
    """Read a database."""
    database = sqlite3.connect(path)
    try:
        table = database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%\"list\"%'")
        rows = database.execute(f'SELECT url, "text", "list" FROM "{table.fetchone()[0]}"')
        return [(url, text, json.loads(several)) for url, text, several in rows.fetchall()]
    finally:
        database.close()


def of_parquet(path: Path) -> list[tuple[Any, ...]]:
    """Read a Parquet file."""
    rows = pq.read_table(path).to_pylist()
    return [(row["url"], row["text"], json.loads(row["list"])) for row in rows]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("out.csv", of_csv),
        ("out.tsv", of_csv),
        ("out.csv.gz", of_csv),
        ("out.jsonl", of_jsonl),
        ("out.db", of_sqlite),
        ("out.parquet", of_parquet),
    ],
)
def test_every_format_keeps_every_character(
    tmp_path: Path, name: str, read: Callable[[Path], list[tuple[Any, ...]]]
) -> None:
    """Line breaks, tabs, marks, joiners and controls come back, in a URL, a text and a list."""
    assert read(written(tmp_path, name)) == [(URL, text, [text]) for text in TEXTS]
