"""Row groups of a Parquet file, cut by what is in the rows and by nothing else."""

from collections.abc import Iterable, Iterator

import pyarrow as pa  # type: ignore[import-untyped]  # it comes without types
import pyarrow.compute as pc  # type: ignore[import-untyped]

MOST_ROWS = 65_536
MOST_BYTES = 64 * 1024 * 1024
"""Of text in a group: what is held in memory while it is written."""


def row_groups(
    batches: Iterable[pa.RecordBatch],
    most_rows: int = MOST_ROWS,
    most_bytes: int = MOST_BYTES,
) -> Iterator[pa.Table]:
    """Cut rows, however many came at a time, into groups of up to so many rows and bytes of text.

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
