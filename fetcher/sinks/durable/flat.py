"""Rows for outputs whose cells hold text, numbers and flags only."""

from collections.abc import Callable, Sequence

from fetcher.extraction.fields.values import FieldValue
from fetcher.sinks.base import Row, Value
from fetcher.sinks.durable.base import Cells
from fetcher.sinks.durable.json_text import json_text
from fetcher.sinks.durable.kinds import Kind


def flattener(kinds: Sequence[Kind]) -> Callable[[Cells], Row]:
    """Make the function that turns a row's lists and objects into JSON text.

    In a column of lists or of JSON every value but None becomes JSON text, a text too, so that all
    of them can be read in one way. In other columns only what is no single value does.
    """
    ways = [_as_json if kind.nested else _as_it_is for kind in kinds]

    def flatten(cells: Cells) -> Row:
        return tuple([way(cell) for way, cell in zip(ways, cells, strict=True)])

    return flatten


def _as_json(cell: FieldValue) -> Value:
    return None if cell is None else json_text(cell)


def _as_it_is(cell: FieldValue) -> Value:
    return json_text(cell) if isinstance(cell, list | dict) else cell
