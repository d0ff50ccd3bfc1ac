"""Open the durable output that a target and a format ask for."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from fetcher.sinks.columns import Column
from fetcher.sinks.durable.durable import START, Completed, Durable, DurableError, OutputProgress
from fetcher.sinks.durable.journal import JournalRecord, OutputIdentity
from fetcher.sinks.durable.journaled_file import Journaled, find_record
from fetcher.sinks.durable.row_encoder import Encoder, GzipEncoder, Stream, TextEncoder
from fetcher.sinks.open_sink import (
    STDOUT,
    FormatError,
    SinkOptions,
    is_special,
    open_output,
    refuse_inputs,
    status_of,
)
from fetcher.storage.files import Places, check_replaceable

TEXTS = ("csv", "tsv", "jsonl")
"""The formats that are lines of text; a file's name may end in `.gz` behind their suffix."""

DURABLE_FORMATS = (*TEXTS, "sqlite", "parquet")
"""The formats that can be asked for by name."""

DURABLE_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".parquet": "parquet",
}
"""The formats that a file's name says."""

TABLE = "pages"
"""The table of a database that rows go to, unless another one is named."""


def open_durable(
    target: str,
    *,
    columns: Sequence[Column],
    format: str | None = None,
    options: SinkOptions | None = None,
    table: str = TABLE,
    resume: bool = False,
    signature: bytes = b"",
    stdout: BinaryIO | None = None,
) -> tuple[Durable, OutputProgress]:
    """Open a file or database, or standard output for `-`, and say how far it has come.

    columns: with the kinds that `kind_of` knows. table: of a database. signature: of all else that
    decides what is in the rows; it must be the same for the output to be gone on with. resume: go
    on with what is there, and begin where nothing is; else what is there is overwritten, except
    that a database keeps the rows of other URLs. What is complete already is given as `Completed`.

    Raises FormatError when the format is unknown, or its library is not installed; OutputError when
    the target cannot be written or is one of the inputs; DurableError, which is one, when it cannot
    be gone on with. What was there is unchanged then.
    """
    kind = durable_format(target, format)
    options = options or SinkOptions()
    if target == STDOUT or is_special(Path(target)):
        return _open_stream(target, kind, columns, options, resume, stdout), START
    path = Path(target)
    refuse_inputs(target, status_of(path), options.inputs)
    if kind == "sqlite":
        from fetcher.sinks.durable.sqlite_sink import open_sqlite

        begun = OutputIdentity.of(kind, columns, signature)
        return open_sqlite(path, table, columns, begun, resume=resume)
    if kind == "parquet":
        return _open_parquet(path, columns, signature, resume=resume)
    return _open_text(path, kind, columns, options, signature, resume=resume)


def durable_format(target: str, format: str | None = None) -> str:
    """Say which of DURABLE_FORMATS to write: the one given, or by the target's suffix.

    CSV for standard output and for a device or pipe, whose names say nothing. Raises FormatError.
    """
    special = target == STDOUT or is_special(Path(target))
    path = Path(target.lower())
    packed = path.suffix == ".gz" and not special
    if format is not None:
        name = format.lower().removeprefix(".")
        kind = name if name in DURABLE_FORMATS else DURABLE_SUFFIXES.get("." + name)
        if kind is None:
            known = ", ".join(DURABLE_FORMATS)
            raise FormatError(f"unknown format {format!r}; known are {known}")
    elif special:
        kind = "csv"
    else:
        kind = DURABLE_SUFFIXES.get((path.with_suffix("") if packed else path).suffix)
        if kind is None:
            raise FormatError(
                f"cannot tell the format of {target!r} by its suffix; known are "
                f"{', '.join(DURABLE_SUFFIXES)}; or name the format: {', '.join(DURABLE_FORMATS)}"
            )
    if kind not in TEXTS and (packed or special):
        where = "be packed with gzip" if packed else "go to standard output, a pipe or a device"
        raise FormatError(f"{kind} cannot {where}: {target!r}")
    return kind


def _open_stream(
    target: str,
    kind: str,
    columns: Sequence[Column],
    options: SinkOptions,
    resume: bool,
    stdout: BinaryIO | None,
) -> Durable:
    name = "standard output" if target == STDOUT else target
    if resume:
        raise DurableError(name, "what it got before is not there to go on with; write to a file")
    encoder = TextEncoder(kind, columns, options)
    return Stream(open_output(target, options.inputs, stdout), encoder)


def _open_text(
    path: Path,
    kind: str,
    columns: Sequence[Column],
    options: SinkOptions,
    signature: bytes,
    *,
    resume: bool,
) -> tuple[Durable, OutputProgress]:
    encoder: Encoder = TextEncoder(kind, columns, options)
    packed = path.suffix.lower() == ".gz"
    if packed:
        encoder = GzipEncoder(encoder)
    begun = OutputIdentity.of(_in_words(kind, options, packed), columns, signature)
    places = Places.growing(path)
    record = find_record(places, begun) if resume else JournalRecord()
    if record.complete:
        return Completed(places.name), record.progress
    return Journaled(places, begun, encoder, record), record.progress


def _open_parquet(
    path: Path, columns: Sequence[Column], signature: bytes, *, resume: bool
) -> tuple[Durable, OutputProgress]:
    try:
        from fetcher.sinks.durable import parquet
        from fetcher.sinks.durable.parquet import ArrowEncoder
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise FormatError(
            f"writing {path} needs pyarrow; install it with: pip install 'fetcher[parquet]'"
        ) from None
    begun = OutputIdentity.of("parquet", columns, signature)
    places = Places.gathering(path)
    record = find_record(places, begun) if resume else JournalRecord()
    if record.complete:
        parquet.clear(places)
        return Completed(places.name), record.progress
    check_replaceable(path)
    encoder = ArrowEncoder(columns)
    return parquet.ParquetFile(places, begun, encoder, record), record.progress


def _in_words(kind: str, options: SinkOptions, packed: bool) -> str:
    """A text format with all that decides about its bytes."""
    bom = options.bom and kind != "jsonl"
    raw = not options.neutralise and kind != "jsonl"
    parts = [
        kind,
        "packed with gzip" if packed else "",
        "with a byte order mark" if bom else "",
        "with formulas as they are" if raw else "",
    ]
    return ", ".join(filter(None, parts))
