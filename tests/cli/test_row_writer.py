"""Results on their way to outputs that have come to different places, with gaps behind them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.cli.row_writer import JobOutput, RowWriter
from fetcher.model import Outcome, Result, Target
from fetcher.sinks.base import START, OpenSink, OutputProgress, Row, Sink, TargetRows
from fetcher.sinks.columns import COLUMNS
from fetcher.sinks.open_sink import StreamSink
from fetcher.sinks.text_rows import CsvEncoder

LENGTH = 12


class Kept:
    """A file that keeps what it is given, and what commits say of it."""

    def __init__(self, done: int) -> None:
        self.urls = [url(number) for number in range(done)]
        self.committed = done
        self.completed = self.finished = 0

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Keep the URLs."""
        self.urls += [target.identity for target in targets]

    def commit(self, progress: OutputProgress) -> None:
        """See that the progress is of just the first of them."""
        assert progress.digest == progress_of(self.urls[: progress.done]).digest
        assert progress.done == len(self.urls) or progress.done == self.committed
        self.committed = progress.done

    def finish(self, *, complete: bool) -> None:
        """Count."""
        self.finished += 1
        self.completed += complete


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


def row(result: Result) -> tuple[Row, ...]:
    """One row with the URL."""
    return ((result.target.url,),)


def output(sink: Sink, done: int = 0) -> JobOutput[Result]:
    """Make an output that has the first URLs."""
    progress = progress_of([url(number) for number in range(done)])
    return JobOutput(OpenSink(sink, progress), row)


def write(outputs: Sequence[JobOutput[Result]], *batches: Sequence[int]) -> RowWriter[Result]:
    """Write batches of results, and complete the outputs."""
    writer = RowWriter[Result](outputs, lambda result: (0,))
    for batch in batches:
        writer.write([result(number) for number in batch])
    writer.finish(complete=True)
    return writer


@given(
    st.lists(st.integers(0, LENGTH), min_size=1, max_size=3),
    st.sets(st.integers(0, LENGTH - 1)),
    st.data(),
)
def test_files_get_what_they_lack(
    places: list[int], missing: set[int], data: st.DataObject
) -> None:
    """Each row once and in order, whatever the batches are; what is behind a gap is not done."""
    files = [Kept(done) for done in places]
    came = [number for number in range(min(places), LENGTH) if number not in missing]
    gap = min((number for number in missing if number >= min(places)), default=LENGTH)
    left, batches = list(came), []
    while left:
        size = data.draw(st.integers(1, len(left)))
        batches.append(left[:size])
        del left[:size]
    pairs = zip(files, places, strict=True)
    writer = write([output(file, done) for file, done in pairs], *batches)
    for file, done in zip(files, places, strict=True):
        expected = [*range(done), *(number for number in came if number >= done)]
        assert file.urls == [url(number) for number in expected]
        assert file.committed == max(done, gap)
        assert (file.completed, file.finished) == (1, 1)
    assert writer.progress.done == gap
    assert writer.progress.counts[0] == gap - min(places)


def stream(piped: Piped) -> StreamSink:
    """Standard output, as CSV."""
    return StreamSink(piped, CsvEncoder([COLUMNS["url"]]))


async def test_what_is_not_final_is_not_done() -> None:
    """A result that an undisturbed run would replace is written, and not counted as done."""
    file = Kept(0)
    writer = RowWriter[Result]([output(file)], lambda result: ())
    for number in range(4):
        writer.add(result(number), final=number < 2)
    writer.finish(complete=False)
    assert file.urls == [url(number) for number in range(4)]
    assert file.committed == 2


def test_results_as_they_finish_are_all_done() -> None:
    """In another order than that of the input there are no gaps, and nothing to resume."""
    file = Kept(0)
    writer = RowWriter[Result]([output(file)], lambda result: (), in_order=False)
    writer.write([result(3), result(0)])
    assert file.urls == [url(3), url(0)]
    assert file.committed == 2


def test_rows_behind_a_gap_are_shown_on_a_stream() -> None:
    """Nobody resumes it, so there is nothing to keep them from."""
    piped = Piped(patience=9)
    write([output(stream(piped))], [0, 3])
    assert piped.data.decode().split() == ["url", url(0), url(3)]


def test_a_lost_reader_is_the_end_only_where_there_is_nothing_else() -> None:
    """A file gets what comes after; with no other output there is nobody to write for."""
    file = Kept(0)
    write([output(stream(Piped(patience=2))), output(file)], [0], [1], [2], [3])
    assert file.urls == [url(number) for number in range(4)]
    assert (file.completed, file.finished) == (1, 1)
    with pytest.raises(BrokenPipeError):
        write([output(stream(Piped(patience=1)))], [0])


def test_columns_that_outputs_share_are_read_once() -> None:
    """Two outputs with the same columns have their rows made once."""
    made = []

    def make(result: Result) -> tuple[Row, ...]:
        made.append(result)
        return row(result)

    outputs = [JobOutput(OpenSink(Kept(0)), make), JobOutput(OpenSink(Kept(0)), make)]
    write(outputs, [0, 1])
    assert len(made) == 2
