"""Text lists: one URL a line."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Target
from fetcher.sources.text_list import TextReader
from tests.sources.readers import CUTS, blocks, fed


def read(data: bytes) -> list[Target]:
    """Read a list that arrives in one block."""
    rows = fed(TextReader("l.txt", itertools.count()), [data])
    return [row for row in rows if isinstance(row, Target)]


def test_comments_and_blank_lines_are_skipped() -> None:
    """A `#` that starts a line or follows white space begins a comment; a fragment does not."""
    data = b"# list\n\n  # more\nhttp://a/ # first\nhttp://b/#part\nc.org\t#x\n"
    assert [(row.index, row.url, row.source) for row in read(data)] == [
        (0, "http://a/", "l.txt:4"),
        (1, "http://b/#part", "l.txt:5"),
        (2, "c.org", "l.txt:6"),
    ]


def test_a_line_is_not_judged() -> None:
    """Whatever a line says is passed on; judging URLs is not the source's work."""
    assert [row.url for row in read("hello world\n::\nmünchen.de/ä\n".encode())] == [
        "hello world",
        "::",
        "münchen.de/ä",
    ]


def test_only_line_ends_end_lines() -> None:
    """Characters that Python's splitlines cuts at stay inside a line."""
    assert [row.url for row in read("a\x0bb\x1cc\u2028d\x85e\n".encode())] == [
        "a\x0bb\x1cc\u2028d\x85e"
    ]


def test_undecodable_bytes_are_a_problem_of_their_line_alone() -> None:
    """The line with the wrong byte says so, the lines around it are read."""
    rows = read(b"http://a/\nhttp://b/\xfcber\n# \xfc\nhttp://c/\n")
    assert [(row.url, row.problem) for row in rows] == [
        ("http://a/", ""),
        ("http://b/\\xfcber", "byte 0xFC at position 10 is not valid UTF-8"),
        ("http://c/", ""),
    ]


def test_a_nul_is_a_problem() -> None:
    """A NUL character is named."""
    (row,) = read(b"http://a/\0\n")
    assert (row.url, row.problem) == ("http://a/\\x00", "NUL character at position 10")


def test_a_line_over_64_kib_is_a_problem() -> None:
    """The row of a line that is too long holds its beginning."""
    long, after = read(b"http://a/" + b"x" * 70_000 + b"\nhttp://b/")
    assert long.problem == "the line is longer than 64 KiB"
    assert long.url.startswith("http://a/xxx")
    assert len(long.url) == 1024
    assert (after.url, after.source) == ("http://b/", "l.txt:2")


def test_a_long_comment_is_a_comment() -> None:
    """A comment may be as long as it likes."""
    assert [row.url for row in read(b"#" + b"x" * 70_000 + b"\nhttp://b/")] == ["http://b/"]


@given(
    st.lists(st.sampled_from([b"a", b"#", b" ", b"\n", b"\r", b"\xff", b"\0"]), max_size=60).map(
        b"".join
    ),
    CUTS,
)
def test_each_line_is_one_target(data: bytes, cuts: list[int]) -> None:
    """Every line that is neither blank nor a comment gives exactly one target."""
    lines = [line.strip() for line in re.split(rb"\r\n|\n|\r", data)]
    wanted = [line for line in lines if line and not line.startswith(b"#")]
    rows = fed(TextReader("l.txt", itertools.count()), blocks(data, cuts))
    assert len(rows) == len(wanted)
    assert rows == read(data)
