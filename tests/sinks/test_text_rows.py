"""CSV reads back as what was written, and starts no formula."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Result
from fetcher.sinks.base import TargetRows
from fetcher.sinks.columns import Column, choose, one_row
from fetcher.sinks.open_sink import StreamSink
from fetcher.sinks.text_rows import CsvEncoder, CsvStyle
from fetcher.text import encodable, starts_formula
from fetcher.urls import without_password

Kept = Callable[[], Any]
Answered = Callable[..., Result]
FORMULA_STARTS = ("=", "+", "-", "@")
# The second half of the draw: what CSV itself gives a meaning.
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\",;\r\n\t\0'=+-@\\ ")))


def read_back(data: bytes, delimiter: str = ",") -> list[list[str]]:
    """Read as a strict reader does: valid UTF-8, valid quoting, and no ragged row."""
    text = io.StringIO(data.decode(), newline="")
    rows = list(csv.reader(text, delimiter=delimiter, strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    return rows


def written(kept: Kept, columns: Sequence[Column], *results: Result, **options: Any) -> bytes:
    """Write results, and give the bytes."""
    output = kept()
    sink = StreamSink(output, CsvEncoder(columns, CsvStyle(**options)))
    make = one_row(columns)
    sink.write([TargetRows(result.target.url, make(result)) for result in results])
    sink.finish(complete=True)
    data: bytes = output.data
    return data


def encoded(columns: Sequence[Column], *rows: Any) -> bytes:
    """Write rows, and return the bytes."""
    encoder = CsvEncoder(columns)
    return encoder.head + encoder.encode(rows)


def test_exact_bytes(kept: Kept, answered: Answered, failed: Answered) -> None:
    """A header row, CR LF at each row's end, quotes where needed, empty for None."""
    columns = choose(["url", "status", "title", "elapsed_ms"])
    data = written(kept, columns, answered('Say "hi", you'), failed(), answered(None))
    assert data == (
        b"url,status,title,elapsed_ms\r\n"
        b'http://a.example/,200,"Say ""hi"", you",12.3\r\n'
        b"http://a.example/,,,\r\n"
        b"http://a.example/,200,,12.3\r\n"
    )


def test_one_empty_cell_is_still_a_row(kept: Kept, answered: Answered) -> None:
    """A row of one empty cell is quoted: readers skip a blank line."""
    assert written(kept, choose(["title"]), answered(None)) == b'title\r\n""\r\n'


def test_a_batch_is_one_write(kept: Kept) -> None:
    """However many rows there are, the output gets them whole and at once."""
    output = kept()
    sink = StreamSink(output, CsvEncoder(choose(["url", "status"])))
    sink.write([TargetRows("a", (("a", 1),)), TargetRows("b", (("b", 2),))])
    sink.write([])
    sink.write([TargetRows("c", (("c", 3),))])
    assert output.writes == [b"url,status\r\n", b"a,1\r\nb,2\r\n", b"c,3\r\n"]


def test_closing_closes_the_output(kept: Kept) -> None:
    """The sink closes what it was given."""
    output = kept()
    StreamSink(output, CsvEncoder(choose(["url"]))).finish(complete=True)
    assert output.closed


@given(title=TEXT, url=TEXT, own=TEXT)
def test_any_text_reads_back(
    kept: Kept, answered: Answered, title: str, url: str, own: str
) -> None:
    """Foreign text reads back whole and harmless, an input cell exactly as it was."""
    columns = choose(["title", "url", "own"], ["own"])
    data = written(kept, columns, answered(title, url=url, carried=(own,)))
    row = read_back(data)[1]
    for cell, text in zip(row, (title, without_password(url)), strict=False):
        assert not cell.startswith(FORMULA_STARTS)
        assert cell == ("'" if starts_formula(text) else "") + encodable(text, nul=True)
    assert row[2] == encodable(own, nul=True)


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://x.example","y")', '\'=HYPERLINK("http://x.example","y")'),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        # What a spreadsheet may remove must not hide a formula.
        ("\x00=1+1", "'\\x00=1+1"),
        ("\x01=1+1", "'\x01=1+1"),
        ("\u202e@x", "'\u202e@x"),
        ("\t=1", "'\t=1"),
        ("\r@x", "'\r@x"),
        ("1=1", "1=1"),
        ("'=1", "'=1"),
        ("", ""),
        ("a-b", "a-b"),
    ],
)
def test_formulas_are_neutralised(kept: Kept, answered: Answered, title: str, cell: str) -> None:
    """A formula's start gets an apostrophe before it; anything else stays."""
    data = written(kept, choose(["index", "title"]), answered(title))
    assert read_back(data)[1] == ["0", cell]


@pytest.mark.parametrize("start", ["\t", "\r"])
def test_tab_and_return_are_neutralised_too(kept: Kept, start: str) -> None:
    """A row that was not cleaned cannot start a cell with a tab or CR either."""
    assert read_back(encoded(choose(["title"]), (start + "=1",)))[1] == ["'" + start + "=1"]


def test_every_foreign_column_is_neutralised(kept: Kept, answered: Answered) -> None:
    """The URL as written and the error are neutralised as the title is; numbers are not."""
    columns = choose(["url", "title", "final_url", "error", "status", "elapsed_ms"])
    data = encoded(columns, ("=u", "=t", "=f", "=e", -1, -1.5))
    assert read_back(data)[1] == ["'=u", "'=t", "'=f", "'=e", "-1", "-1.5"]


def test_neutralising_can_be_switched_off(kept: Kept, answered: Answered) -> None:
    """With the switch, the title is written as it is."""
    data = written(kept, choose(["title"]), answered("=1+1"), neutralise=False)
    assert read_back(data)[1] == ["=1+1"]


def test_tabs_separate(kept: Kept, answered: Answered) -> None:
    """As TSV, a comma needs no quotes, and a separator within a title is quoted."""
    data = written(kept, choose(["url", "title"]), answered("a,b\tc"), delimiter="\t")
    assert data == b'url\ttitle\r\nhttp://a.example/\t"a,b\tc"\r\n'


def test_a_byte_order_mark_comes_once(kept: Kept, answered: Answered) -> None:
    """With bom, the mark stands before the header and nowhere else."""
    data = written(kept, choose(["title"]), answered("é"), bom=True)
    assert data == b"\xef\xbb\xbftitle\r\n\xc3\xa9\r\n"


def test_flags_are_lower_case(kept: Kept) -> None:
    """True and false are written as in JSON, whatever else the row has."""
    flag = Column("up", "", "", bool, False, lambda result: result.outcome.ok)
    data = encoded([*choose(["status"]), flag], (1, True), (0, False), (None, None))
    assert read_back(data)[1:] == [["1", "true"], ["0", "false"], ["", ""]]


def test_header_survives_any_input_column(kept: Kept, answered: Answered) -> None:
    """An input header with a comma, a quote, a line end or a surrogate reads back."""
    header = ('a,"b"\r\nc', "half \ud83d")
    data = written(kept, choose(list(header), header), answered(carried=("1", "2")))
    assert read_back(data) == [['a,"b"\r\nc', "half \\ud83d"], ["1", "2"]]
