"""Rows as bytes that can stand behind one another in a file."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, cast

from fetcher.sinks.base import Row
from fetcher.sinks.column import Column
from fetcher.sinks.durable.base import Cells
from fetcher.sinks.durable.flat import flattener
from fetcher.sinks.durable.kinds import kinds_of
from fetcher.sinks.opening import SinkOptions, row_sink


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
