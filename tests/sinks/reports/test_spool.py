"""Rows come out of the spool as they went in."""

import errno
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.reports.report import RowSpool

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)
)
BATCHES = st.lists(st.lists(st.lists(VALUES, max_size=4).map(tuple), max_size=4), max_size=4)


@given(BATCHES)
def test_rows_come_back_as_often_as_wanted(batches: list[list[tuple[Any, ...]]]) -> None:
    """Any values come back in order, with their types, and again when they are read again."""
    rows = [row for batch in batches for row in batch]
    with closing(RowSpool()) as spool:
        for batch in batches:
            spool.add(batch)
        assert list(spool) == rows
        assert list(spool) == rows


def test_rows_can_be_added_after_reading() -> None:
    """Reading does not move the end."""
    with closing(RowSpool()) as spool:
        spool.add([("a",), ("b",)])
        assert next(iter(spool)) == ("a",)
        spool.add([("c",)])
        assert list(spool) == [("a",), ("b",), ("c",)]


def test_a_torn_row_is_not_given_out() -> None:
    """What was written of a batch for which there was no room is overwritten, or never read."""

    class Full:
        """A file that takes half of what it is given, and then fails."""

        def __init__(self, file: Any) -> None:
            self._file = file
            self.full = False

        def write(self, data: bytes) -> int:
            """Take half."""
            if self.full:
                self._file.write(data[: len(data) // 2])
                raise OSError(errno.ENOSPC, "full")
            return int(self._file.write(data))

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    with closing(RowSpool()) as spool:
        file = Full(spool._file)
        spool._file = file  # type: ignore[assignment]
        spool.add([("a",)])
        file.full = True
        with pytest.raises(OSError, match="full"):
            spool.add([("lost",) * 9])
        assert list(spool) == [("a",)]
        file.full = False
        spool.add([("b",)])
        assert list(spool) == [("a",), ("b",)]
