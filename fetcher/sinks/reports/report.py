"""A report: rows are put by as they come, and all is written when it is closed.

Rows put by until a report can be written.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fetcher.sinks.base import Row
from fetcher.sinks.reports.report_stats import ReportEntry, Totals
from fetcher.storage.output_error import OutputError


class RowSpool:
    """Keeps rows in a file that nobody else sees; memory does not grow with them.

    Every method may raise OSError, when the disk is full. What a failed `add` has left behind is
    never given out.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._end = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Put rows by."""
        data = "".join([json.dumps(row) + "\n" for row in rows]).encode()
        self._file.seek(self._end)
        self._file.write(data)
        self._file.flush()
        self._end += len(data)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in order, as often as wanted; not while others are added."""
        self._file.seek(0)
        left = self._end
        while left > 0:
            line = self._file.readline()
            left -= len(line)
            yield tuple(json.loads(line))

    def close(self) -> None:
        """Forget everything."""
        self._file.close()


_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class ReportData:
    """All that a report is made of.

    entries: in the order in which they were written; can be gone through again and again.
    complete: whether they are all there are, or the run ended early. made: when. degraded_fails:
    whether a degraded URL counts as failed.
    """

    totals: Totals
    entries: Iterable[ReportEntry]
    complete: bool
    made: datetime
    degraded_fails: bool = False


Render = Callable[[ReportData], Iterator[str]]
"""Writes a report, piece by piece."""

Publish = Callable[[Iterable[bytes]], None]
"""Takes a whole report to where it shall be; raises OutputError, or BrokenPipeError as it is."""


class ReportSink:
    """Writes a report when it is closed; until `complete` was called, one that says it is partial.

    Its rows have the REPORT_COLUMNS. Rows wait in a temporary file, so that memory does not grow
    with them. name: what errors call the target.
    """

    def __init__(
        self,
        render: Render,
        publish: Publish,
        *,
        name: str,
        degraded_fails: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._render = render
        self._publish = publish
        self._name = name
        self._degraded_fails = degraded_fails
        self._now = now
        self._totals = Totals()
        self._complete = False
        self._closed = False
        try:
            self._spool = RowSpool()
        except OSError as error:
            raise self._error(error) from error

    def write(self, rows: Sequence[Row]) -> None:
        """Put a batch of rows by."""
        try:
            self._spool.add(rows)
        except OSError as error:
            raise self._error(error) from error
        for row in rows:
            self._totals.add(_entry(row))

    def flush(self) -> None:
        """Do nothing: there is no report yet."""

    def complete(self) -> None:
        """Take note that all rows were written."""
        self._complete = True

    def close(self) -> None:
        """Write the report, and forget the rows."""
        if self._closed:
            return
        self._closed = True
        try:
            self._publish(_blocks(self._render(self._facts())))
        except BrokenPipeError:
            raise
        except OSError as error:  # of the temporary file
            raise self._error(error) from error
        finally:
            self._spool.close()

    def _facts(self) -> ReportData:
        entries = _Entries(self._spool)
        return ReportData(self._totals, entries, self._complete, self._now(), self._degraded_fails)

    def _error(self, error: OSError) -> OutputError:
        cause = OutputError.of("the temporary file of rows", error)
        return OutputError(self._name, str(cause))


@dataclass(frozen=True, slots=True)
class _Entries:
    """The rows of a spool as entries."""

    rows: RowSpool

    def __iter__(self) -> Iterator[ReportEntry]:
        return map(_entry, self.rows)


def _entry(row: Row) -> ReportEntry:
    return ReportEntry(*row)  # type: ignore[arg-type] # a row of REPORT_COLUMNS


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """Join small pieces to blocks that are worth a system call."""
    block: list[bytes] = []
    size = 0
    for piece in pieces:
        data = piece.encode()
        block.append(data)
        size += len(data)
        if size >= _BLOCK:
            yield b"".join(block)
            block.clear()
            size = 0
    if block:
        yield b"".join(block)
