"""Rows as CSV or TSV.

Rows as JSON lines.

Values as JSON text, for cells that can hold nothing else.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence

from fetcher.extraction.fields.conversion import FieldValue
from fetcher.sinks.base import Row, Value
from fetcher.sinks.columns import Column
from fetcher.storage.outputs import Output
from fetcher.text import without_surrogates

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


# JSON itself escapes only C0. These would end a line for some readers, or act on a terminal.
_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]")


class JsonLinesSink:
    """Writes one JSON object a line (RFC 8259), in UTF-8, its keys in the order of the columns.

    Types are kept: a number is a number, and None is null. Text is written as it is, except that
    control and bidirectional characters (which only cells carried over from the input can have)
    are escaped, and that a lone surrogate becomes U+FFFD, because many parsers refuse it.
    """

    def __init__(self, output: Output, columns: Sequence[Column]) -> None:
        self._output = output
        self._keys = tuple(column.name for column in columns)
        self._encoder = json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
        )

    def write(self, rows: Sequence[Row]) -> None:
        """Write whole rows with one write of the output."""
        if rows:
            self._output.write("".join([self._line(row) for row in rows]).encode())

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._output.flush()

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
        """Flush, and close the output."""
        self._output.close()

    def _line(self, row: Row) -> str:
        return escaped(self._encoder.encode(dict(zip(self._keys, row, strict=True)))) + "\n"


def escaped(line: str) -> str:
    """Give JSON text with what could break a line, a terminal or a parser written as escapes."""
    return line if line.isprintable() else _RAW.sub(_escape, without_surrogates(line))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_text(value: FieldValue) -> str:
    """Give a value as JSON (RFC 8259) on one line, its characters as JSON lines have them."""
    return escaped(_encode(value))
