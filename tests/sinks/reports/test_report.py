"""A report is written once, when all is known, and says when that is not all."""

import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.base import START, TargetRows
from fetcher.sinks.formats import format_of
from fetcher.sinks.job_columns import CHECK, columns_for
from fetcher.sinks.journal import JournalRecord, OutputIdentity
from fetcher.sinks.open_sink import SinkOptions, open_sink
from fetcher.sinks.reports.report import JournaledRows, ReportData, TemporaryRows
from fetcher.storage.files import Places
from fetcher.storage.output_error import OutputError
from tests.sinks.reports.making import ALL, GONE, GOOD, MADE, put, report, sink

HTML = format_of("r.html", job="a test")
COLUMNS = columns_for(CHECK, HTML)
IDENTITY = OutputIdentity.of("html", COLUMNS, b"")


def urls(facts: ReportData) -> Iterator[str]:
    """A report of few words."""
    yield f"{facts.totals.count} {facts.complete} {facts.degraded_fails} {facts.made:%H:%M}"
    for _ in range(2):
        yield from (f" {entry.url}" for entry in facts.entries)


def test_totals_come_first_and_entries_again_and_again() -> None:
    """What is written first knows what comes last, and rows can be gone through twice."""
    assert report(urls, [GOOD, GONE]) == (
        "2 True False 09:30" + " https://d.example/ https://a.example/gone" * 2
    )


def test_nothing_is_written_before_the_end() -> None:
    """Rows and flushes write nothing; closing does, and does it once."""
    published: list[bytes] = []
    made = sink(urls, published, degraded_fails=True)
    put(made, GOOD)
    assert published == []
    made.finish(complete=False)
    made.finish(complete=False)
    assert published == [b"1 False True 09:30" + b" https://d.example/" * 2]


def test_no_rows_are_a_report_too() -> None:
    """An empty run has its report."""
    assert report(urls, []) == "0 True False 09:30"


def test_memory_does_not_grow_with_rows() -> None:
    """Ten times as many rows, and as many bytes written, need hardly more memory."""

    def peak(rows: int) -> int:
        size = 0

        def publish(blocks: Iterable[bytes]) -> None:
            nonlocal size
            size = sum(len(block) for block in blocks)

        made = sink(urls, [], publish=publish)
        tracemalloc.start()
        for _ in range(rows // len(ALL)):
            put(made, *ALL)
        made.finish(complete=True)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > rows * 30
        return found

    peak(2_000)
    assert peak(20_000) < 2 * peak(2_000)


def test_a_full_disk_is_said() -> None:
    """That rows cannot be kept is an error of this output, which names it and the reason."""
    published: list[bytes] = []
    rows = TemporaryRows("report")
    made = sink(urls, published, rows=rows)
    put(made, GOOD)
    rows._file.execute("PRAGMA max_page_count = 4")
    with pytest.raises(OutputError, match=r"the temporary file for report: the disk is full; set"):
        put(made, *[GONE] * 1_000)
    # Nothing of the batch that failed is in the report.
    made.finish(complete=False)
    assert published == [b"1 False False 09:30" + b" https://d.example/" * 2]


def test_a_broken_pipe_passes_through() -> None:
    """A reader that has gone is not an error of the report."""

    def publish(blocks: Iterable[bytes]) -> None:
        raise BrokenPipeError

    made = sink(urls, [], publish=publish)
    with pytest.raises(BrokenPipeError):
        made.finish(complete=True)
    made.finish(complete=True)


def test_a_run_that_was_refused_leaves_the_last_report() -> None:
    """Nothing is written for a run that never began."""
    published: list[bytes] = []
    sink(urls, published).finish(complete=False)
    assert published == []


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)
)
BATCHES = st.lists(st.lists(st.lists(VALUES, max_size=4).map(tuple), max_size=4), max_size=4)


@given(BATCHES)
def test_rows_come_back_as_often_as_wanted(batches: list[list[tuple[Any, ...]]]) -> None:
    """Any values come back in order, with their types; from a file beside the report, too."""
    kept = [row for batch in batches for row in batch]
    with TemporaryDirectory() as folder:
        places = Places.gathering(Path(folder, "report"))
        for rows in (TemporaryRows("report"), JournaledRows(places, IDENTITY, JournalRecord())):
            for batch in batches:
                rows.write([TargetRows("", (row,)) for row in batch])
                rows.commit(START)
            assert list(rows) == kept
            assert list(rows) == kept
            rows.finish(complete=False)


def test_a_report_is_resumed(tmp_path: Path) -> None:
    """Rows of an earlier run are in it; once it is complete, they are not kept beside it."""
    path = tmp_path / "r.html"
    for resume, entry in ((False, GOOD), (True, GONE)):
        found = open_sink(str(path), HTML, COLUMNS, SinkOptions(now=lambda: MADE), resume=resume)
        assert (found.resumable, found.progress.done) == (True, int(resume))
        found.sink.write([TargetRows(entry.url, (astuple(entry),))])
        found.sink.commit(found.progress.after(entry.url))
        found.sink.finish(complete=resume)
        assert ("This report is partial" in path.read_text()) is not resume
    text = path.read_text()
    assert text.count("<tr data-url") == 2
    assert {each.name for each in tmp_path.iterdir()} == {"r.html", "r.html.journal"}
    assert open_sink(str(path), HTML, COLUMNS, resume=True).complete
    assert path.read_text() == text
