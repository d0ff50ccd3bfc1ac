"""Open the sink that a target and a format ask for."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fetcher.extras import optional_library
from fetcher.sinks.base import (
    CompletedSink,
    OpenSink,
    OutputProgress,
    ResumeError,
    Row,
    Sink,
    TargetRows,
)
from fetcher.sinks.columns import Column
from fetcher.sinks.formats import STDOUT, Format, FormatError, is_packed
from fetcher.sinks.journal import JournalRecord, OutputIdentity
from fetcher.sinks.journaled_file import JournaledFile, find_record
from fetcher.sinks.reports.report_stats import CHECK_REPORT, ReportKind
from fetcher.sinks.text_rows import (
    CsvEncoder,
    CsvStyle,
    Encoder,
    GzipEncoder,
    JsonLinesEncoder,
)
from fetcher.storage.files import Places, check_replaceable, replace_file
from fetcher.storage.outputs import Output, is_special, open_output, refuse_inputs, status_of

if TYPE_CHECKING:
    from fetcher.sinks.reports.report import ReportStyle

TABLE_NAME = "pages"
"""The table of a database that rows go to, unless another one is named."""


@dataclass(frozen=True, slots=True)
class SinkOptions:
    """How to write.

    neutralise: keep foreign text in CSV from starting a formula. bom: begin CSV with a byte order
    mark. inputs: the files that are read, none of which may be the output. table: of a database.
    report: what a report is about. degraded_fails: whether a degraded URL is a failure in JUnit
    XML. now: the clock that dates a report.
    """

    neutralise: bool = True
    bom: bool = False
    inputs: tuple[Path, ...] = ()
    table: str = TABLE_NAME
    report: ReportKind = CHECK_REPORT
    degraded_fails: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def open_sink(
    target: str,
    format: Format,
    columns: Sequence[Column],
    options: SinkOptions = SinkOptions(),
    *,
    resume: bool = False,
    signature: bytes = b"",
    journal: bool = True,
    stdout: BinaryIO | None = None,
) -> OpenSink:
    """Open a file or database, or standard output for `-`.

    signature: of all besides format and columns that decides what is in the rows; it must be the
    same for the output to be resumed. resume: continue with what is there, and begin where nothing
    is; else what is there is overwritten, except that a database keeps the rows of other URLs.
    journal: False for a file that is written in one go, and cannot be resumed.

    Raises FormatError if a library that the format needs is not installed; OutputError if the
    target cannot be written or is one of the inputs; ResumeError, which is one, if it cannot be
    resumed. What was there is unchanged then.
    """
    path = Path(target)
    stream = target == STDOUT or is_special(path) or not journal
    name = "standard output" if target == STDOUT else target
    if stream and resume:
        raise ResumeError(name, "what it got before cannot be continued; write to a file")
    shown = target == STDOUT and (stdout or sys.stdout).isatty()
    wanted = _Wanted(path, format, tuple(columns), options, signature, resume, shown)
    if stream:
        output = open_output(target, options.inputs, stdout)
        return OpenSink(_stream(wanted, output, name))
    refuse_inputs(target, status_of(path), options.inputs)
    return _OPENERS[format.name](wanted)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be opened, and how."""

    path: Path
    format: Format
    columns: tuple[Column, ...]
    options: SinkOptions
    signature: bytes
    resume: bool
    shown: bool

    @property
    def encoder(self) -> Encoder:
        """What makes text of rows."""
        encoder: Encoder
        if self.format.name == "jsonl":
            encoder = JsonLinesEncoder(self.columns)
        else:
            delimiter = "\t" if self.format.name == "tsv" else ","
            options = self.options
            style = CsvStyle(delimiter, options.neutralise, options.bom, self.shown)
            encoder = CsvEncoder(self.columns, style)
        return GzipEncoder(encoder) if self.packed else encoder

    @property
    def packed(self) -> bool:
        """True if the file is compressed."""
        return is_packed(str(self.path)) and not is_special(self.path)

    def identity(self, *more: str) -> OutputIdentity:
        """What must be the same for it to be resumed; more: what else decides about its bytes."""
        words = ", ".join(filter(None, (self.format.name, *more)))
        return OutputIdentity.of(words, self.columns, self.signature)

    def open(
        self, places: Places, identity: OutputIdentity, make: Callable[[JournalRecord], Sink]
    ) -> OpenSink:
        """Open an output that has a journal; make: opens it where a record says."""
        record = find_record(places, identity) if self.resume else JournalRecord()
        if record.complete:
            # A process killed just before its end has left them there.
            places.clear_rows()
            return OpenSink(CompletedSink(places.name), record.progress, complete=True)
        sink = make(record)
        return OpenSink(sink, record.progress, resumable=True, journal=places.journal)


def _open_text(wanted: _Wanted) -> OpenSink:
    options, places = wanted.options, Places.growing(wanted.path)
    csv = wanted.format.name != "jsonl"
    identity = wanted.identity(
        "compressed with gzip" if wanted.packed else "",
        "with a byte order mark" if options.bom and csv else "",
        "with raw cells" if not options.neutralise and csv else "",
    )
    encoder = wanted.encoder
    return wanted.open(
        places, identity, lambda record: JournaledFile(places, identity, encoder, record)
    )


def _open_sqlite(wanted: _Wanted) -> OpenSink:
    from fetcher.sinks.sqlite_sink import open_sqlite

    identity = wanted.identity()
    table = wanted.options.table
    return open_sqlite(wanted.path, table, wanted.columns, identity, resume=wanted.resume)


def _open_parquet(wanted: _Wanted) -> OpenSink:
    with optional_library("pyarrow", f"writing {wanted.path}", FormatError):
        from fetcher.sinks.parquet_sink import ParquetSink
    places, identity = Places.gathering(wanted.path), wanted.identity()

    def make(record: JournalRecord) -> Sink:
        check_replaceable(wanted.path)
        return ParquetSink(places, identity, wanted.columns, record)

    return wanted.open(places, identity, make)


def _open_report(wanted: _Wanted) -> OpenSink:
    from fetcher.sinks.reports.report import JournaledRows, ReportSink

    places, identity = Places.gathering(wanted.path), wanted.identity()

    def make(record: JournalRecord) -> Sink:
        check_replaceable(wanted.path)
        rows = JournaledRows(places, identity, record)
        return ReportSink(rows, lambda blocks: replace_file(wanted.path, blocks), _style(wanted))

    return wanted.open(places, identity, make)


_OPENERS: dict[str, Callable[[_Wanted], OpenSink]] = {
    "csv": _open_text,
    "tsv": _open_text,
    "jsonl": _open_text,
    "sqlite": _open_sqlite,
    "parquet": _open_parquet,
    "junit": _open_report,
    "markdown": _open_report,
    "html": _open_report,
}


def _stream(wanted: _Wanted, output: Output, name: str) -> Sink:
    """Make the sink of an output that rows go through."""
    if not wanted.format.report:
        return StreamSink(output, wanted.encoder)
    from fetcher.sinks.reports.report import ReportSink, TemporaryRows

    def publish(blocks: Iterable[bytes]) -> None:
        try:
            for block in blocks:
                output.write(block)
        finally:
            output.close()

    return ReportSink(TemporaryRows(name), publish, _style(wanted))


def _style(wanted: _Wanted) -> "ReportStyle":
    """Find how to write a report; loaded late, because most runs write none."""
    from fetcher.sinks.reports.report import ReportStyle

    options = wanted.options
    if wanted.format.name == "junit":
        from fetcher.sinks.reports.junit import render_junit as render
    elif wanted.format.name == "markdown":
        from fetcher.sinks.reports.markdown import render_markdown as render
    else:
        from fetcher.sinks.reports.html_report import render_html as render
    return ReportStyle(options.report, render, options.degraded_fails, options.now)


class StreamSink:
    """Rows on standard output, in a pipe or to a device: gone once they are written."""

    def __init__(self, output: Output, encoder: Encoder) -> None:
        self._output = output
        self._encoder = encoder
        self._empty = not encoder.head
        self._finished = False
        try:
            if encoder.head:
                output.write(encoder.head)
            output.flush()
        except BaseException:
            output.close()
            raise

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Write the rows of whole targets, with one write of the output."""
        rows: list[Row] = [row for target in targets for row in target.rows]
        if rows:
            self._empty = False
            self._output.write(self._encoder.encode(rows))

    def commit(self, progress: OutputProgress) -> None:
        """Hand everything to the operating system."""
        self._output.flush()

    def finish(self, *, complete: bool) -> None:
        """Flush, and close what was opened."""
        if self._finished:
            return
        self._finished = True
        try:
            if complete and self._empty:
                self._output.write(self._encoder.empty)
        finally:
            self._output.close()
