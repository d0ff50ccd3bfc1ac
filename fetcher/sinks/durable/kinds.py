"""What the values of a column are, for outputs that have types."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args, get_origin

from fetcher.extraction.fields.values import FieldType
from fetcher.sinks.column import Column


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column's values are: of one type each, or lists of it. None is always possible."""

    type: FieldType
    many: bool = False

    @property
    def nested(self) -> bool:
        """Whether a flat output has the values as JSON text."""
        return self.many or self.type is FieldType.JSON

    def __str__(self) -> str:
        return f"list of {self.type}" if self.many else str(self.type)


_PYTHON: dict[FieldType, type] = {
    FieldType.TEXT: str,
    FieldType.INT: int,
    FieldType.FLOAT: float,
    FieldType.BOOL: bool,
    FieldType.JSON: object,
}
_KINDS = {python: kind for kind, python in _PYTHON.items()}


def column_type(type: FieldType, *, many: bool = False) -> type:
    """Give what `Column.kind` is for a field: `str`, `list[int]`, and `object` for any JSON."""
    python = _PYTHON[type]
    return list[python] if many else python  # type: ignore[valid-type]


def kind_of(column: Column) -> Kind:
    """Read what `column_type` gave; what it never gives is any JSON."""
    if get_origin(column.kind) is list:
        (element,) = get_args(column.kind)
        return Kind(_KINDS.get(element, FieldType.JSON), many=True)
    return Kind(_KINDS.get(column.kind, FieldType.JSON))


def kinds_of(columns: Sequence[Column]) -> tuple[Kind, ...]:
    """Read the kinds of columns, in their order."""
    return tuple(kind_of(column) for column in columns)
