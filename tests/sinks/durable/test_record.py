"""A record is read as it was written, or not at all."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.durable.durable import START, OutputProgress
from fetcher.sinks.durable.journal import RECORD_BYTES, JournalRecord, decode_record, encode_record

RECORDS = st.builds(
    JournalRecord,
    st.builds(OutputProgress, st.integers(0, 2**63), st.binary(min_size=16, max_size=16)),
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
    assert encode_record(JournalRecord(OutputProgress(10, START.digest), 255, 0xABC)) == (
        b"open 000000000000000a 00000000000000ff 00000abc " + b"0" * 32 + b" 46da9d2a\n"
    )
