"""Rows in a table of an SQLite database, and their progress in the same transactions."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from fetcher.sinks.base import (
    START,
    CompletedSink,
    OpenSink,
    OutputProgress,
    ResumeError,
    Row,
    TargetRows,
    Value,
)
from fetcher.sinks.columns import Column
from fetcher.sinks.journal import JournalRecord, OutputIdentity
from fetcher.sinks.sqlite_schema import (
    SqliteProgress,
    TableSchema,
    has_table,
    is_key,
)
from fetcher.sinks.text_rows import flattener
from fetcher.storage.files import check_replaceable
from fetcher.storage.output_error import OutputError
from fetcher.storage.sqlite_file import (
    closed_on_error,
    columns_of,
    connect,
    journal_mode,
    set_journal_mode,
    sqlite_as_output_error,
    sync_commits,
    transaction,
    use_log,
    without_patience,
)
from fetcher.text import encodable

_PATIENCE = 60.0
"""Seconds that another program may keep the database locked for."""


def open_sqlite(
    path: Path, table: str, columns: Sequence[Column], identity: OutputIdentity, *, resume: bool
) -> OpenSink:
    """Open a table of a database, which is made where there is none.

    Rows that are in the table already stay, until their URL has new ones; other tables are left
    alone. While a run lasts the database is in WAL mode with synchronous=NORMAL
    (sqlite.org/wal.html): readers see the last commit and never wait, nor does the run wait for
    them; after a kill nothing is lost that was committed, and after a power failure perhaps the
    last commits are, but the file is whole. In the end it gets the mode back that it had, so that
    a new one is a single file.

    Raises OutputError, and ResumeError if the table cannot be resumed; nothing is changed
    then.
    """
    name = str(path)
    schema = TableSchema.of(table, columns, name)
    check_replaceable(path)
    with sqlite_as_output_error(name):
        database = connect(path, "rwc", patience=_PATIENCE)
        with closed_on_error(database):
            progress = SqliteProgress(database, table, name)
            found = _found(database, schema, progress, identity, resume)
            if found is None or not found.complete:
                _begin(database, schema, progress, identity if found is None else None)
    if found is not None and found.complete:
        database.close()
        return OpenSink(CompletedSink(name), found.progress, complete=True)
    at = START if found is None else found.progress
    return OpenSink(SqliteSink(database, schema, columns, progress, at), at, resumable=True)


def _found(
    database: sqlite3.Connection,
    schema: TableSchema,
    progress: SqliteProgress,
    identity: OutputIdentity,
    resume: bool,
) -> JournalRecord | None:
    """Find where to go on; None when the table is to be begun."""
    there = has_table(database, schema.table)
    found = progress.find(identity) if resume else None
    if there:
        _refuse_other_layout(database, schema, progress.name)
    if resume and there and found is None:
        raise ResumeError(
            progress.name,
            f"nothing in it says how much of its table {schema.table!r} is done; "
            "run without --resume to start over",
        )
    return found


def _begin(
    database: sqlite3.Connection,
    schema: TableSchema,
    progress: SqliteProgress,
    identity: OutputIdentity | None,
) -> None:
    """Make the database ready; identity: of what is started, None for what is resumed."""
    mode = journal_mode(database)
    use_log(database)
    sync_commits(database, always=False)
    if identity is not None:
        with transaction(database):
            database.execute(schema.create)
            progress.begin(identity, mode)


def _refuse_other_layout(database: sqlite3.Connection, schema: TableSchema, name: str) -> None:
    """Raise OutputError when the table is not one that this run would make."""
    there = columns_of(database, schema.table)
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
    raise OutputError(
        name, f"it has a table {schema.table!r} already, {what}; remove it, or name another file"
    )


class SqliteSink:
    """A table of pages: the rows of a URL take the place of those that it had.

    Rows are held until the commit, so that the database is locked no longer than that takes. What
    one commit does, it does whole: rows and progress are in one transaction. Of a URL that comes
    twice, the rows of the last time stay. An integer beyond 64 bits becomes text, which in a column
    of numbers SQLite turns into a float.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        schema: TableSchema,
        columns: Sequence[Column],
        progress: SqliteProgress,
        at: OutputProgress,
    ) -> None:
        self._database = database
        self._schema = schema
        self._progress = progress
        self._at = at
        self._flatten = flattener(columns)
        self._others = [i for i, column in enumerate(columns) if not is_key(column)]
        self._finished = False
        self._gathered: dict[str, tuple[Row, ...]] = {}

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        for target in targets:
            # Behind the others, where the last time stands without the first one, too.
            identity = encodable(target.identity)
            self._gathered.pop(identity, None)
            self._gathered[identity] = target.rows

    def commit(self, progress: OutputProgress) -> None:
        """Put the rows in the place of earlier ones, and note how far they go."""
        if progress == self._at and not self._gathered:
            return
        with sqlite_as_output_error(self._progress.name), transaction(self._database):
            try:
                self._put(tuple)
            except (UnicodeEncodeError, OverflowError):
                self._put(_tamed)
            if progress != self._at:
                self._progress.advance(self._at, progress)
        self._gathered.clear()
        self._at = progress

    def finish(self, *, complete: bool) -> None:
        """Close the database, if it is complete in the mode that it had."""
        try:
            if complete and not self._finished:
                self._complete()
                self._finished = True
        finally:
            with suppress(sqlite3.Error):
                self._database.close()

    def _complete(self) -> None:
        with sqlite_as_output_error(self._progress.name):
            self._progress.complete()
            mode = self._progress.journal_mode()
        # A reader may keep it in WAL mode, which does no harm, and is not waited for.
        with suppress(sqlite3.Error), without_patience(self._database):
            set_journal_mode(self._database, mode)

    def _put(self, tame: Callable[[Row], Row]) -> None:
        self._database.executemany(self._schema.delete, [(url,) for url in self._gathered])
        self._database.executemany(self._schema.insert, map(tame, self._rows()))

    def _rows(self) -> Iterator[Row]:
        others = self._others
        for url, rows in self._gathered.items():
            for number, cells in enumerate(rows):
                row = self._flatten(cells)
                yield (url, number, *[row[i] for i in others])


def _tamed(row: Row) -> Row:
    return tuple(map(_storable, row))


def _storable(value: Value) -> Value:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value
