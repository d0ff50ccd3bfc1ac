"""CSV and TSV lists."""

import csv
import itertools
from pathlib import Path

import pytest

from fetcher.model import Target
from fetcher.sources.csv_list import DelimitedReader, Layout
from tests.sources.readers import collected, fed, opened


def read(data: str | bytes, layout: Layout) -> list[Target]:
    """Read a list of this layout."""
    reader = DelimitedReader("l.csv", layout, itertools.count())
    rows = fed(reader, [data.encode() if isinstance(data, str) else data])
    return [row for row in rows if isinstance(row, Target)]


TWO = Layout(",", 1, True, 2)
CARRYING = Layout(",", 0, True, 3, (1, 2), ("name", "n"))


def test_rows_become_targets() -> None:
    """Each row gives the URL of its column, and its physical line."""
    rows = read('name,url\n"a\nb", https://a/ \nc,https://c/\n', TWO)
    assert rows == [Target(0, "https://a/", "l.csv:2"), Target(1, "https://c/", "l.csv:4")]


def test_other_cells_are_carried() -> None:
    """Their values stand in the header's order, "" where the row is short."""
    rows = read("url,name,n\nhttps://a/,A,1\nhttps://b/,B\nhttps://c/\n", CARRYING)
    assert [row.carried for row in rows] == [("A", "1"), ("B", ""), ("", "")]


@pytest.mark.parametrize(
    ("line", "url", "problem"),
    [
        ("a", "", "the row has 1 cell; the URL should be in cell 2"),
        ("a,", "", "cell 2, which should hold the URL, is empty"),
        (",", "", "cell 2, which should hold the URL, is empty"),
        (
            "a,https://x/?a,b",
            "https://x/?a",
            "the row has 3 cells, the header 2; quote cells that contain the delimiter",
        ),
        ("a,https://x/,,", "https://x/", ""),
        (
            'a,"https://x/\nhttps://y/"',
            "https://x/\nhttps://y/",
            "the URL spans several",
        ),
        ('a,"https://x/', "https://x/", "unclosed quotation mark"),
        ("a,https://\0x/", "https://\\x00x/", "NUL character at position 9"),
    ],
)
def test_rows_with_problems(line: str, url: str, problem: str) -> None:
    """A row that cannot be used says why."""
    (row,) = read(f"name,url\n{line}\n", TWO)
    assert row.url == url
    assert row.problem.startswith(problem)
    assert bool(row.problem) == bool(problem)


def test_undecodable_bytes_matter_in_the_url_only() -> None:
    """A list with names in another encoding is usable; the bytes are shown as escapes."""
    rows = read(b"url,name,n\nhttps://a/,M\xfcller,1\nhttps://\xfc/,B,2\n", CARRYING)
    assert [(row.url, row.carried, row.problem) for row in rows] == [
        ("https://a/", ("M\\xfcller", "1"), ""),
        ("https://\\xfc/", ("B", "2"), "byte 0xFC at position 9 is not valid UTF-8"),
    ]


def test_large_cells_are_bounded() -> None:
    """A URL of 70 KB is a problem, a text of 200 KB beside one is not, a row over 1 MB is."""
    data = (
        f"name,url\na,https://{'x' * 70_000}\n{'y' * 200_000},https://b/\n"
        f"{'z' * 1_100_000},https://c/\nd,https://d/\n"
    )
    rows = read(data, TWO)
    assert [(len(row.url), row.problem) for row in rows] == [
        (1024, "the URL is longer than 64 KiB"),
        (10, ""),
        (0, "the line is longer than 1024 KiB"),
        (10, ""),
    ]


def test_fewer_cells_need_no_width() -> None:
    """Without a header rows may have any number of cells."""
    rows = read("https://a/,x\nhttps://b/,y,z\n", Layout(",", 0, False))
    assert [(row.url, row.problem) for row in rows] == [("https://a/", ""), ("https://b/", "")]


@pytest.mark.parametrize(("suffix", "dialect"), [("csv", "excel"), ("tsv", "excel-tab")])
async def test_files_are_read_by_suffix(tmp_path: Path, suffix: str, dialect: str) -> None:
    """What a spreadsheet exports is read, its other columns carried through."""
    path = tmp_path / f"list.{suffix}"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, dialect)
        writer.writerows([["Name", "Website"], ["A, B", "https://a/?x=1,2"], ["C\nD", "b.com"]])
    source = opened(path, carry=True)
    assert source.header == ("Name",)
    assert [(row.url, row.source, row.carried) for row in await collected(source)] == [
        ("https://a/?x=1,2", f"{path}:2", ("A, B",)),
        ("b.com", f"{path}:3", ("C\nD",)),
    ]
    assert source.count() == 2
