"""Cutting lines into cells (RFC 4180)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sources.base import MAX_RECORD
from fetcher.sources.csv_list import Row, RowSplitter
from fetcher.sources.text_list import LineBuffer
from tests.sources.readers import CUTS, blocks


def split(data: bytes, delimiter: str | None = ",", cuts: list[int] | None = None) -> list[Row]:
    """Cut a whole list into rows."""
    lines, splitter = LineBuffer(MAX_RECORD), RowSplitter(delimiter)
    rows: list[Row] = []
    for part in blocks(data, cuts or []):
        for batch in lines.feed(part):
            rows.extend(splitter.rows(batch))
    for batch in lines.finish():
        rows.extend(splitter.rows(batch))
    return [*rows, *splitter.finish()]


def cells(data: str, delimiter: str | None = ",") -> list[list[str]]:
    """Give the cells of each row."""
    return [row.cells for row in split(data.encode(), delimiter)]


CELL = st.text(st.sampled_from('ab,;"\n é'), max_size=8)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6), st.sampled_from(",;\t|"), CUTS)
def test_what_the_csv_module_writes_reads_back(
    rows: list[list[str]], delimiter: str, cuts: list[int]
) -> None:
    """Rows come back whatever their cells hold and wherever blocks are cut."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    data = file.getvalue().encode()
    assert [row.cells for row in split(data, delimiter, cuts)] == rows


@given(
    st.text(st.sampled_from('a,"\n'), max_size=30).map(str.encode),
    st.text(st.sampled_from('a,"\n'), max_size=30).map(str.encode),
    CUTS,
)
def test_blocks_do_not_change_rows(head: bytes, tail: bytes, cuts: list[int]) -> None:
    """Rows are the same however the bytes arrive, be the quoting right or wrong."""
    assert split(head + tail, cuts=cuts) == split(head + tail)


@given(st.text(st.sampled_from('a,"\n'), max_size=40))
def test_no_row_is_lost_to_a_quotation_mark(text: str) -> None:
    """Every line that is not blank belongs to some row: rows start where the one before ended."""
    rows = split(text.encode())
    lines = text.split("\n")
    starts = [row.number for row in rows]
    assert starts == sorted(set(starts))
    assert all(lines[start - 1].strip() for start in starts)
    first = next((number for number, line in enumerate(lines, 1) if line), None)
    assert (starts[0] if starts else None) == first


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('a,"b, c",d', ["a", "b, c", "d"]),
        ('"a ""b"" c"', ['a "b" c']),
        ('a, "b, c"', ["a", "b, c"]),
        ('5" disk,b', ['5" disk', "b"]),
        ('"a"b,c', ["ab", "c"]),
        ('"",', ["", ""]),
        (",,", ["", "", ""]),
    ],
)
def test_cells_of_a_line(line: str, expected: list[str]) -> None:
    """Quoting follows RFC 4180; what it does not settle is taken kindly."""
    assert cells(line) == [expected]


def test_a_list_of_one_column_has_no_delimiter() -> None:
    """Without a delimiter a line is one cell, commas and all, and quotes still count."""
    assert cells('a,b\n"c;d"\n', None) == [["a,b"], ["c;d"]]


def test_rows_are_numbered_by_the_line_they_start_on() -> None:
    """Line breaks in cells and blank lines count as lines."""
    rows = split(b'a,"1\n2\r\n3"\n\nb,c\n')
    assert [(row.number, row.cells) for row in rows] == [(1, ["a", "1\n2\n3"]), (5, ["b", "c"])]


def test_an_unclosed_quotation_mark_costs_its_own_line() -> None:
    """The rows after it are read, each on its own."""
    rows = split(b'a,b\n"open,c\nd,e\nf,g\n')
    assert [(row.number, row.cells, row.problem) for row in rows] == [
        (1, ["a", "b"], ""),
        (2, ["open,c"], "unclosed quotation mark"),
        (3, ["d", "e"], ""),
        (4, ["f", "g"], ""),
    ]


def test_an_unclosed_quotation_mark_is_given_up_at_the_limit() -> None:
    """A cell without an end is not collected for ever."""
    data = b'"open,c\n' + b"d,e\n" * (MAX_RECORD // 4)
    rows = split(data)
    assert rows[0].problem == "unclosed quotation mark within 1024 KiB"
    assert len(rows) == 1 + MAX_RECORD // 4
    assert all(row.cells == ["d", "e"] and not row.problem for row in rows[1:])


def test_hostile_quoting_takes_linear_time() -> None:
    """Lines that open a cell whichever way they are read are each looked at a few times only."""
    splitter = RowSplitter(",")
    lines = LineBuffer(MAX_RECORD)
    rows = 0
    for _ in range(40):
        for batch in lines.feed(b',x","\n' * 10_000):
            rows += sum(1 for _ in splitter.rows(batch))
    rows += sum(1 for _ in splitter.finish())
    assert rows == 400_000
