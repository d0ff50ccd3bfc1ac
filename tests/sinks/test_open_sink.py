"""The right sink is opened, or it is said at once why not."""

import csv
import gzip
import io
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fetcher.sinks.base import START, Sink, TargetRows
from fetcher.sinks.columns import Column, choose
from fetcher.sinks.formats import FormatError, format_of, formats_for
from fetcher.sinks.job_columns import CHECK, columns_for
from fetcher.sinks.open_sink import SinkOptions, open_sink
from fetcher.storage.output_error import OutputError

COLUMNS = choose(["url", "status"])
ROWS = [("http://a.example/", 200), ("=b", None)]
CSV = b"url,status\r\nhttp://a.example/,200\r\n'=b,\r\n"
TSV = b"url\tstatus\r\nhttp://a.example/\t200\r\n'=b\t\r\n"
JSONL = b'{"url":"http://a.example/","status":200}\n{"url":"=b","status":null}\n'


def opened(
    target: str,
    *,
    columns: Sequence[Column] = COLUMNS,
    format: str | None = None,
    options: SinkOptions | None = None,
    **more: Any,
) -> Sink:
    """Open a target as a check does."""
    kind = format_of(target, format, job="fetcher check", formats=formats_for(verdict=True))
    return open_sink(target, kind, columns, options or SinkOptions(), **more).sink


def put(sink: Sink) -> None:
    """Write two rows, and complete the output."""
    sink.write([TargetRows(str(row[0]), (row,)) for row in ROWS])
    sink.commit(START)
    sink.finish(complete=True)


def write(path: Path, format: str | None = None, options: SinkOptions | None = None) -> bytes:
    """Write two rows to a file, and return its bytes."""
    put(opened(str(path), format=format, options=options))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("o.csv", CSV), ("o.CSV", CSV), ("o.tsv", TSV), ("o.jsonl", JSONL), ("o.ndjson", JSONL)],
)
def test_format_by_suffix(tmp_path: Path, name: str, expected: bytes) -> None:
    """The suffix says the format, plain and with .gz after it."""
    assert write(tmp_path / name) == expected
    assert gzip.decompress(write(tmp_path / f"{name}.gz")) == expected


@pytest.mark.parametrize(
    ("format", "expected"),
    [("csv", CSV), ("tsv", TSV), ("jsonl", JSONL), ("ndjson", JSONL), ("CSV", CSV), (".tsv", TSV)],
)
def test_format_by_name(tmp_path: Path, format: str, expected: bytes) -> None:
    """A format that is given counts more than the suffix; .gz still packs."""
    assert write(tmp_path / "out.txt", format) == expected
    assert write(tmp_path / "out.jsonl", format) == expected
    assert gzip.decompress(write(tmp_path / "out.gz", format)) == expected


@pytest.mark.parametrize("target", ["out", "out.xlsx", "out.gz", "out.csv.zip", ".csv", "csv"])
def test_unknown_suffix(tmp_path: Path, target: str) -> None:
    """A name that says no format is refused with what is known, and no file is made."""
    with pytest.raises(FormatError) as caught:
        opened(str(tmp_path / target))
    for known in (".csv", ".tsv", ".jsonl", ".ndjson", ".xml", ".md", ".html", ".gz", target):
        assert known in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_unknown_format() -> None:
    """A format that does not exist is refused with those that do."""
    with pytest.raises(FormatError, match=r"'xlsx'; fetcher titles writes csv, tsv, jsonl"):
        format_of("out.csv", "xlsx", job="fetcher titles")


def test_devices_and_standard_output_are_csv() -> None:
    """Where a name says nothing by nature, the default is CSV."""
    assert format_of("-", job="a test").name == "csv"
    assert format_of(os.devnull, job="a test").name == "csv"


def test_standard_output() -> None:
    """`-` writes to the stream given, and leaves it open."""
    stream = io.BytesIO()
    put(opened("-", format="jsonl", stdout=stream))
    assert stream.getvalue() == JSONL


def test_standard_output_of_the_process(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """`-` is the standard output when no stream is given."""
    put(opened("-"))
    assert capfdbinary.readouterr().out == CSV


def test_options_reach_the_sink(tmp_path: Path) -> None:
    """The switches of CSV are passed on."""
    options = SinkOptions(neutralise=False, bom=True)
    data = write(tmp_path / "out.csv", options=options)
    assert data == b"\xef\xbb\xbf" + CSV.replace(b"'=b", b"=b")


def test_an_old_file_is_emptied_at_once(tmp_path: Path) -> None:
    """Opening truncates: no old row can be taken for a new one."""
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"old\n")
    sink = opened(str(path))
    assert path.read_bytes() == b""
    sink.finish(complete=True)


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl", "out.jsonl.gz"])
def test_no_rows_are_a_valid_file(tmp_path: Path, name: str) -> None:
    """An output without rows has its header, where there is one, and unpacks."""
    opened(str(tmp_path / name)).finish(complete=True)
    data = (tmp_path / name).read_bytes()
    plain = gzip.decompress(data) if name.endswith(".gz") else data
    assert plain == (b"url,status\r\n" if "csv" in name else b"")


def test_the_header_is_there_at_once(tmp_path: Path) -> None:
    """A packed CSV file can be read from the moment it is opened."""
    path = tmp_path / "out.csv.gz"
    sink = opened(str(path))
    assert gzip.decompress(path.read_bytes()) == b"url,status\r\n"
    sink.finish(complete=False)


def test_a_missing_directory(tmp_path: Path) -> None:
    """The error names the file, and says that its directory is missing."""
    path = tmp_path / "no" / "out.csv"
    with pytest.raises(OutputError) as caught:
        opened(str(path))
    assert str(caught.value) == f"cannot write to {path}: its directory does not exist"


def test_a_directory(tmp_path: Path) -> None:
    """A directory is not overwritten."""
    path = tmp_path / "out.csv"
    path.mkdir()
    with pytest.raises(OutputError, match="it is a directory"):
        opened(str(path))


def test_a_file_on_the_way(tmp_path: Path) -> None:
    """A file where a directory should be is told as such."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="a part of its path is not a directory"):
        opened(str(tmp_path / "file" / "out.csv"))


@pytest.fixture
def read_only_directory() -> Iterator[Path]:
    """A directory into which this process may not write, root or not."""
    was_root = os.geteuid() == 0
    # Not below tmp_path, which another user may not even enter.
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o555)
        if was_root:
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            if was_root:
                os.seteuid(0)
            os.chmod(name, 0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions work differently here")
def test_a_read_only_directory(read_only_directory: Path) -> None:
    """Permission that is missing is told when the sink is opened."""
    with pytest.raises(OutputError, match="permission denied"):
        opened(str(read_only_directory / "out.csv"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_noticed_at_once() -> None:
    """The header alone shows that there is no space."""
    with pytest.raises(OutputError, match="the disk is full"):
        opened("/dev/full")


@pytest.mark.parametrize("way", ["same", "relative", "symlink", "hardlink"])
def test_the_input_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """An output that is an input, under whatever name, is refused and left as it was."""
    source = tmp_path / "urls.csv"
    source.write_bytes(b"http://a.example/\n")
    other = tmp_path / "other.csv"
    if way == "symlink":
        other.symlink_to(source)
    elif way == "hardlink":
        os.link(source, other)
    monkeypatch.chdir(tmp_path)
    target = {"same": str(source), "relative": "urls.csv"}.get(way, str(other))
    options = SinkOptions(inputs=(tmp_path / "missing.txt", source))
    with pytest.raises(OutputError, match=r"it is the input .*urls\.csv"):
        opened(target, options=options)
    assert source.read_bytes() == b"http://a.example/\n"


def test_standard_output_into_the_input_is_refused(tmp_path: Path) -> None:
    """`>> urls.txt` on the list being read would never end."""
    source = tmp_path / "urls.txt"
    source.write_bytes(b"http://a.example/\n")
    with source.open("ab") as stream, pytest.raises(OutputError, match="standard output"):
        opened("-", options=SinkOptions(inputs=(source,)), stdout=stream)


def test_a_device_may_be_both(tmp_path: Path) -> None:
    """A device that is read and written, as a terminal is, loses nothing."""
    options = SinkOptions(inputs=(Path(os.devnull),))
    opened(os.devnull, options=options).finish(complete=True)


def test_files_read_back_strictly(tmp_path: Path) -> None:
    """What is written is valid for the csv module and for json."""
    with io.StringIO(write(tmp_path / "o.csv").decode(), newline="") as text:
        assert list(csv.DictReader(text, strict=True)) == [
            {"url": "http://a.example/", "status": "200"},
            {"url": "'=b", "status": ""},
        ]
    lines = write(tmp_path / "o.jsonl").decode().splitlines()
    assert [json.loads(line)["status"] for line in lines] == [200, None]


REPORT = columns_for(CHECK, format_of("r.html", job="fetcher check"))
NAMED = [("r.xml", b"<?xml"), ("r.md", b"## "), ("r.html", b"<!DOCTYPE"), ("r.HTM", b"<!DOCTYPE")]


@pytest.mark.parametrize(("name", "beginning"), NAMED)
def test_reports_by_suffix(tmp_path: Path, name: str, beginning: bytes) -> None:
    """The suffix says which report it is, plain and with .gz after it; no other file is left."""
    for path in (tmp_path / name, tmp_path / f"{name}.gz"):
        opened(str(path), columns=REPORT).finish(complete=True)
    assert (tmp_path / name).read_bytes().startswith(beginning)
    assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()).startswith(beginning)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {name, f"{name}.gz", f"{name}.journal", f"{name}.gz.journal"}


def test_a_report_replaces_an_old_one_at_the_end(tmp_path: Path) -> None:
    """Until it is closed, the old file is there, whole."""
    path = tmp_path / "r.html"
    path.write_bytes(b"old")
    sink = opened(str(path), columns=REPORT)
    sink.commit(START)
    assert path.read_bytes() == b"old"
    sink.finish(complete=True)
    assert path.read_bytes().startswith(b"<!DOCTYPE")


def test_a_report_to_standard_output_and_to_a_device(tmp_path: Path) -> None:
    """`-` gets the whole report at its end and stays open; a pipe is written, not replaced."""
    stream = io.BytesIO()
    sink = opened("-", columns=REPORT, format="markdown", stdout=stream)
    assert stream.getvalue() == b""
    sink.finish(complete=True)
    assert stream.getvalue().startswith(b"## ")
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    opened(str(tmp_path / "pipe"), columns=REPORT, format="junit").finish(complete=True)
    assert os.read(reader, 5) == b"<?xml"
    os.close(reader)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("target", ["r.xml", "r.xml.gz"])
def test_a_format_of_another_job(target: str) -> None:
    """It is said which formats the job has: JUnit XML needs verdicts."""
    with pytest.raises(FormatError) as caught:
        format_of(target, job="fetcher titles", formats=formats_for())
    assert "fetcher titles writes .csv" in str(caught.value)
    assert "csv, tsv, jsonl, sqlite, parquet, markdown or html" in str(caught.value)
    with pytest.raises(FormatError, match="unknown format 'junit'; fetcher titles writes csv"):
        format_of("-", "junit", job="fetcher titles", formats=formats_for())


def test_a_table_is_for_standard_output_and_leaves_files_alone() -> None:
    """With --format table, what goes to a file goes by its suffix."""
    assert format_of("-", "table", job="a test").name == "table"
    assert format_of("report.html", "table", job="a test").name == "html"


def test_a_report_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    """A missing directory, or an input as the target, is said before anything is fetched."""
    with pytest.raises(OutputError, match="its directory does not exist"):
        opened(str(tmp_path / "no" / "r.html"), columns=REPORT)
    path = tmp_path / "r.html"
    path.write_bytes(b"earlier")
    with pytest.raises(OutputError, match="it is the input"):
        opened(str(path), columns=REPORT, options=SinkOptions(inputs=(path,)))
    assert path.read_bytes() == b"earlier"


def test_options_reach_the_report(tmp_path: Path) -> None:
    """The clock dates it."""
    options = SinkOptions(now=lambda: datetime(2026, 11, 15, 9, 30, tzinfo=UTC))
    opened(str(tmp_path / "r.xml"), columns=REPORT, options=options).finish(complete=True)
    assert b'timestamp="2026-11-15T09:30:00"' in (tmp_path / "r.xml").read_bytes()


@pytest.mark.parametrize("name", ["out.csv", "out.html"])
def test_a_name_that_is_too_long(tmp_path: Path, name: str) -> None:
    """What the file system refuses is said in plain words."""
    with pytest.raises(OutputError, match="its name is too long"):
        opened(str(tmp_path / ("x" * 300 + name)), columns=REPORT)
