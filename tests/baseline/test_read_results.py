"""What the sinks write is read back, whatever the format."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import PreviousResult, PreviousResultError, read_previous
from fetcher.judgement.verdict import Health, Trouble
from fetcher.text import encodable, starts_formula
from tests.baseline.results import (
    ALL,
    CERTIFICATE,
    EXPIRES,
    checked,
    read,
    text_file,
    unreachable,
    write,
    write_titles,
)

DELIMITED = ("a.csv", "a.tsv", "a.csv.gz")
LINES = (*DELIMITED, "a.jsonl", "a.jsonl.gz")
ALL_FORMATS = (*LINES, "a.db", "a.parquet")
# With all that a format gives a meaning to, but a CR: lines are read whatever they end in, so that
# one within a cell becomes a LF.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
TEXT = st.text(st.one_of(LETTERS, st.sampled_from("\",;\n\t\0'=+-@\\ |<&")))


@pytest.mark.parametrize("name", ALL_FORMATS)
def test_all_that_is_compared_reads_back(tmp_path: Path, name: str) -> None:
    """With all columns, every value comes back, in its own unit."""
    path = write(
        tmp_path / name,
        [
            checked(hash="cd" * 32),
            checked("http://b.example/", Health.UNHEALTHY, status=404, title=None),
            unreachable("http://c.example/"),
        ],
        ALL,
    )
    first, second, third = read(path)
    assert first == PreviousResult(
        "http://a.example/",
        Health.HEALTHY,
        None,
        None,
        200,
        "A title",
        "http://a.example/",
        0.25,
        CERTIFICATE.fingerprint,
        EXPIRES,
        "cd" * 32,
    )
    assert (second.health, second.trouble, second.status, second.title) == (
        Health.UNHEALTHY,
        Trouble.GONE,
        404,
        "",
    )
    assert second.reason == "status 404, expected 200..299"
    assert (third.trouble, third.status, third.elapsed) == (Trouble.CONNECT, None, None)


@pytest.mark.parametrize("name", ALL_FORMATS)
def test_the_usual_columns_are_enough(tmp_path: Path, name: str) -> None:
    """Nobody needs to choose columns for a result that is to be compared later."""
    path = write(tmp_path / name, [checked(health=Health.DEGRADED, trouble=Trouble.FLAKY)])
    (row,) = read(path)
    assert (row.url, row.health, row.trouble) == (
        "http://a.example/",
        Health.DEGRADED,
        Trouble.FLAKY,
    )
    assert (row.status, row.title, row.elapsed) == (200, "A title", 0.25)


@pytest.mark.parametrize("name", ["a.xml", "a.html", "a.md"])
def test_a_report_is_for_people(tmp_path: Path, name: str) -> None:
    """It cannot be read back, and the error names what can."""
    path = write(tmp_path / name, [checked()])
    expected = (
        f"{re.escape(str(path))}:1: a report for people cannot be read back; expected results as "
        "CSV, TSV, JSON lines, SQLite or Parquet, with a column url"
    )
    with pytest.raises(PreviousResultError, match=expected):
        read_previous(path)


def test_the_table_of_pages_counts(tmp_path: Path) -> None:
    """A database may hold other tables; without `pages`, the one that has URLs is read."""
    path = write(tmp_path / "a.db", [checked()])
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE other (url TEXT, status INTEGER)")
        assert [row.url for row in read(path)] == ["http://a.example/"]
        database.executescript("DROP TABLE pages; INSERT INTO other VALUES ('http://b/', 404)")
        assert [(row.url, row.status) for row in read(path)] == [("http://b/", 404)]
        database.executescript("CREATE TABLE third (url TEXT, error TEXT)")
    with pytest.raises(PreviousResultError, match="several have one: other, third"):
        read(path)


@pytest.mark.parametrize("name", ["a.db", "a.parquet"])
def test_a_damaged_file_is_told(tmp_path: Path, name: str) -> None:
    """What follows the beginning is not what it says."""
    path = write(tmp_path / name, [checked()])
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(PreviousResultError, match="cannot be read: "):
        read(path)


@pytest.mark.parametrize("name", ["a.db", "a.parquet"])
def test_what_is_no_result_is_told(tmp_path: Path, name: str) -> None:
    """A table of URLs that says nothing of how they fared."""
    path = write(tmp_path / name, [checked()], ["url", "title"])
    with pytest.raises(PreviousResultError, match="these are no results: none of health, status"):
        read(path)


@pytest.mark.parametrize("name", ALL_FORMATS)
def test_what_titles_writes_is_judged_by_error_and_status(tmp_path: Path, name: str) -> None:
    """Without a verdict, an error or a status of 400 and more is a failure."""
    results = [
        checked(),
        checked("http://b.example/", status=404),
        unreachable("http://c.example/"),
        checked("http://d.example/", status=399),
    ]
    rows = read(write_titles(tmp_path / name, results))
    assert [row.health for row in rows] == [None] * 4
    assert [row.judged for row in rows] == [
        Health.HEALTHY,
        Health.UNHEALTHY,
        Health.UNHEALTHY,
        Health.HEALTHY,
    ]
    assert rows[2].reason is not None
    assert rows[2].reason.startswith("connect_refused: ")


def test_each_row_knows_its_place(tmp_path: Path) -> None:
    """The source is file and line, and in CSV a cell may have run over several."""
    path = text_file(tmp_path / "a.csv", 'url,health,x\r\na,healthy,"1\n2"\r\n\r\nb,healthy,\r\n')
    assert [row.source for row in read(path)] == [f"{path}:2", f"{path}:5"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_any_text_reads_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Titles and URLs come back as they were written, formula or not."""
    path = tmp_path_factory.mktemp("any") / name

    @given(title=TEXT, url=TEXT)
    def reads_back(title: str, url: str) -> None:
        (row,) = read(write(path, [checked(url, title=title)]))
        # An apostrophe before a formula may be the title's own: that cannot be told.
        for found, text in (
            (row.title, encodable(title, nul=True)),
            (row.url, encodable(url, nul=True)),
        ):
            formula = name == "a.csv" and text[:1] == "'" and starts_formula(text[1:])
            assert found == (text[1:] if formula else text)

    reads_back()


def test_a_file_is_opened_at_once(tmp_path: Path) -> None:
    """A missing file, a directory and a foreign format are told before the first row is asked."""
    with pytest.raises(PreviousResultError, match=r"missing\.csv: No such file or directory"):
        read_previous(tmp_path / "missing.csv")
    with pytest.raises(PreviousResultError, match="Is a directory"):
        read_previous(tmp_path)
    with pytest.raises(PreviousResultError, match="expected results as CSV"):
        read_previous(text_file(tmp_path / "urls.txt", "http://a.example/\n"))


def test_rows_before_a_mistake_are_given(tmp_path: Path) -> None:
    """A file is read lazily: what is before a broken row comes first."""
    path = text_file(tmp_path / "a.jsonl", '{"url":"a","status":200}\n{"url":"b","sta')
    rows = read_previous(path)
    assert next(rows).url == "a"
    with pytest.raises(
        PreviousResultError, match=r"a\.jsonl:2: not valid JSON.*cut off here"
    ) as caught:
        next(rows)
    assert (caught.value.name, caught.value.line) == (str(path), 2)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_a_gzip_file_that_is_cut_is_told(tmp_path: Path, name: str) -> None:
    """Rows that can be unpacked are given; then it is said that there were more."""
    path = write(tmp_path / name, [checked(f"http://a.example/{n}") for n in range(100)])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(PreviousResultError, match="the gzip data is truncated"):
        read(path)


def test_a_gzip_file_of_nothing_else(tmp_path: Path) -> None:
    """Corrupt data at the very beginning is told with the file's name."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00garbage")
    with pytest.raises(PreviousResultError, match=r"a\.csv\.gz:1: the gzip data"):
        read_previous(path)


def test_a_file_of_blanks_is_not_read_to_its_end(tmp_path: Path) -> None:
    """What has nothing in its first mebibyte is refused for that."""
    path = text_file(tmp_path / "a.csv", b"\n" * 2_000_000 + b"url,health\na,healthy\n")
    with pytest.raises(PreviousResultError, match=r"a\.csv:1: .*; it is blank"):
        read_previous(path)


def test_what_a_spreadsheet_saves_can_be_read(tmp_path: Path) -> None:
    """UTF-16, a byte order mark, semicolons and quoted names are no obstacle."""
    text = '"url";"health"\r\n"http://a.example/";"healthy"\r\n'
    for encoding in ("utf-8-sig", "utf-16"):
        (row,) = read(text_file(tmp_path / "a.csv", text.encode(encoding)))
        assert (row.url, row.health) == ("http://a.example/", Health.HEALTHY)


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    """A file's name can be any bytes; errors show it as well as they can."""
    path = tmp_path / "a\udcff.csv"
    with pytest.raises(PreviousResultError, match=r"a�\.csv"):
        read_previous(path)
