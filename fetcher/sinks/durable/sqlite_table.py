"""Rows in a table of an SQLite database, and their progress in the same transactions."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from fetcher.sinks.base import Row, Value
from fetcher.sinks.clean import clean, without_surrogates
from fetcher.sinks.column import Column
from fetcher.sinks.durable.base import Cells, TargetRows
from fetcher.sinks.durable.flat import flattener
from fetcher.sinks.durable.kinds import kinds_of
from fetcher.sinks.durable.progress import Progress
from fetcher.sinks.durable.sqlite_errors import sqlite_told
from fetcher.sinks.durable.sqlite_progress import SqliteProgress
from fetcher.sinks.durable.sqlite_schema import TableSchema, is_key


class SqliteTable:
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
        at: Progress,
    ) -> None:
        self._database = database
        self._schema = schema
        self._progress = progress
        self._at = at
        self._flatten = flattener(kinds_of(columns))
        self._others = [i for i, column in enumerate(columns) if not is_key(column)]
        self._gathered: dict[str, tuple[Cells, ...]] = {}

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Take the rows of whole targets."""
        for target in targets:
            url = clean(target.url)
            # Behind the others, where the last time stands without the first one, too.
            self._gathered.pop(url, None)
            self._gathered[url] = target.rows

    def commit(self, progress: Progress) -> None:
        """Put the rows in the place of earlier ones, and note how far they go."""
        if progress == self._at:
            return
        with sqlite_told(self._progress.name), transaction(self._database):
            try:
                self._put(tuple)
            except (UnicodeEncodeError, OverflowError):
                self._put(_tamed)
            self._progress.advance(self._at, progress)
        self._gathered.clear()
        self._at = progress

    def complete(self) -> None:
        """Note that it is complete, and leave the database in the mode that it had."""
        with sqlite_told(self._progress.name):
            self._progress.complete()
            mode = self._progress.journal_mode()
        # A reader may keep it in WAL mode, which does no harm, and is not waited for.
        with suppress(sqlite3.Error):
            self._database.execute("PRAGMA busy_timeout = 0")
            self._database.execute(f"PRAGMA journal_mode = {mode}")

    def close(self) -> None:
        """Close the database; rows since the last commit are not kept."""
        with suppress(sqlite3.Error):
            self._database.close()

    def _put(self, tame: Callable[[Row], Row]) -> None:
        self._database.executemany(self._schema.delete, [(url,) for url in self._gathered])
        self._database.executemany(self._schema.insert, map(tame, self._rows()))

    def _rows(self) -> Iterator[Row]:
        others = self._others
        for url, rows in self._gathered.items():
            for number, cells in enumerate(rows):
                row = self._flatten(cells)
                yield (url, number, *[row[i] for i in others])


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Do what is inside whole or not at all; others may read meanwhile, and not write."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        # On a full disk SQLite may have rolled back by itself.
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _tamed(row: Row) -> Row:
    return tuple(map(_storable, row))


def _storable(value: Value) -> Value:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value
