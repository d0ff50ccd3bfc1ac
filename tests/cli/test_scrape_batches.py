"""Results on their way to outputs that have come to different places, with gaps behind them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.cli.row_writer import DurableOutputs
from fetcher.model import Outcome, Result, Target
from fetcher.parse_stage import FieldRow
from fetcher.sinks.columns import COLUMNS
from fetcher.sinks.durable import START, OutputProgress, TargetRows
from fetcher.sinks.durable.row_encoder import Stream, TextEncoder
from fetcher.sinks.open_sink import SinkOptions

LENGTH = 12


class Kept:
    """A file that keeps what it is given, and checks that commits say what is in it."""

    def __init__(self, done: int) -> None:
        self.urls = [url(number) for number in range(done)]
        self.completed = self.closed = 0

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Keep the URLs."""
        self.urls += [target.url for target in targets]

    def commit(self, progress: OutputProgress) -> None:
        """See that the progress is of just these."""
        assert progress == progress_of(self.urls)

    def complete(self) -> None:
        """Count."""
        self.completed += 1

    def close(self) -> None:
        """Count."""
        self.closed += 1


class Piped:
    """Standard output; its reader goes after so many writes."""

    def __init__(self, patience: int) -> None:
        self.data = b""
        self._patience = patience

    def write(self, data: bytes) -> None:
        """Keep it, or fail."""
        if self._patience == 0:
            raise BrokenPipeError
        self._patience -= 1
        self.data += data

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def url(number: int) -> str:
    """The URL of a row."""
    return f"http://a.example/{number}"


def result(number: int) -> Result:
    """The result of a row."""
    return Result(Target(number, url(number)), Outcome())


def progress_of(urls: Sequence[str]) -> OutputProgress:
    """The progress of an output that has these."""
    progress = START
    for each in urls:
        progress = progress.after(each)
    return progress


def cells(result: Result, rows: Sequence[FieldRow]) -> tuple[tuple[str], ...]:
    """One row with the URL."""
    return ((result.target.url,),)


@given(
    st.lists(st.integers(0, LENGTH), min_size=1, max_size=3),
    st.sets(st.integers(0, LENGTH - 1)),
    st.data(),
)
def test_files_get_what_they_lack_up_to_the_first_gap(
    places: list[int], missing: set[int], data: st.DataObject
) -> None:
    """Each row once and in order, whatever the batches are; what is behind the gap is counted."""
    files = [Kept(done) for done in places]
    outputs = DurableOutputs([(file, progress_of(file.urls)) for file in files], cells)
    came = [number for number in range(min(places), LENGTH) if number not in missing]
    gap = min((number for number in missing if number >= min(places)), default=LENGTH)
    left = list(came)
    while left:
        size = data.draw(st.integers(1, len(left)))
        outputs.write([result(number) for number in left[:size]])
        del left[:size]
    for file, done in zip(files, places, strict=True):
        assert file.urls == [url(number) for number in range(max(done, gap))]
    assert outputs.left_out == sum(number > gap for number in came)
    outputs.complete()
    outputs.close()
    assert [(file.completed, file.closed) for file in files] == [(1, 1)] * len(files)


def stream(piped: Piped) -> Stream:
    """Standard output, as CSV."""
    columns = [COLUMNS["url"]]
    return Stream(piped, TextEncoder("csv", columns, SinkOptions()))


def test_rows_behind_a_gap_are_shown_on_a_stream() -> None:
    """Nobody goes on with it, so there is nothing to keep them from."""
    piped = Piped(patience=9)
    outputs = DurableOutputs([(stream(piped), START)], cells)
    outputs.write([result(0), result(3)])
    assert piped.data.decode().split() == ["url", url(0), url(3)]
    assert outputs.left_out == 0


def test_a_lost_reader_is_the_end_only_where_there_is_nothing_else() -> None:
    """A file gets what comes after; with no other output there is nobody to write for."""
    file = Kept(0)
    outputs = DurableOutputs([(stream(Piped(patience=2)), START), (file, START)], cells)
    for number in range(4):
        outputs.write([result(number)])
    outputs.close()
    assert file.urls == [url(number) for number in range(4)]
    alone = DurableOutputs([(stream(Piped(patience=1)), START)], cells)
    with pytest.raises(BrokenPipeError):
        alone.write([result(0)])
