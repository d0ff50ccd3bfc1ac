"""Lines: ends, numbers, length limit, what is not text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sources.text_list import Batch, LineBuffer, flaw
from tests.sources.readers import CUTS, blocks

LINE_BYTES = st.lists(
    st.sampled_from([b"a", b"b", b"\n", b"\r", b"\r\n", b"\xe9", b"\xc3\xa9", b"\0", b" " * 3]),
    max_size=40,
).map(b"".join)


def batches(parts: list[bytes], limit: int) -> list[Batch]:
    """Give what a buffer makes of these blocks."""
    buffer = LineBuffer(limit)
    return [*(batch for part in parts for batch in buffer.feed(part)), *buffer.finish()]


def numbered(parts: list[bytes], limit: int = 1000) -> list[tuple[int, str, bool]]:
    """Give each line with its number and whether it has a problem."""
    return [
        (number, line, bool(batch.problem))
        for batch in batches(parts, limit)
        for number, line in enumerate(batch.lines, batch.first)
    ]


@given(LINE_BYTES, CUTS)
def test_lines_are_those_of_a_split_whatever_the_blocks(data: bytes, cuts: list[int]) -> None:
    """LF, CRLF and CR end lines, and where blocks are cut does not matter."""
    expected = re.split(rb"\r\n|\n|\r", data)
    if not expected[-1]:
        expected.pop()
    lines = [line.encode("utf-8", "surrogateescape") for _, line, _ in numbered(blocks(data, cuts))]
    assert lines == expected


@given(LINE_BYTES, CUTS)
def test_numbers_count_every_line(data: bytes, cuts: list[int]) -> None:
    """Numbers run from 1 without a gap, over blank and broken lines as well."""
    numbers = [number for number, _, _ in numbered(blocks(data, cuts), limit=3)]
    assert numbers == list(range(1, len(numbers) + 1))


@given(LINE_BYTES, CUTS)
def test_the_length_limit_does_not_depend_on_blocks(data: bytes, cuts: list[int]) -> None:
    """The same lines are too long however the bytes arrive."""

    def found(parts: list[bytes]) -> list[tuple[int, str]]:
        lines = numbered(parts, limit=3)
        texts = [(number, "too long" if bad else line.strip()) for number, line, bad in lines]
        return [(number, text) for number, text in texts if text]

    assert found(blocks(data, cuts)) == found([data])


def test_a_long_line_is_cut_and_the_next_one_is_read() -> None:
    """Only the beginning of a line over the limit is kept, and it has a problem."""
    data = b"one\n" + b"x" * 300_000 + b"\nthree\n"
    first, long, third = batches([data[:70_000], data[70_000:]], 64 * 1024)
    assert first.lines == ["one"]
    assert long.first == 2
    assert long.problem == "the line is longer than 64 KiB"
    assert len(long.lines[0]) == 1024
    assert (third.first, third.lines) == (3, ["three"])


def test_an_endless_line_is_not_held() -> None:
    """The buffer holds no more than its limit of a line without an end."""
    buffer = LineBuffer(1000)
    for _ in range(500):
        assert list(buffer.feed(b"x" * 1000)) == []
        assert len(buffer._pending) <= 1000
    assert [batch.problem for batch in buffer.finish()] == ["the line is longer than 0 KiB"]


def test_endless_spaces_are_a_blank_line() -> None:
    """Leading spaces do not count: a line of them alone stays blank."""
    assert [line.strip() for _, line, _ in numbered([b" " * 5000, b"\nurl\n"], 1000)] == ["", "url"]


def test_a_batch_with_odd_bytes_is_suspect() -> None:
    """NULs and bytes that are not UTF-8 mark their batch."""
    assert [
        batch.suspect for batch in batches([b"a\n", b"\xe9\n", b"\0\n", "é\n".encode()], 99)
    ] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://é", ""),
        ("a\0", "NUL character at position 2"),
        ("ab\udce9", "byte 0xE9 at position 3 is not valid UTF-8"),
        ("\ud800", "lone surrogate at position 1"),
    ],
)
def test_flaw_names_what_and_where(text: str, said: str) -> None:
    """What cannot be part of a URL is named with its position."""
    assert flaw(text) == said
