"""Rows as a Parquet file, which is written whole and at the end, out of what was gathered."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # it comes without types
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from fetcher.sinks.durable.arrow import ArrowEncoder
from fetcher.sinks.durable.base import TargetRows
from fetcher.sinks.durable.begun import Begun
from fetcher.sinks.durable.journaled import Journaled
from fetcher.sinks.durable.parquet_groups import row_groups
from fetcher.sinks.durable.places import Places, new_version, put_in_place, told
from fetcher.sinks.durable.progress import Progress
from fetcher.sinks.durable.record import Record


class ParquetFile:
    """A Parquet file that appears when it is complete.

    Its end says where all else in it is, so one that is not complete cannot be read, nor can rows
    be added to one that is. Until then the rows are in an Arrow IPC stream beside it
    (`out.parquet.rows`), which can grow and be read, and has the same types. The file is then made
    of it in row groups that depend on the rows only: it is the same, byte for byte, however often
    the run was interrupted.
    """

    def __init__(self, places: Places, begun: Begun, encoder: ArrowEncoder, record: Record) -> None:
        self._places = places
        self._schema = encoder.schema
        self._rows = Journaled(places, begun, encoder, record)

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        self._rows.write(targets)

    def commit(self, progress: Progress) -> None:
        """Keep what was written, beside the place of the output."""
        self._rows.commit(progress)

    def complete(self) -> None:
        """Make the output and put it in its place."""
        assemble(self._places, self._schema)
        self._rows.note_complete()
        clear(self._places)

    def close(self) -> None:
        """Let go of the files; rows since the last commit are not kept."""
        self._rows.close()


def assemble(places: Places, schema: pa.Schema) -> None:
    """Write the rows that were gathered as the output. Raises SinkError."""
    new = new_version(places.output)
    with told(places.output):
        try:
            _write(places.rows, new, schema)
        except BaseException:
            # Where the disk is full, what was gathered needs the room.
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
    put_in_place(places.output)


def clear(places: Places) -> None:
    """Remove what was gathered, once the output is complete."""
    with told(places.output):
        places.rows.unlink(missing_ok=True)


def _write(rows: Path, new: Path, schema: pa.Schema) -> None:
    with (
        pa.memory_map(str(rows)) as gathered,
        pq.ParquetWriter(new, schema, compression="zstd") as writer,
    ):
        for group in row_groups(pa.ipc.open_stream(gathered)):
            writer.write_table(group, row_group_size=len(group))
