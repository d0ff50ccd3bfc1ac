"""The columns of a scrape: its fields, and what is known of each answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import GenericAlias
from typing import Any

from fetcher.extraction.fields import Field, FieldType, FieldValue
from fetcher.failures import Phase
from fetcher.model import Result
from fetcher.parse_stage import FieldRow
from fetcher.sinks.base import Value
from fetcher.sinks.columns import COLUMNS, Column

EXTRA = "extra"
"""The column for what a user's function returns besides the columns that it was said to have."""

_PYTHON: dict[FieldType, Any] = {
    FieldType.TEXT: str,
    FieldType.INT: int,
    FieldType.FLOAT: float,
    FieldType.BOOL: bool,
    FieldType.JSON: object,
}
_BEFORE, _AFTER = ("url", "status"), ("error",)
_NOT_READ = frozenset({"title", "encoding", "encoding_source"})
"""Columns of other jobs, which a scrape has only as fields."""
_OF_THE_ANSWER = frozenset({"status", "final_url"})
"""Columns that say of the answer what is so however its page was parsed."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A column that a user's function fills: its name and type."""

    name: str
    type: FieldType = FieldType.TEXT


def parse_declared(text: str) -> Declared:
    """Read `NAME` or `NAME:TYPE`; raises ValueError."""
    name, colon, type = (part.strip() for part in text.partition(":"))
    if not name:
        raise ValueError(f"{text!r} is not a column; write NAME or NAME:TYPE")
    try:
        return Declared(name, FieldType(type) if colon else FieldType.TEXT)
    except ValueError:
        known = ", ".join(FieldType)
        raise ValueError(f"{text!r}: {type!r} is not a type; there are {known}") from None


def scrape_columns(
    fields: Sequence[Field], declared: Sequence[Declared] = (), *, open_ended: bool = False
) -> dict[str, Column]:
    """List every column that a scrape can write, by name.

    open_ended: whether rows may have more than fields and declared columns; that is `extra` then. A
    field with the name of another column takes its place. Raises ValueError where the place of
    `extra` is taken.
    """
    own = [_column(field.name, field.type, many=field.many) for field in fields]
    own += [_column(column.name, column.type, many=False) for column in declared]
    if open_ended:
        if any(column.name == EXTRA for column in own):
            raise ValueError(
                f"{EXTRA!r} is the column for what a function returns beside its columns; "
                "choose another name"
            )
        own.append(_column(EXTRA, FieldType.JSON, many=False))
    taken = {column.name for column in own} | _NOT_READ
    common = {name: column for name, column in COLUMNS.items() if name not in taken}
    for name in _OF_THE_ANSWER & common.keys():
        common[name] = _of_the_answer(common[name])
    return {**{column.name: column for column in own}, **common}


def usual_columns(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return the names of the columns that are written by default."""
    own = [name for name in columns if name not in COLUMNS or columns[name].value is _nothing]
    rest = {*own}
    return (
        *(name for name in _BEFORE if name not in rest),
        *own,
        *(name for name in _AFTER if name not in rest),
    )


def cells_maker(
    columns: Sequence[Column], known: Mapping[str, Column]
) -> Callable[[Result, Sequence[FieldRow]], tuple[tuple[FieldValue, ...], ...]]:
    """Make the function that turns a result and its rows into rows of these columns.

    known: all columns of the scrape; what has one of them is not for `extra`, chosen or not. A
    result that failed has a row even if nothing was taken from it.
    """
    own = {name for name, column in known.items() if column.value is _nothing} - {EXTRA}

    def cells(result: Result, rows: Sequence[FieldRow]) -> tuple[tuple[FieldValue, ...], ...]:
        if not rows and result.outcome.failure is not None:
            rows = ({},)
        return tuple(
            [tuple([_cell(column, result, row, own) for column in columns]) for row in rows]
        )

    return cells


def _cell(column: Column, result: Result, row: FieldRow, own: set[str]) -> FieldValue:
    if column.value is not _nothing:
        return column.value(result)
    if column.name == EXTRA:
        rest = {name: value for name, value in row.items() if name not in own}
        return rest or None
    return row.get(column.name)


def _of_the_answer(column: Column) -> Column:
    """Let a column say what it says of a complete answer, also where its page was not parsed."""
    read = column.value

    def value(result: Result) -> Value:
        outcome = result.outcome
        if outcome.failure is not None and outcome.failure.phase is Phase.PARSE:
            result = replace(result, outcome=replace(outcome, failure=None))
        return read(result)

    return replace(column, value=value)


def _nothing(result: Result) -> None:
    """Stand in for the reader of a column whose value is not in the result itself."""
    return


def _column(name: str, type: FieldType, *, many: bool) -> Column:
    help = f"{'list of ' if many else ''}{type}, taken from the page"
    return Column(name, help, "", column_type(type, many=many), True, _nothing)


def column_type(type: FieldType, *, many: bool = False) -> Any:
    """Return what `Column.kind` is for a field: `str`, `list[int]`, and `object` for any JSON."""
    return GenericAlias(list, _PYTHON[type]) if many else _PYTHON[type]
