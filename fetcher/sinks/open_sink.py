"""Open the sink that a target and a format ask for."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fetcher.sinks.base import Sink
from fetcher.sinks.columns import Column
from fetcher.sinks.reports.report import Publish, Render, ReportSink
from fetcher.sinks.reports.report_stats import REPORT_COLUMNS
from fetcher.sinks.text_rows import CsvSink, JsonLinesSink
from fetcher.storage.files import check_replaceable, replace_file
from fetcher.storage.output_error import OutputError
from fetcher.storage.outputs import FileOutput, GzipOutput, Output, StreamOutput

REPORTS = ("junit", "markdown", "html")
"""The formats that are written whole, when everything is known, and for a check only."""

STDOUT = "-"
"""The target that means standard output."""

FORMATS = ("csv", "tsv", "jsonl", *REPORTS)
"""The formats that can be asked for by name."""

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "junit",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}
"""The formats that a file's name says; each may be followed by `.gz`."""


class FormatError(ValueError):
    """The output's format is unknown, or its name does not say it."""


@dataclass(frozen=True, slots=True)
class SinkOptions:
    """How to write.

    neutralise: keep foreign text in CSV from starting a formula. bom: begin CSV with a byte order
    mark. inputs: the files that are read, none of which may be the output. degraded_fails: whether
    a degraded URL is a failure in JUnit XML. now: the clock that dates a report.
    """

    neutralise: bool = True
    bom: bool = False
    inputs: tuple[Path, ...] = ()
    degraded_fails: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def open_sink(
    target: str,
    *,
    columns: Sequence[Column],
    format: str | None = None,
    options: SinkOptions | None = None,
    stdout: BinaryIO | None = None,
) -> Sink:
    """Open a file, or standard output for `-`.

    A report (one of REPORTS) is written when it is closed, and a file put in its place whole. Every
    other file is created or emptied at once, and for those holds: `write` hands a batch of whole
    rows to the operating system with one call (for `.gz`: `flush` does), so rows of two batches
    never mix and rows that were written survive the end of this process. A process killed in the
    middle of that call can leave a last line without its line end; whoever resumes cuts it off.
    Power failure is not covered.

    Raises FormatError when the format is unknown, or a report for other columns than its own, and
    OutputError when the target cannot be written or is one of the inputs; then nothing was changed.
    """
    kind = format_of(target, format)
    options = options or SinkOptions()
    if kind in REPORTS:
        return _open_report(target, kind, columns, options, stdout)
    output = open_output(target, options.inputs, stdout)
    try:
        return row_sink(kind, output, columns, options)
    except BaseException:  # the header could not be written
        output.close()
        raise


def format_of(target: str, format: str | None = None) -> str:
    """Say which of FORMATS to write: the one given, or by the target's suffix.

    CSV for standard output and for a device or pipe, whose names say nothing. Raises FormatError.
    """
    if format is not None:
        name = format.lower().removeprefix(".")
        if name in FORMATS:
            return name
        if "." + name in SUFFIXES:
            return SUFFIXES["." + name]
        raise FormatError(f"unknown format {format!r}; known are {', '.join(FORMATS)}")
    if target == STDOUT or is_special(Path(target)):
        return "csv"
    suffix = Path(target.lower().removesuffix(".gz")).suffix
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    raise FormatError(
        f"cannot tell the format of {target!r} by its suffix; known are {', '.join(SUFFIXES)}, "
        f"each also with .gz; or name the format: {', '.join(FORMATS)}"
    )


def _open_report(
    target: str,
    kind: str,
    columns: Sequence[Column],
    options: SinkOptions,
    stdout: BinaryIO | None,
) -> Sink:
    if tuple(column.name for column in columns) != REPORT_COLUMNS:
        raise FormatError(
            f"{kind} is a report of what was checked, for `fetcher check` only; "
            "other commands write csv, tsv or jsonl"
        )
    return ReportSink(
        _renderer(kind),
        _publisher(target, options.inputs, stdout),
        name="standard output" if target == STDOUT else target,
        degraded_fails=options.degraded_fails,
        now=options.now,
    )


def _renderer(kind: str) -> Render:
    """Find what writes a report; loaded late, because most runs write none."""
    if kind == "junit":
        from fetcher.sinks.reports.junit import render_junit

        return render_junit
    if kind == "markdown":
        from fetcher.sinks.reports.markdown import render_markdown

        return render_markdown
    from fetcher.sinks.reports.html_report import render_html

    return render_html


def _publisher(target: str, inputs: Sequence[Path], stdout: BinaryIO | None) -> Publish:
    """Find how a report gets to its target; raises OutputError if it cannot."""
    path = Path(target)
    if target != STDOUT and not is_special(path):
        refuse_inputs(target, status_of(path), inputs)
        check_replaceable(path)
        return lambda blocks: replace_file(path, blocks)
    output = open_output(target, inputs, stdout)

    def publish(blocks: Iterable[bytes]) -> None:
        try:
            for block in blocks:
                output.write(block)
        finally:
            output.close()

    return publish


def row_sink(kind: str, output: Output, columns: Sequence[Column], options: SinkOptions) -> Sink:
    """Make the sink of a format that is written row by row."""
    if kind == "jsonl":
        return JsonLinesSink(output, columns)
    return CsvSink(
        output,
        columns,
        delimiter="\t" if kind == "tsv" else ",",
        neutralise=options.neutralise,
        bom=options.bom,
    )


def is_special(path: Path) -> bool:
    """Say whether something is there that is neither a file nor a folder: a device, a pipe."""
    found = status_of(path)
    return found is not None and not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))


def open_output(target: str, inputs: Sequence[Path], stdout: BinaryIO | None) -> Output:
    """Open a file, emptied, or standard output; raises OutputError, also when it is an input."""
    if target == STDOUT:
        stream = sys.stdout.buffer if stdout is None else stdout
        refuse_inputs("standard output", status_of(stream), inputs)
        return StreamOutput(stream)
    path = Path(target)
    refuse_inputs(target, status_of(path), inputs)
    output = FileOutput(path)
    return GzipOutput(output) if path.suffix.lower() == ".gz" else output


def refuse_inputs(name: str, output: os.stat_result | None, inputs: Sequence[Path]) -> None:
    """Raise OutputError when an output is one of the files that are read."""
    # A terminal may well be both; only a file would be lost, or grow for ever.
    if output is None or not stat.S_ISREG(output.st_mode):
        return
    for path in inputs:
        status = status_of(path)
        if status is not None and os.path.samestat(status, output):
            raise OutputError(name, f"it is the input {path}, which would be overwritten")


def status_of(file: Path | BinaryIO) -> os.stat_result | None:
    """What the system says of a file or stream; None when there is none."""
    try:
        return os.stat(file if isinstance(file, Path) else file.fileno())
    except OSError:  # no such file, or a stream that is none
        return None
