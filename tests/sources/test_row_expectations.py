"""What rows say is expected: CSV columns, JSON fields, TOML tables."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Target
from fetcher.sources import chain
from tests.sources.readers import blocks, collected, in_memory, opened

Said = Mapping[str, object]


def expect(said: Said) -> object:
    """Stand in for a job: take what is said as it is, but refuse one key."""
    if "bad" in said:
        raise ValueError(f"expect.bad: {said['bad']!r} is wrong")
    return dict(said)


def write(path: Path, data: str | bytes) -> None:
    """Write a list."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)


async def read(path: Path, data: str | bytes, **options: Any) -> list[Target]:
    """Write a list and read its targets with expectations."""
    write(path, data)
    return await collected(opened(path, expect=expect, **options))


CSV = """url,name,expect_status,Expect Title
https://a/,A,200..299,Home
https://b/,B,,
https://c/,C, ,"x
y"
https://d/
"""


async def test_csv_columns_say_what_is_expected(tmp_path: Path) -> None:
    """Columns `expect_…`, however their names are written; empty cells say nothing."""
    rows = await read(tmp_path / "l.csv", CSV)
    assert [row.expected for row in rows] == [
        {"status": "200..299", "title": "Home"},
        None,
        {"title": "x\ny"},
        None,
    ]
    assert not any(row.problem for row in rows)


async def test_columns_of_expectations_are_not_carried(tmp_path: Path) -> None:
    """They are no data of the row; where nothing is expected they are columns like others."""
    path = tmp_path / "l.csv"
    path.write_text(CSV)
    assert opened(path, carry=True, expect=expect).header == ("name",)
    assert opened(path, carry=True).header == ("name", "expect_status", "Expect Title")
    assert all(row.expected is None for row in await collected(opened(path, carry=True)))


async def test_a_column_of_expected_urls_is_not_the_column_of_urls(tmp_path: Path) -> None:
    """Its cells look like URLs too, perhaps more so."""
    data = "place,expect_final_url\na.example,https://b.example/\n"
    (row,) = await read(tmp_path / "l.csv", data)
    assert (row.url, row.expected) == ("a.example", {"final_url": "https://b.example/"})


async def test_json_fields_say_what_is_expected(tmp_path: Path) -> None:
    """An object `expect`, fields `expect_…`, or both; values keep their types."""
    data = (
        '{"url":"https://a/","expect":{"status":[200,"3xx"]},"expect_title":null}\n'
        '{"url":"https://b/","expect":{},"x":1}\n'
        '"https://c/"\n'
        '{"url":"https://d/","expect":null}\n'
    )
    rows = await read(tmp_path / "l.jsonl", data)
    said = {"status": [200, "3xx"], "title": None}
    assert [row.expected for row in rows] == [said, None, None, None]
    elements = "[" + ",".join(data.splitlines()) + "]"
    assert [row.expected for row in await read(tmp_path / "l.json", elements)] == [
        row.expected for row in rows
    ]


async def test_json_fields_of_expectations_are_not_carried(tmp_path: Path) -> None:
    """As with CSV: only where nothing is expected are they fields like others."""
    path = tmp_path / "l.jsonl"
    path.write_text('{"url":"https://a/","n":1,"expect":{"a":1},"expect_b":2,"expected":3}\n')
    assert opened(path, carry=True, expect=expect).header == ("n", "expected")
    assert opened(path, carry=True).header == ("n", "expect", "expect_b", "expected")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("l.csv", "url,expect_bad\nhttps://a/,1\nhttps://b/,\n", "expect.bad: '1' is wrong"),
        ("l.csv", b"url,expect_t\nhttps://a/,\xff\nhttps://b/,\n", "byte 0xFF at position 1"),
        ("l.csv", b"url,expect_t\nhttps://a/,\0\nhttps://b/,\n", "NUL character"),
        ("l.jsonl", '{"url":"https://a/","expect_bad":1}\n"https://b/"', "expect.bad: 1 is wrong"),
        ("l.jsonl", '{"url":"https://a/","expect":[1]}\n"https://b/"', "expect must be a table"),
        ("l.toml", 'targets=[{url="https://a/",expect.bad=1},"https://b/"]', "expect.bad: 1 is"),
    ],
)
async def test_a_row_that_expects_nonsense_has_a_problem(
    tmp_path: Path, name: str, data: str | bytes, problem: str
) -> None:
    """It says what is wrong, and the next row is read."""
    bad, good = await read(tmp_path / name, data)
    assert bad.problem.startswith(problem)
    assert (bad.url, bad.expected) == ("https://a/", None)
    assert (good.url, good.problem, good.expected) == ("https://b/", "", None)


async def test_the_problem_of_the_row_itself_comes_first(tmp_path: Path) -> None:
    """Without a URL it does not matter what else is wrong."""
    (row,) = await read(tmp_path / "l.csv", "url,expect_bad\n,1\n")
    assert row.problem.startswith("cell 1, which should hold the URL")
    (row,) = await read(tmp_path / "l.jsonl", '{"url":"","expect_bad":1}')
    assert row.problem == "the URL is empty"


async def test_a_problem_is_short(tmp_path: Path) -> None:
    """However long the cell is that is wrong."""
    (row,) = await read(tmp_path / "l.csv", f"url,expect_bad\nhttps://a/,{'x' * 100_000}\n")
    assert len(row.problem) == 1024


async def test_expectations_come_through_compressed_lists_and_pipes(tmp_path: Path) -> None:
    """The bytes' way does not matter."""
    (row, *_) = await read(tmp_path / "l.csv.gz", gzip.compress(CSV.encode()))
    assert row.expected == {"status": "200..299", "title": "Home"}
    source = in_memory([CSV.encode()], expect=expect)
    assert (await collected(source))[0].expected == row.expected


async def test_expectations_survive_among_other_lists() -> None:
    """Where several lists carry columns, targets are put together anew."""
    first = in_memory([b"url,a,expect_t\nhttps://1/,x,T\n"], expect=expect, carry=True)
    second = in_memory([b"url,b\nhttps://2/,y\n"], expect=expect, carry=True)
    rows = await collected(chain([first, second]))
    assert [(row.carried, row.expected) for row in rows] == [
        (("x", ""), {"t": "T"}),
        (("", "y"), None),
    ]


@given(st.lists(st.integers(0, 200), max_size=8))
async def test_the_blocks_do_not_matter(cuts: list[int]) -> None:
    """Wherever the bytes are cut."""
    rows = await collected(in_memory(blocks(CSV.encode(), cuts), expect=expect))
    assert [row.expected for row in rows] == [
        {"status": "200..299", "title": "Home"},
        None,
        {"title": "x\ny"},
        None,
    ]
