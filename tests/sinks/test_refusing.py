"""What cannot be gone on with is refused with the reason, and left as it is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import ResumeError
from fetcher.sinks.formats import CSV, FormatError, format_of, formats_for
from fetcher.sinks.journal import with_checksum
from fetcher.sinks.open_sink import SinkOptions, open_sink
from fetcher.storage.output_error import OutputError
from tests.sinks.making import COLUMNS, NAMES, TEXT_NAMES, column, fill, opened, urls

GROWING = "out.jsonl"
JOURNALED = (*TEXT_NAMES, "out.parquet")


def reason(path: Path, **more: Any) -> str:
    """Why an output is refused, after seeing that nothing was changed by that."""
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    with pytest.raises(ResumeError) as caught:
        opened(path, resume=True, **more)
    after = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    # Reading a database in WAL mode makes the file that its readers share.
    assert after == before | {name: after[name] for name in after if name.endswith("-shm")}
    start = f"cannot resume {path}: "
    assert str(caught.value).startswith(start)
    return str(caught.value).removeprefix(start)


@pytest.mark.parametrize("name", JOURNALED)
def test_without_a_journal(tmp_path: Path, name: str) -> None:
    """Nobody knows how much of a file is done that has no journal."""
    (tmp_path / name).write_text("what somebody else wrote")
    assert reason(tmp_path / name) == (
        f"it has no journal ({name}.journal): it is complete, or it was not written by fetcher; "
        "run without --resume to start over"
    )


def test_a_table_without_progress(tmp_path: Path) -> None:
    """Nor is it known of a table whose progress is gone."""
    path = tmp_path / "out.db"
    fill(path, 10)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE fetcher_progress")
    assert reason(path) == (
        "nothing in it says how much of its table 'pages' is done; "
        "run without --resume to start over"
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("finish", [False, True])
def test_other_columns_or_fields(tmp_path: Path, name: str, finish: bool) -> None:
    """It is said what differs, of an output that is complete too."""
    path = tmp_path / name
    fill(path, 10, finish=finish)
    more = (*COLUMNS, column("rating", FieldType.INT))
    assert reason(path, columns=more) == "its columns have changed: rating is new"
    assert "with other fields, expectations, order or another function" in reason(
        path, signature=b"another"
    )


def test_other_ways_to_write(tmp_path: Path) -> None:
    """A file does not change its form in the middle."""
    path = tmp_path / "out.csv"
    fill(path, 10, finish=False)
    assert reason(path, format="tsv") == "it was started as csv, and would continue as tsv"
    assert reason(path, options=SinkOptions(bom=True, neutralise=False)) == (
        "it was started as csv, and would continue as csv, with a byte order mark, with raw cells"
    )


@pytest.mark.parametrize("name", JOURNALED)
def test_shorter_than_committed(tmp_path: Path, name: str) -> None:
    """Rows that somebody took out are missed."""
    path = tmp_path / name
    fill(path, 10, finish=False)
    rows = tmp_path / "out.parquet.rows" if name == "out.parquet" else path
    size = rows.stat().st_size
    with open(rows, "r+b") as file:
        file.truncate(size - 1)
    words = f"{rows.name} has {size - 1:,} bytes, but {size:,} were committed; it was changed since"
    assert reason(path) == words
    rows.unlink()
    assert reason(path) == f"{rows.name} is missing; it was changed since"


@pytest.mark.parametrize("finish", [False, True])
@pytest.mark.parametrize("name", JOURNALED)
def test_written_anew_by_somebody_else(tmp_path: Path, name: str, finish: bool) -> None:
    """Rows that are not those that were committed are not gone on with, as many as they may be."""
    path = tmp_path / name
    fill(path, 10, finish=finish)
    rows = tmp_path / "out.parquet.rows" if name == "out.parquet" and not finish else path
    size = rows.stat().st_size
    rows.write_bytes(b"x" * (size if finish else 2 * size))
    assert reason(path) == (
        f"{rows.name} does not end as it did when it was committed; it was changed since"
    )


@pytest.mark.parametrize("name", JOURNALED)
def test_changed_after_it_was_complete(tmp_path: Path, name: str) -> None:
    """A complete output that has grown or shrunk, or is gone, is not taken for complete."""
    path = tmp_path / name
    fill(path, 10)
    size = path.stat().st_size
    for length in (size + 1, size - 1):
        with open(path, "r+b") as file:
            file.truncate(length)
        words = f"{name} has {length:,} bytes, but {size:,} were committed; it was changed since"
        assert reason(path) == words
    path.unlink()
    assert reason(path) == f"{name} is missing; it was changed since"


DAMAGED = "its journal is damaged; run without --resume to start over"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: b"", DAMAGED),
        (lambda data: b"url,status\r\n", DAMAGED),
        (lambda data: data.replace(b"list of text", b"list of tent"), DAMAGED),
        (lambda data: data.split(b"\n")[0] + b"\n", DAMAGED),
        (lambda data: with_checksum("fetcher journal 2 {}") + data.split(b"\n")[1], DAMAGED),
        (
            lambda data: with_checksum("fetcher journal 3 what will be") + b"its own",
            "its journal has version 3, and this program knows version 2",
        ),
    ],
)
def test_a_journal_that_cannot_be_read(
    tmp_path: Path, change: Callable[[bytes], bytes], words: str
) -> None:
    """One that is damaged, or that another version wrote, is not guessed at."""
    path = tmp_path / GROWING
    fill(path, 10, finish=False)
    journal = tmp_path / f"{GROWING}.journal"
    journal.write_bytes(change(journal.read_bytes()))
    assert reason(path) == words


def test_progress_of_another_version(tmp_path: Path) -> None:
    """The same holds for what a database keeps."""
    path = tmp_path / "out.db"
    fill(path, 10, finish=False)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE fetcher_progress SET version = 3")
        database.commit()
    assert reason(path) == "its progress has version 3, and this program knows version 2"


@pytest.mark.parametrize("name", NAMES)
def test_begun_anew(tmp_path: Path, name: str) -> None:
    """Without resuming, whatever was there is overwritten, its journal too."""
    path = tmp_path / name
    fill(path, 30)
    columns = (*COLUMNS[:1], *COLUMNS[2:]) if not name.endswith(".db") else COLUMNS
    sink, progress = opened(path, columns=columns, signature=b"another")
    sink.finish(complete=False)
    assert progress.done == 0
    _, progress = reopened = opened(path, columns=columns, signature=b"another", resume=True)
    reopened[0].finish(complete=False)
    assert progress.done == 0
    if name in TEXT_NAMES:
        assert urls(path) == []


def test_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """What went to standard output is gone."""
    with pytest.raises(ResumeError) as caught:
        open_sink("-", CSV, COLUMNS, resume=True)
    assert str(caught.value) == (
        "cannot resume standard output: what it got before cannot be continued; write to a file"
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_input_is_no_output(tmp_path: Path, name: str) -> None:
    """The list that is read is not overwritten."""
    path = tmp_path / name
    path.write_text("http://a.example/\n")
    with pytest.raises(OutputError, match="which would be overwritten"):
        opened(path, options=SinkOptions(inputs=(path,)))
    assert path.read_text() == "http://a.example/\n"


@pytest.mark.parametrize("name", NAMES)
def test_places_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    """A folder, or a place in no folder, is refused in plain words."""
    (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match=r"it is a directory$"):
        opened(tmp_path / name)
    with pytest.raises(OutputError, match=r"its directory does not exist$"):
        opened(tmp_path / "missing" / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("target", "format", "words"),
    [
        (
            "out.xml",
            None,
            "cannot tell the format of 'out.xml' from its suffix; fetcher scrape writ",
        ),
        ("out", None, "cannot tell the format of 'out'"),
        (
            "out.csv",
            "junit",
            "unknown format 'junit'; fetcher scrape writes csv, tsv, jsonl",
        ),
        ("out.db.gz", None, "out.db.gz: sqlite cannot be compressed with gzip"),
        ("out.parquet.gz", None, "out.parquet.gz: parquet cannot be compressed with gzip"),
        ("-", "parquet", "parquet cannot be written to standard output, a pipe or a device: '-'"),
    ],
)
def test_formats_that_cannot_be_written(target: str, format: str | None, words: str) -> None:
    """It is said what is known instead."""
    with pytest.raises(FormatError) as caught:
        format_of(target, format, job="fetcher scrape", formats=formats_for())
    assert str(caught.value).startswith(words)


def test_a_format_by_its_name(tmp_path: Path) -> None:
    """A format, or its suffix, may be named for a file whose own name says nothing."""
    path = tmp_path / "out"
    for format, begins in (
        ("TSV", b"url\tstatus"),
        (".jsonl", b""),
        ("sqlite", b"SQLite format 3"),
    ):
        path.unlink(missing_ok=True)
        sink, _ = opened(path, format=format)
        sink.finish(complete=False)
        assert path.read_bytes().startswith(begins)
