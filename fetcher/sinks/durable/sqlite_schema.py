"""The table that rows go to, and the statements that put them there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fetcher.extraction.fields.values import FieldType
from fetcher.sinks import values
from fetcher.sinks.base import SinkError
from fetcher.sinks.column import Column
from fetcher.sinks.durable.kinds import Kind, kind_of

URL, NUMBER = "url", "row_number"
"""The columns that a row is known by: its target's URL, and which of its rows it is, from 0."""

_TYPES = {
    FieldType.TEXT: "TEXT",
    FieldType.INT: "INTEGER",
    FieldType.FLOAT: "REAL",
    FieldType.BOOL: "BOOLEAN",
    FieldType.JSON: "TEXT",
}


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table of rows: its name, and the names and types of its columns behind the key."""

    table: str
    columns: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, table: str, columns: Sequence[Column], name: str) -> "TableSchema":
        """Find the schema for columns. Raises SinkError when SQLite takes two of them for one."""
        others = [(c.name, _type(kind_of(c))) for c in columns if not is_key(c)]
        counted = Counter(column.lower() for column in (URL, NUMBER, *dict(others)))
        twice = [column for column, count in counted.items() if count > 1]
        if twice:
            raise SinkError(
                name,
                f"its table would have two columns {twice[0]!r}, for SQLite takes capitals for "
                f"small letters, and {URL} and {NUMBER} are there already; rename the field",
            )
        return cls(table, tuple(others))

    @property
    def layout(self) -> tuple[tuple[str, str, int], ...]:
        """Each column, its type, and its place in the key, as `PRAGMA table_info` says."""
        others = tuple((name, type, 0) for name, type in self.columns)
        return ((URL, "TEXT", 1), (NUMBER, "INTEGER", 2), *others)

    @property
    def create(self) -> str:
        """Make the table."""
        columns = ", ".join(f"{quoted(name)} {type}" for name, type in self.columns)
        return (
            f"CREATE TABLE IF NOT EXISTS {quoted(self.table)} ({URL} TEXT NOT NULL, "
            f"{NUMBER} INTEGER NOT NULL, {columns + ', ' if columns else ''}"
            f"PRIMARY KEY ({URL}, {NUMBER}))"
        )

    @property
    def delete(self) -> str:
        """Take out the rows of one URL."""
        return f"DELETE FROM {quoted(self.table)} WHERE {URL} = ?"

    @property
    def insert(self) -> str:
        """Put in a row: its key, and then the other columns."""
        places = ", ".join("?" * (2 + len(self.columns)))
        return f"INSERT INTO {quoted(self.table)} VALUES ({places})"


def is_key(column: Column) -> bool:
    """Whether a column has the target's own URL, and not one that was found in a page."""
    return column.name == URL and column.value is values.url


def quoted(name: str) -> str:
    """Write a name so that SQL takes it for nothing else."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _type(kind: Kind) -> str:
    return "TEXT" if kind.many else _TYPES[kind.type]
