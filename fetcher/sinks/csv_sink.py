"""Rows as CSV or TSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from fetcher.sinks.base import Row, Value
from fetcher.sinks.clean import without_surrogates
from fetcher.sinks.column import Column
from fetcher.sinks.outputs import Output

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class CsvSink:
    """Writes rows as CSV: RFC 4180, with a header row, in UTF-8.

    Rows end in CR LF (section 2, rule 1), and a cell is quoted only where it must be. None is an
    empty cell; bool is `true` or `false`. neutralise: text that may be a stranger's and that a
    spreadsheet would take for a formula (it starts with = + - @, tab or CR) gets an apostrophe
    before it, which spreadsheets do not show (OWASP, "CSV Injection"); cells carried over from the
    input stay as they are. bom: begin with a byte order mark, which some spreadsheets need to see
    that the file is UTF-8. A lone surrogate, which UTF-8 cannot hold, is written as U+FFFD.
    """

    def __init__(
        self,
        output: Output,
        columns: Sequence[Column],
        *,
        delimiter: str = ",",
        neutralise: bool = True,
        bom: bool = False,
    ) -> None:
        self._output = output
        self._delimiter = delimiter
        self._foreign = tuple(
            position
            for position, column in enumerate(columns)
            if neutralise and column.from_web and column.kind is str
        )
        self._flags = any(column.kind is bool for column in columns)
        header = self._encode([tuple(column.name for column in columns)])
        output.write(b"\xef\xbb\xbf" + header if bom else header)
        output.flush()

    def write(self, rows: Sequence[Row]) -> None:
        """Write whole rows with one write of the output."""
        if rows:
            self._output.write(self._encode(self._prepared(row) for row in rows))

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._output.flush()

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
        """Flush, and close the output."""
        self._output.close()

    def _prepared(self, row: Row) -> Sequence[Value]:
        for position in self._foreign:
            cell = row[position]
            if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
                row = (*row[:position], "'" + cell, *row[position + 1 :])
        return [_flag(cell) for cell in row] if self._flags else row

    def _encode(self, rows: Iterable[Sequence[Value]]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        try:
            return text.getvalue().encode()
        except UnicodeEncodeError:
            return without_surrogates(text.getvalue()).encode()


def _flag(cell: Value) -> Value:
    return str(cell).lower() if isinstance(cell, bool) else cell
