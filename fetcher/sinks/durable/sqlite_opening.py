"""Open a database to put rows in."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from fetcher.sinks.base import SinkError
from fetcher.sinks.column import Column
from fetcher.sinks.durable.base import Completed, Durable, DurableError
from fetcher.sinks.durable.begun import Begun
from fetcher.sinks.durable.progress import START, Progress
from fetcher.sinks.durable.record import Record
from fetcher.sinks.durable.sqlite_errors import sqlite_told
from fetcher.sinks.durable.sqlite_progress import SqliteProgress, has_table
from fetcher.sinks.durable.sqlite_schema import TableSchema, quoted
from fetcher.sinks.durable.sqlite_table import SqliteTable, transaction
from fetcher.sinks.replacing import check_replaceable

_PATIENCE = 60.0
"""Seconds that another program may keep the database locked for."""


def open_sqlite(
    path: Path, table: str, columns: Sequence[Column], begun: Begun, *, resume: bool
) -> tuple[Durable, Progress]:
    """Open a table of a database, which is made where there is none.

    Rows that are in the table already stay, until their URL has new ones; other tables are left
    alone. While a run lasts the database is in WAL mode with synchronous=NORMAL
    (sqlite.org/wal.html): readers see the last commit and never wait, nor does the run wait for
    them; after a kill nothing is lost that was committed, and after a power failure perhaps the
    last commits are, but the file is whole. In the end it gets the mode back that it had, so that
    a new one is a single file.

    Raises SinkError, and DurableError when the table cannot be gone on with; nothing is changed
    then.
    """
    name = str(path)
    schema = TableSchema.of(table, columns, name)
    check_replaceable(path)
    with sqlite_told(name):
        # The job calls from one thread at a time, not from one only.
        database = sqlite3.connect(
            path.absolute(), timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            progress = SqliteProgress(database, table, name)
            found = _found(database, schema, progress, begun, resume)
            if found is None or not found.complete:
                _begin(database, schema, progress, begun if found is None else None)
        except BaseException:
            database.close()
            raise
    if found is not None and found.complete:
        database.close()
        return Completed(name), found.progress
    at = START if found is None else found.progress
    return SqliteTable(database, schema, columns, progress, at), at


def _found(
    database: sqlite3.Connection,
    schema: TableSchema,
    progress: SqliteProgress,
    begun: Begun,
    resume: bool,
) -> Record | None:
    """Find where to go on; None when the table is to be begun."""
    there = has_table(database, schema.table)
    found = progress.find(begun) if resume else None
    if there:
        _refuse_other_layout(database, schema, progress.name)
    if resume and there and found is None:
        raise DurableError(
            progress.name,
            f"nothing in it says how much of its table {schema.table!r} is done; "
            "run without --resume to begin anew",
        )
    return found


def _begin(
    database: sqlite3.Connection,
    schema: TableSchema,
    progress: SqliteProgress,
    begun: Begun | None,
) -> None:
    """Make the database ready; begun: what to begin, None where it goes on."""
    (mode,) = database.execute("PRAGMA journal_mode").fetchone()
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    if begun is not None:
        with transaction(database):
            database.execute(schema.create)
            progress.begin(begun, mode)


def _refuse_other_layout(database: sqlite3.Connection, schema: TableSchema, name: str) -> None:
    """Raise SinkError when the table is not one that this run would make."""
    rows = database.execute(f"PRAGMA table_info({quoted(schema.table)})")
    there = {column: (kind, key) for _, column, kind, _, _, key in rows}
    wanted = {column: (kind, key) for column, kind, key in schema.layout}
    if list(there.items()) == list(wanted.items()):
        return
    missing = [column for column in wanted if column not in there]
    more = [column for column in there if column not in wanted]
    parts = [
        f"without {', '.join(missing)}" if missing else "",
        f"with {', '.join(more)}" if more else "",
    ]
    what = " and ".join(filter(None, parts)) or "of other types, or in another order"
    raise SinkError(
        name, f"it has a table {schema.table!r} already, {what}; remove it, or name another file"
    )
