"""Results on their way to several outputs."""

from collections.abc import Sequence

import pytest

from fetcher.cli.row_writer import RowSinks
from fetcher.model import Outcome, Result, Target
from fetcher.sinks.base import Row


class Kept:
    """A sink that keeps its rows."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.closed = 0

    def write(self, rows: Sequence[Row]) -> None:
        """Keep them."""
        self.rows += rows

    def flush(self) -> None:
        """Do nothing."""

    def complete(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Count."""
        self.closed += 1


class Lost(Kept):
    """A sink whose reader has gone."""

    def write(self, rows: Sequence[Row]) -> None:
        """Fail."""
        raise BrokenPipeError


RESULT = Result(Target(0, "http://a.example/"), Outcome(None))


def row(result: Result) -> Row:
    """The URL alone."""
    return (result.target.url,)


def test_one_lost_reader_is_not_all() -> None:
    """The other sinks get every row, and the lost one is closed once."""
    kept, lost = Kept(), Lost()
    sinks = RowSinks[Result]([(row, lost), (row, kept)])
    for _ in range(3):
        sinks.write([RESULT])
    sinks.close()
    assert len(kept.rows) == 3
    assert (kept.closed, lost.closed) == (1, 1)


def test_the_last_lost_reader_ends_it() -> None:
    """There is nobody to write for."""
    with pytest.raises(BrokenPipeError):
        RowSinks[Result]([(row, Lost())]).write([RESULT])
