"""Rows as CSV, TSV and JSON lines: bytes that can stand behind one another in a file."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Protocol

from fetcher.sinks.base import Row, Value
from fetcher.sinks.columns import Column, kinds_of
from fetcher.text import clean, encodable, json_escaped, starts_formula

_PLAIN = frozenset({str, int, float, NoneType})
_to_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


class Encoder(Protocol):
    """Turns rows into bytes; the bytes of several calls, one after another, are a file.

    head: what stands before the first row. empty: the file when neither head nor rows are in it.
    """

    head: bytes
    empty: bytes

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the bytes of some rows, at least one."""
        ...


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """What may differ between two CSV files of the same rows.

    delimiter: a tab for TSV. neutralise: keep foreign text from starting a formula. bom: begin with
    a byte order mark, which some spreadsheets need to see that the file is UTF-8. shown: for a
    terminal, where a stranger's control characters must not act.
    """

    delimiter: str = ","
    neutralise: bool = True
    bom: bool = False
    shown: bool = False


class CsvEncoder:
    """Rows as CSV: RFC 4180, with a header row, in UTF-8.

    Rows end in CR LF (section 2, rule 1), and a cell is quoted only where it must be. None is an
    empty cell, bool is `true` or `false`, lists and objects are JSON text. Text that may be a
    stranger's and that a spreadsheet would take for a formula (it starts with = + - @, tab or CR)
    gets an apostrophe before it, which spreadsheets do not show (OWASP, "CSV Injection"); cells
    carried over from the input stay as they are. A lone surrogate, which UTF-8 cannot hold, and
    NUL, where many readers stop, are written as `\\ud800` and `\\x00`; all else is kept.
    """

    empty = b""

    def __init__(self, columns: Sequence[Column], style: CsvStyle = CsvStyle()) -> None:
        self._delimiter = style.delimiter
        self._shown = style.shown
        self._foreign = tuple(
            place for place, column in enumerate(columns) if style.neutralise and column.from_web
        )
        self._nested = any(kind.nested for kind in kinds_of(columns))
        self._flatten = flattener(columns)
        header = self._encoded([tuple(column.name for column in columns)])
        self.head = b"\xef\xbb\xbf" + header if style.bom else header

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the rows as whole lines."""
        return self._encoded(map(self._prepared, rows))

    def _prepared(self, row: Row) -> Row:
        # Most rows hold nothing but text and numbers; this is on the path of every URL.
        if self._nested or not _PLAIN.issuperset(map(type, row)):
            row = tuple([_flag(cell) for cell in self._flatten(row)])
        for place in self._foreign:
            cell = row[place]
            if isinstance(cell, str) and starts_formula(cell):
                row = (*row[:place], "'" + cell, *row[place + 1 :])
        if self._shown:
            row = tuple([clean(cell) if isinstance(cell, str) else cell for cell in row])
        return row

    def _encoded(self, rows: Iterable[Row]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        return encodable(text.getvalue(), nul=True).encode()


class JsonLinesEncoder:
    """One JSON object a line (RFC 8259), in UTF-8, its keys in the order of the columns.

    Types are kept: a number is a number, and None is null. Every character is kept; control and
    bidirectional ones, and lone surrogates, are written as JSON's own escapes.
    """

    head = empty = b""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._keys = tuple(column.name for column in columns)

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the rows as whole lines."""
        return "".join([self._line(row) for row in rows]).encode()

    def _line(self, row: Row) -> str:
        return json_escaped(_to_json(dict(zip(self._keys, row, strict=True)))) + "\n"


class GzipEncoder:
    """What another encoder returns, compressed: each call makes a whole member (RFC 1952, 2.2)."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self.head = _packed(inner.head) if inner.head else b""
        # No bytes at all are not a gzip file.
        self.empty = _packed(b"")

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the rows as a member."""
        return _packed(self._inner.encode(rows))


def flattener(columns: Sequence[Column]) -> Callable[[Row], Row]:
    """Make the function that turns a row's lists and objects into JSON text.

    In a column of lists or of JSON every value but None becomes JSON text, a text too, so that all
    of them can be read in one way. In other columns only what is no single value does.
    """
    ways = [_as_json if kind.nested else _as_it_is for kind in kinds_of(columns)]

    def flatten(row: Row) -> Row:
        return tuple([way(cell) for way, cell in zip(ways, row, strict=True)])

    return flatten


def _as_json(cell: Value) -> Value:
    return None if cell is None else json_text(cell)


def _as_it_is(cell: Value) -> Value:
    return json_text(cell) if isinstance(cell, list | dict) else cell


def _flag(cell: Value) -> Value:
    return str(cell).lower() if isinstance(cell, bool) else cell


def json_text(value: Value) -> str:
    """Return a value as JSON (RFC 8259) on one line, its characters as JSON lines have them."""
    return json_escaped(_to_json(value))


def _packed(data: bytes) -> bytes:
    # No time stamp: the same rows give the same bytes.
    return gzip.compress(data, compresslevel=6, mtime=0)
