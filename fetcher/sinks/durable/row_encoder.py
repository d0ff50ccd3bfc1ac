"""Rows as bytes that can stand behind one another in a file.

Rows for outputs whose cells hold text, numbers and flags only.

Rows on standard output, in a pipe or to a device: gone when they are written.
"""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, cast

from fetcher.extraction.fields.conversion import FieldValue
from fetcher.sinks.base import Row, Value
from fetcher.sinks.columns import Column
from fetcher.sinks.durable.durable import Cells, ColumnType, OutputProgress, TargetRows, kinds_of
from fetcher.sinks.open_sink import SinkOptions, row_sink
from fetcher.sinks.text_rows import json_text
from fetcher.storage.outputs import Output


def flattener(kinds: Sequence[ColumnType]) -> Callable[[Cells], Row]:
    """Make the function that turns a row's lists and objects into JSON text.

    In a column of lists or of JSON every value but None becomes JSON text, a text too, so that all
    of them can be read in one way. In other columns only what is no single value does.
    """
    ways = [_as_json if kind.nested else _as_it_is for kind in kinds]

    def flatten(cells: Cells) -> Row:
        return tuple([way(cell) for way, cell in zip(ways, cells, strict=True)])

    return flatten


def _as_json(cell: FieldValue) -> Value:
    return None if cell is None else json_text(cell)


def _as_it_is(cell: FieldValue) -> Value:
    return json_text(cell) if isinstance(cell, list | dict) else cell


class Encoder(Protocol):
    """Turns rows into bytes; the bytes of several calls, one after another, are a file.

    head: what stands before the first row. empty: the file when neither head nor rows are in it.
    """

    head: bytes
    empty: bytes

    def encode(self, rows: Sequence[Cells]) -> bytes:
        """Give the bytes of some rows, at least one."""
        ...


class TextEncoder:
    """Rows as CSV, TSV or JSON lines, just as the sinks of these formats write them.

    In CSV and TSV, lists and objects are JSON text, and text in a column of numbers or flags, which
    a user's function may have put there, is kept from starting a formula as all other text is.
    """

    empty = b""

    def __init__(self, kind: str, columns: Sequence[Column], options: SinkOptions) -> None:
        self._taken = _Taken()
        if kind == "jsonl":
            self._rows = cast(Callable[[Cells], Row], tuple)
        else:
            self._rows = _texts(flattener(kinds_of(columns)))
            columns = [replace(column, kind=str) for column in columns]
        self._sink = row_sink(kind, self._taken, columns, options)
        self.head = self._taken.take()

    def encode(self, rows: Sequence[Cells]) -> bytes:
        """Give the rows as whole lines."""
        self._sink.write([self._rows(row) for row in rows])
        return self._taken.take()


class GzipEncoder:
    """What another encoder gives, packed: each call makes a whole member (RFC 1952, 2.2)."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self.head = _packed(inner.head) if inner.head else b""
        # No bytes at all are not a gzip file.
        self.empty = _packed(b"")

    def encode(self, rows: Sequence[Cells]) -> bytes:
        """Give the rows as a member."""
        return _packed(self._inner.encode(rows))


class _Taken:
    """An output that keeps what it is given until that is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._parts.append(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _texts(flatten: Callable[[Cells], Row]) -> Callable[[Cells], Row]:
    """Flags as `true` and `false`, in whatever column."""
    return lambda cells: tuple(
        [str(cell).lower() if isinstance(cell, bool) else cell for cell in flatten(cells)]
    )


def _packed(data: bytes) -> bytes:
    # No time stamp: the same rows give the same bytes.
    return gzip.compress(data, compresslevel=6, mtime=0)


class Stream:
    """An output that rows go through, and that nothing can be gone on with."""

    def __init__(self, output: Output, encoder: Encoder) -> None:
        self._output = output
        self._encoder = encoder
        output.write(encoder.head)

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Write the rows of whole targets, with one write of the output."""
        rows: list[Cells] = [row for target in targets for row in target.rows]
        if rows:
            self._output.write(self._encoder.encode(rows))

    def commit(self, progress: OutputProgress) -> None:
        """Hand everything to the operating system."""
        self._output.flush()

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
        """Flush, and close what was opened."""
        self._output.close()
