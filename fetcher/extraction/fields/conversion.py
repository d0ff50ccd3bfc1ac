"""The text of a field as a value of its type, and the defaults that fit a type."""

import math
from collections.abc import Callable

from fetcher.extraction.fields.jsontext import read_json
from fetcher.extraction.fields.numbers import read_float, read_int
from fetcher.extraction.fields.values import FieldType, FieldValue

_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "f", "false", "n", "no", "off"})


def read_bool(text: str) -> bool | None:
    """Read `true`, `yes`, `on`, `y`, `t`, `1` and their opposites in any case, else None."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def _json(text: str) -> FieldValue:
    try:
        return read_json(text)
    except ValueError:
        return None


_READERS: dict[FieldType, Callable[[str], FieldValue]] = {
    FieldType.TEXT: str,
    FieldType.INT: read_int,
    FieldType.FLOAT: read_float,
    FieldType.BOOL: read_bool,
    FieldType.JSON: _json,
}


def convert(text: str, type: FieldType) -> FieldValue:
    """Read a text as a type; None when it cannot be read as that."""
    return _READERS[type](text)


_HELD: dict[FieldType, tuple[type, ...]] = {
    FieldType.TEXT: (str,),
    FieldType.INT: (int,),
    FieldType.FLOAT: (float, int),
    FieldType.BOOL: (bool,),
    FieldType.JSON: (str, int, float, bool, list, dict),
}


def fits(value: object, type: FieldType, *, many: bool) -> bool:
    """Whether a default is one of its field's values: None always is, and a list where `many`."""
    if value is None:
        return True
    if many:
        return isinstance(value, list) and all(fits(item, type, many=False) for item in value)
    if isinstance(value, bool) and type in (FieldType.INT, FieldType.FLOAT):
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _HELD[type])
