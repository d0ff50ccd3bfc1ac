"""Rows as text: what nested values become, and what a spreadsheet must not see."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import Row, TargetRows
from fetcher.sinks.open_sink import SinkOptions
from tests.sinks.making import COLUMNS, after, column, lines, opened

URL = "http://a.example/"
FULL: Row = (URL, 200, 1.5, True, ["a", "é"], {"k": [None, 1]})
NONE: Row = (URL, None, None, None, None, None)


def written(path: Path, *rows: Row, **more: Any) -> bytes:
    """Write rows, and return what is in the file, unpacked."""
    sink, progress = opened(path, **more)
    targets = [TargetRows(URL, rows)]
    sink.write(targets)
    sink.commit(after(progress, targets))
    sink.finish(complete=True)
    return lines(path)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_csv(tmp_path: Path, suffix: str) -> None:
    """Lists and objects are JSON text, a flag is a word, and nothing is an empty cell."""
    assert written(tmp_path / f"out.csv{suffix}", FULL, NONE).decode() == (
        "url,status,price,sold,links,extra\r\n"
        f'{URL},200,1.5,true,"[""a"",""é""]","{{""k"":[null,1]}}"\r\n'
        f"{URL},,,,,\r\n"
    )


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_json_lines(tmp_path: Path, suffix: str) -> None:
    """Every value has its own type."""
    text = written(tmp_path / f"out.jsonl{suffix}", FULL, NONE).decode()
    names = [each.name for each in COLUMNS]
    assert [json.loads(line) for line in text.splitlines()] == [
        dict(zip(names, FULL, strict=True)),
        dict(zip(names, NONE, strict=True)),
    ]


def test_any_json_reads_back_from_csv(tmp_path: Path) -> None:
    """In a column of JSON a text is quoted, so that it is not taken for another value."""
    columns = (column("extra", FieldType.JSON),)
    rows: list[Row] = [("5",), (5,), ("a\u2028\x1b",), ([],)]
    text = written(tmp_path / "out.tsv", *rows, columns=columns).decode()
    cells = [row["extra"] for row in csv.DictReader(io.StringIO(text), delimiter="\t")]
    assert [json.loads(cell) for cell in cells] == ["5", 5, "a\u2028\x1b", []]
    assert "\u2028" not in text


@pytest.mark.parametrize("type", list(FieldType))
def test_no_column_lets_a_formula_in(tmp_path: Path, type: FieldType) -> None:
    """Neither does one of numbers, where a user's function has put text."""
    columns = (column("a", type),)
    text = written(tmp_path / "out.csv", ("=1+1",), columns=columns).decode()
    assert text.splitlines()[1] == ('"""=1+1"""' if type is FieldType.JSON else "'=1+1")
    options = SinkOptions(neutralise=False)
    text = written(tmp_path / "raw.csv", ("=1+1",), columns=columns, options=options).decode()
    assert text.splitlines()[1] == ('"""=1+1"""' if type is FieldType.JSON else "=1+1")


def test_a_byte_order_mark_is_there_once(tmp_path: Path) -> None:
    """It stands before the header, and not before what a later run adds."""
    path = tmp_path / "out.csv"
    options = SinkOptions(bom=True)
    sink, _ = opened(path, options=options)
    sink.finish(complete=False)
    sink, progress = opened(path, options=options, resume=True)
    sink.write([TargetRows(URL, (FULL,))])
    sink.commit(progress.after(URL))
    sink.finish(complete=False)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfurl,")
    assert data.count(b"\xef\xbb\xbf") == data.count(b"url,") == 1


def test_a_packed_file_is_whole_after_each_commit(tmp_path: Path) -> None:
    """It unpacks to its end while the run goes on."""
    path = tmp_path / "out.csv.gz"
    sink, progress = opened(path)
    for count in range(1, 4):
        sink.write([TargetRows(URL, (FULL,))])
        progress = progress.after(URL)
        sink.commit(progress)
        assert gzip.decompress(path.read_bytes()).count(b"\r\n") == 1 + count
    sink.finish(complete=False)
