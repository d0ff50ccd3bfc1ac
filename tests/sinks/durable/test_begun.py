"""What has changed between two runs is said in words."""

import pytest

from fetcher.extraction.fields.conversion import FieldType
from fetcher.sinks.columns import Column
from fetcher.sinks.durable.journal import OutputIdentity, difference
from tests.sinks.durable.making import COLUMNS, column

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
        (begun(A, B, format="tsv"), "it was begun as csv, and would go on as tsv"),
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
            "it was begun with other fields, or another function, behind the same columns",
        ),
    ],
)
def test_what_differs(now: OutputIdentity, words: str) -> None:
    """The words name what was, and what is now."""
    assert difference(begun(A, B), now) == words
