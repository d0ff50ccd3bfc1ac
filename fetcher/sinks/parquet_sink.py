"""Rows as a Parquet file, which is written whole and at the end, out of what was gathered."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # it comes without types
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from fetcher.sinks.base import OutputProgress, Row, TargetRows, Value
from fetcher.sinks.columns import Column, Kind, kinds_of
from fetcher.sinks.journal import JournalRecord, OutputIdentity
from fetcher.sinks.journaled_file import JournaledFile
from fetcher.sinks.text_rows import json_text
from fetcher.storage.files import Places, as_output_error, new_version, put_in_place
from fetcher.text import encodable

MOST_ROWS = 65_536
MOST_BYTES = 64 * 1024 * 1024
"""Of text in a group: what is held in memory while it is written."""

_TYPES = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    # Stored as text, and marked as JSON (Parquet logical types, JSON).
    object: pa.json_(pa.string()),
}
_PYTHON: dict[type, set[type]] = {
    str: {str, type(None)},
    int: {int, type(None)},
    float: {float, int, type(None)},
    bool: {bool, type(None)},
}


class ParquetSink:
    """A Parquet file that appears when it is complete.

    Its end says where all else in it is, so one that is not complete cannot be read, nor can rows
    be added to one that is. Until then the rows are in an Arrow IPC stream beside it
    (`out.parquet.rows`), which can grow and be read, and has the same types. The file is then made
    of it in row groups that depend on the rows only: it is the same, byte for byte, however often
    the run was interrupted.
    """

    def __init__(
        self,
        places: Places,
        identity: OutputIdentity,
        columns: Sequence[Column],
        record: JournalRecord,
    ) -> None:
        self._places = places
        encoder = ArrowEncoder(columns)
        self._schema = encoder.schema
        self._finished = False
        self._rows = JournaledFile(places, identity, encoder, record)

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        self._rows.write(targets)

    def commit(self, progress: OutputProgress) -> None:
        """Keep what was written, beside the place of the output."""
        self._rows.commit(progress)

    def finish(self, *, complete: bool) -> None:
        """Make the output and put it in its place, if it is complete; let go of the files."""
        try:
            if complete and not self._finished:
                assemble(self._places, self._schema)
                self._rows.note_complete()
                self._places.clear_rows()
                self._finished = True
        finally:
            self._rows.finish(complete=False)


def assemble(places: Places, schema: pa.Schema) -> None:
    """Write the rows that were gathered as the output. Raises SinkError."""
    new = new_version(places.output)
    with as_output_error(places.output):
        try:
            _write(places.rows, new, schema)
        except BaseException:
            # Where the disk is full, what was gathered needs the room.
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
    put_in_place(new, places.output)


def _write(rows: Path, new: Path, schema: pa.Schema) -> None:
    with (
        pa.memory_map(str(rows)) as gathered,
        pq.ParquetWriter(new, schema, compression="zstd") as writer,
    ):
        for group in row_groups(pa.ipc.open_stream(gathered)):
            writer.write_table(group, row_group_size=len(group))


def row_groups(
    batches: Iterable[pa.RecordBatch],
    most_rows: int = MOST_ROWS,
    most_bytes: int = MOST_BYTES,
) -> Iterator[pa.Table]:
    """Cut rows, however many come at a time, into groups of limited rows and bytes of text.

    The same rows always give the same groups. A row that is larger has a group of its own.
    """
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        total = _total(batch)
        if rows + len(batch) <= most_rows and size + total <= most_bytes:
            # Most of them fit whole, and to weigh each row takes longer than to write it.
            group.append(batch)
            rows, size = rows + len(batch), size + total
            continue
        start = 0
        for position, weight in enumerate(_weights(batch)):
            if rows and (rows == most_rows or size + weight > most_bytes):
                yield _table([*group, batch.slice(start, position - start)])
                group, rows, size, start = [], 0, 0, position
            rows += 1
            size += weight
        group.append(batch.slice(start))
    if rows:
        yield _table(group)


def _table(batches: list[pa.RecordBatch]) -> pa.Table:
    # In one piece, because the pages of a column depend on the pieces that it is written in.
    return pa.Table.from_batches(batches).combine_chunks()


def _total(batch: pa.RecordBatch) -> int:
    """How many bytes of text a batch has: the sum of `_weights`."""
    sums = [pc.sum(pc.binary_length(texts)).as_py() for _, texts in _texts(batch)]
    return sum(each or 0 for each in sums)


def _weights(batch: pa.RecordBatch) -> list[int]:
    """How many bytes of text each row has."""
    total = pa.repeat(pa.scalar(0, pa.int64()), len(batch))
    for column, texts in _texts(batch):
        if pa.types.is_list(column.type):
            lists = pa.ListArray.from_arrays(column.offsets, pc.fill_null(texts, ""))
            texts = pc.binary_join(lists, "")
        lengths = pc.fill_null(pc.binary_length(texts), 0)
        total = pc.add(total, pc.cast(lengths, pa.int64()))
    weights: list[int] = total.to_pylist()
    return weights


def _texts(batch: pa.RecordBatch) -> Iterator[tuple[pa.Array, pa.Array]]:
    """The columns that have texts, or lists of them, or JSON: each with all of its texts."""
    for column in batch.columns:
        texts = column.values if pa.types.is_list(column.type) else column
        if isinstance(texts, pa.ExtensionArray):
            texts = texts.storage
        if pa.types.is_string(texts.type):
            yield column, texts


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Return the columns' names and types."""
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

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return the rows as one record batch."""
        columns = zip(zip(*rows, strict=True), self._kinds, strict=True)
        arrays = [_array(values, kind) for values, kind in columns]
        return bytes(pa.RecordBatch.from_arrays(arrays, schema=self.schema).serialize())


def _type(kind: Kind) -> pa.DataType:
    return pa.list_(_TYPES[kind.type]) if kind.many else _TYPES[kind.type]


def _array(values: Sequence[Value], kind: Kind) -> pa.Array:
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


def _scalars(values: Sequence[Value], of: type) -> pa.Array:
    if of is object:
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


def _text(value: Value) -> str:
    return encodable(value) if isinstance(value, str) else json_text(value)


def _int(value: Value) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return int(value) if isinstance(value, int) and -(2**63) <= value < 2**63 else None


def _float(value: Value) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _bool(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


_FITTING: dict[type, Callable[[Value], Value]] = {
    str: _text,
    int: _int,
    float: _float,
    bool: _bool,
}
