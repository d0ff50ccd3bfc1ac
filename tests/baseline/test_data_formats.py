"""CSV and TSV of an earlier run, whole and broken."""

from pathlib import Path

import pytest

from fetcher.baseline import PreviousResultError
from fetcher.baseline.data_formats import delimiter_of
from tests.baseline.results import checked, read, text_file, write

HEADER = "url,health,title\r\n"


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("url,health", ","),
        ('"url"\t"health"', "\t"),
        ("status;url", ";"),
        ("\ufeffurl,health", None),
        ("link,health", None),
        ("http://a.example/?url,url=1", None),
        ("", None),
    ],
)
def test_a_header_tells_the_delimiter(line: str, delimiter: str | None) -> None:
    """A first line is a header when one of its cells is `url`."""
    assert delimiter_of(line) == delimiter


@pytest.mark.parametrize(
    ("title", "cell"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("'tis", "'tis"), ("'", "'")],
)
def test_the_apostrophe_of_a_formula_is_taken_off(tmp_path: Path, title: str, cell: str) -> None:
    """What was put before a formula is no part of the title; another apostrophe is."""
    path = write(tmp_path / "a.csv", [checked(title=title)], ["url", "title", "health"])
    assert f",{cell},".encode() in path.read_bytes()
    assert read(path)[0].title == title


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (HEADER + "a,healthy,A\r\nb,hea", 3, "the row has 2 cells, expected 3.*cut off here"),
        (HEADER + "a,healthy,A,B\r\n", 2, "the row has 4 cells, expected 3.*quotation mark"),
        (HEADER + 'a,healthy,A\r\nb,healthy,"B', 3, "unclosed quotation mark"),
        (HEADER + "a,heal", 2, "cells, expected 3"),
        (HEADER + "a,poorly,A\r\n", 2, "health is 'poorly', expected healthy"),
        (HEADER + "a,healthy," + "A" * 2_000_000, 2, "the line is longer than 1024 KiB"),
        (HEADER + 'a,healthy,"' + "A\n" * 1_000_000, 2, "unclosed quotation mark within 1024 KiB"),
        ("url,name\r\n", 1, "these are no results"),
        ("url,status", 0, ""),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """An error names the line and what was expected there; a header alone is a result of none."""
    path = text_file(tmp_path / "a.csv", text)
    if not line:
        assert read(path) == []
        return
    with pytest.raises(PreviousResultError, match=rf"a\.csv:{line}: .*{problem}"):
        read(path)


def test_a_last_line_without_an_end_is_a_line(tmp_path: Path) -> None:
    """Some programs end no last line; with all its cells it is whole."""
    (row,) = read(text_file(tmp_path / "a.csv", HEADER + "a,healthy,A"))
    assert row.title == "A"


def test_only_text_that_is_needed_must_be_text(tmp_path: Path) -> None:
    """A title in another encoding is refused with its place; another column may be anything."""
    fine = b"url,health,title,note\r\na,healthy,A,caf\xe9\r\n"
    assert read(text_file(tmp_path / "a.csv", fine))[0].title == "A"
    data = fine + b"b,healthy,caf\xe9,\r\n"
    with pytest.raises(
        PreviousResultError, match=r":3: title is not text in UTF-8: byte 0xE9 at pos"
    ):
        read(text_file(tmp_path / "a.csv", data))


def test_the_first_of_two_columns_counts(tmp_path: Path) -> None:
    """Our own columns stand before the input's that are carried along."""
    (row,) = read(text_file(tmp_path / "a.csv", "url,status,url\r\na,200,b\r\n"))
    assert row.url == "a"
