"""A record is read as it was written, or not at all; what has changed is said in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import COUNTERS, START, OutputProgress
from fetcher.sinks.columns import Column
from fetcher.sinks.journal import (
    RECORD_BYTES,
    JournalRecord,
    OutputIdentity,
    decode_record,
    difference,
    encode_record,
)
from tests.sinks.making import COLUMNS, column

RECORDS = st.builds(
    JournalRecord,
    st.builds(
        OutputProgress,
        st.integers(0, 2**63),
        st.binary(min_size=16, max_size=16),
        st.tuples(*[st.integers(0, 2**63)] * COUNTERS),
    ),
    st.integers(0, 2**63),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)


@given(record=RECORDS)
def test_every_record_reads_back(record: JournalRecord) -> None:
    """All records have the same length, and lose nothing."""
    line = encode_record(record)
    assert len(line) == RECORD_BYTES
    assert decode_record(line) == record


@given(record=RECORDS, position=st.integers(0, RECORD_BYTES - 1), bit=st.integers(0, 7))
def test_a_changed_record_is_none(record: JournalRecord, position: int, bit: int) -> None:
    """One bit that is not as it was written shows."""
    line = bytearray(encode_record(record))
    line[position] ^= 1 << bit
    assert decode_record(bytes(line)) is None


@given(record=RECORDS, length=st.integers(0, RECORD_BYTES - 1))
def test_a_cut_record_is_none(record: JournalRecord, length: int) -> None:
    """Neither the beginning nor the end of a record is one."""
    line = encode_record(record)
    assert decode_record(line[:length]) is None
    assert decode_record(line[RECORD_BYTES - length :]) is None


def test_exact_bytes() -> None:
    """The form is fixed: later versions read it."""
    counts = (0xA1, 2, 3, 4, 5, 6)
    assert encode_record(JournalRecord(OutputProgress(10, START.digest, counts), 255, 0xABC)) == (
        b"open 000000000000000a 00000000000000ff 00000000000000a1 0000000000000002 "
        b"0000000000000003 0000000000000004 0000000000000005 0000000000000006 00000abc "
        + b"0" * 32
        + b" f80fecdd\n"
    )


A, B = column("a"), column("b")


def begun(*columns: Column, format: str = "csv", signature: bytes = b"1") -> OutputIdentity:
    """Describe an output."""
    return OutputIdentity.of(format, columns, signature)


def test_it_reads_back() -> None:
    """Names with any characters, kinds and signature are the same after writing and reading."""
    one = begun(column('a "b"\n'), *COLUMNS, signature=bytes(range(256)))
    text = one.to_text()
    assert "\n" not in text
    assert OutputIdentity.from_text(text) == one


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (begun(A, B), ""),
        (begun(A, B, format="tsv"), "it was started as csv, and would continue as tsv"),
        (begun(A), "its columns have changed: b was there before"),
        (begun(A, B, column("c")), "its columns have changed: c is new"),
        (begun(A, column("c")), "its columns have changed: b was there before; c is new"),
        (begun(B, A), "its columns have changed: they were in the order a, b"),
        (
            begun(A, column("b", FieldType.INT, many=True)),
            "its columns have changed: b was text and is list of int",
        ),
        (
            begun(A, B, signature=b"2"),
            "it was started by a command with other fields, expectations, order or another "
            "function, behind the same columns",
        ),
    ],
)
def test_what_differs(now: OutputIdentity, words: str) -> None:
    """The words name what was, and what is now."""
    assert difference(begun(A, B), now) == words
