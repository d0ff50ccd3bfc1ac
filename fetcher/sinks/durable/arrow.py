"""Rows as Arrow record batches, with the types of their columns."""

from collections.abc import Callable, Sequence
from itertools import accumulate

import pyarrow as pa  # type: ignore[import-untyped]  # it comes without types

from fetcher.extraction.fields.values import FieldType, FieldValue
from fetcher.sinks.clean import without_surrogates
from fetcher.sinks.column import Column
from fetcher.sinks.durable.base import Cells
from fetcher.sinks.durable.json_text import json_text
from fetcher.sinks.durable.kinds import Kind, kinds_of

_TYPES = {
    FieldType.TEXT: pa.string(),
    FieldType.INT: pa.int64(),
    FieldType.FLOAT: pa.float64(),
    FieldType.BOOL: pa.bool_(),
    # Stored as text, and marked as JSON (Parquet logical types, JSON).
    FieldType.JSON: pa.json_(pa.string()),
}
_PYTHON: dict[FieldType, set[type]] = {
    FieldType.TEXT: {str, type(None)},
    FieldType.INT: {int, type(None)},
    FieldType.FLOAT: {float, int, type(None)},
    FieldType.BOOL: {bool, type(None)},
}


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Give the columns' names and types."""
    types = zip(columns, kinds_of(columns), strict=True)
    return pa.schema([(column.name, _type(kind)) for column, kind in types])


class ArrowEncoder:
    """Rows as an Arrow IPC stream: the schema, and a record batch for each call.

    The format of messages makes them stand alone (Arrow columnar format, "Encapsulated message
    format"), so a file that is cut behind any of them is a stream too. A value that its column's
    type cannot hold becomes the one that says the same, if there is one, and null if there is not.
    """

    empty = b""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.schema = schema_of(columns)
        self.head = bytes(self.schema.serialize())
        self._kinds = kinds_of(columns)

    def encode(self, rows: Sequence[Cells]) -> bytes:
        """Give the rows as one record batch."""
        columns = zip(zip(*rows, strict=True), self._kinds, strict=True)
        arrays = [_array(values, kind) for values, kind in columns]
        return bytes(pa.RecordBatch.from_arrays(arrays, schema=self.schema).serialize())


def _type(kind: Kind) -> pa.DataType:
    return pa.list_(_TYPES[kind.type]) if kind.many else _TYPES[kind.type]


def _array(values: Sequence[FieldValue], kind: Kind) -> pa.Array:
    """Turn the values of a column into an array."""
    if not kind.many:
        return _scalars(values, kind.type)
    # A text counts as a list of its letters to Arrow, so it is never asked what a list is.
    lists = [value if value is None or isinstance(value, list) else [value] for value in values]
    items = _scalars([item for items in lists if items for item in items], kind.type)
    lengths = [None if items is None else len(items) for items in lists]
    return pa.ListArray.from_arrays(_offsets(lengths), items, _type(kind))


def _offsets(lengths: Sequence[int | None]) -> pa.Array:
    """Where each list begins in the items of all; null where there is no list."""
    starts = accumulate((length or 0 for length in lengths), initial=0)
    offsets = [None if n is None else at for at, n in zip(starts, [*lengths, 0], strict=True)]
    return pa.array(offsets, pa.int32())


def _scalars(values: Sequence[FieldValue], of: FieldType) -> pa.Array:
    if of is FieldType.JSON:
        texts = [None if value is None else json_text(value) for value in values]
        return pa.ExtensionArray.from_storage(_TYPES[of], pa.array(texts, pa.string()))
    # Arrow takes 1.5 for the integer 1, so it is not asked what it can convert.
    if set(map(type, values)) <= _PYTHON[of]:
        try:
            return pa.array(values, _TYPES[of])
        except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
            pass
    fitted = [None if value is None else _FITTING[of](value) for value in values]
    return pa.array(fitted, _TYPES[of])


def _text(value: FieldValue) -> str:
    return without_surrogates(value) if isinstance(value, str) else json_text(value)


def _int(value: FieldValue) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return int(value) if isinstance(value, int) and -(2**63) <= value < 2**63 else None


def _float(value: FieldValue) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _bool(value: FieldValue) -> bool | None:
    return value if isinstance(value, bool) else None


_FITTING: dict[FieldType, Callable[[FieldValue], FieldValue]] = {
    FieldType.TEXT: _text,
    FieldType.INT: _int,
    FieldType.FLOAT: _float,
    FieldType.BOOL: _bool,
}
