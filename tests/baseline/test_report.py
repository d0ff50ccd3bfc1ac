"""The HTML report of an earlier run: read row by row, and not trusted."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given

from fetcher.baseline import PreviousResultError
from fetcher.baseline.report import report_records
from fetcher.judgement.verdict import Health
from tests.baseline.results import checked, read, text_file, unreachable, write
from tests.sources.reading import CUTS, blocks

BEGIN = '<!DOCTYPE html>\n<meta name="generator" content="fetcher check">\n<table>\n'
ROW = '<tr data-url="http://a.example/" data-health="healthy"><td>x</td></tr>\n'
END = "</table>\n</html>\n"
PAGE = (BEGIN + "<tr>\n<td>no URL</td></tr>\n" + ROW + ROW + END).encode()


def test_each_row_knows_its_line(tmp_path: Path) -> None:
    """The source is the line on which the row begins; rows without a URL are passed over."""
    path = text_file(tmp_path / "a.html", PAGE)
    assert [row.source for row in read(path)] == [f"{path}:6", f"{path}:7"]


@given(CUTS)
def test_blocks_of_any_size(cuts: Sequence[int]) -> None:
    """However the page comes in, its rows and their lines are the same."""
    records = list(report_records(blocks(PAGE, cuts)))
    assert [(line, cells["url"]) for line, cells in records] == [
        (6, "http://a.example/"),
        (7, "http://a.example/"),
    ]


def test_a_page_that_was_saved_again(tmp_path: Path) -> None:
    """What a browser adds to a row when it saves the page is no obstacle."""
    row = '<tr class="" hidden="" data-health="degraded" data-url="http://a.example/?a&amp;b"></tr>'
    (found,) = read(text_file(tmp_path / "a.html", BEGIN + row + END))
    assert (found.url, found.health) == ("http://a.example/?a&b", Health.DEGRADED)


def test_a_report_of_nothing(tmp_path: Path) -> None:
    """A report without a URL is a report all the same."""
    assert read(write(tmp_path / "a.html", [])) == []


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (BEGIN + ROW + ROW[:30], 5, "the page has no end; is the file cut off here"),
        (BEGIN + ROW, 5, "the page has no end"),
        ("<!doctype html>\n<p>Hello</p></html>", 1, "found another page"),
        ("<!doctype html>\n" + ROW + END, 1, "found another page"),
        (BEGIN + ROW.replace("healthy", "well") + END, 4, "health is 'well'"),
        (BEGIN + ROW.replace("x", "caf\udce9") + END, 4, "not text in UTF-8"),
        (BEGIN + "<tr " * 1_000_000 + END, 4, "a table row is longer than 1024 KiB"),
        (BEGIN + "<tr><td>data-url</td></tr>" + END, 4, "expected a row with the attribute"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """An error names the line and what is wrong there."""
    path = text_file(tmp_path / "a.html", text.encode("utf-8", "surrogateescape"))
    with pytest.raises(PreviousResultError, match=rf"a\.html:{line}: .*{problem}"):
        read(path)


def test_a_cut_report_is_told(tmp_path: Path) -> None:
    """Wherever a real report is cut off, it is not taken for a whole one."""
    path = write(tmp_path / "a.html", [checked(), unreachable("http://b.example/")])
    data = path.read_bytes()
    for end in range(200, len(data) - len("</html>\n"), 97):
        path.write_bytes(data[:end])
        with pytest.raises(PreviousResultError):
            read(path)
