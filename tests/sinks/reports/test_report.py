"""A report is written once, when all is known, and says when that is not all."""

import errno
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import astuple

import pytest

from fetcher.sinks.reports.report import ReportData, ReportSink
from fetcher.storage.output_error import OutputError
from tests.sinks.reports.making import ALL, GONE, GOOD, MADE, report, sink


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
    made.write([astuple(GOOD)])
    made.flush()
    assert published == []
    made.close()
    made.close()
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

        made = ReportSink(urls, publish, name="report", now=lambda: MADE)
        batch = [astuple(entry) for entry in ALL]
        tracemalloc.start()
        for _ in range(rows // len(batch)):
            made.write(batch)
        made.close()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > rows * 30
        return found

    peak(2_000)
    assert peak(20_000) < 2 * peak(2_000)


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """That rows cannot be put by is an error of this output, which names it and the reason."""

    def fail(self: object, rows: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    published: list[bytes] = []
    made = sink(urls, published)
    monkeypatch.setattr("fetcher.sinks.reports.report.RowSpool.add", fail)
    with pytest.raises(OutputError, match=r"cannot write to report: .*temporary.*the disk is full"):
        made.write([astuple(GOOD)])
    made.close()
    assert published == [b"0 False False 09:30"]


def test_a_broken_pipe_passes_through() -> None:
    """A reader that has gone is not an error of the report."""

    def publish(blocks: Iterable[bytes]) -> None:
        raise BrokenPipeError

    made = ReportSink(urls, publish, name="report")
    with pytest.raises(BrokenPipeError):
        made.close()
    made.close()
