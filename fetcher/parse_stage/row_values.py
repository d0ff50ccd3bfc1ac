"""The values that a user's function returned, converted to what every output can hold."""

import math
from collections.abc import Iterable, Iterator, KeysView, Mapping, Set, ValuesView
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from uuid import UUID

from fetcher.extraction.fields import FieldValue
from fetcher.text import well_formed

_PLAIN = frozenset({int, bool, type(None)})
_LISTS = (list, tuple, KeysView, ValuesView, Iterator)


class UnusableError(TypeError):
    """A returned value that no output can hold; the message says what it is, and where."""


def rows_of(returned: object) -> list[dict[str, FieldValue]]:
    """Turn what a function returned into rows: a dict, several dicts, or None for no row.

    Several may be a list, a tuple or an iterator, which is read to its end here, so that a
    generator's exceptions are raised. Raises UnusableError.
    """
    if returned is None:
        return []
    if isinstance(returned, Mapping):
        return [_dict(returned, "")]
    if not isinstance(returned, _LISTS):
        raise UnusableError(f"it returned {_kind(returned)}, not a dict, a list of dicts or None")
    rows = []
    for number, row in enumerate(returned, 1):
        if not isinstance(row, Mapping):
            raise UnusableError(f"item {number} of what it returned is {_kind(row)}, not a dict")
        rows.append(_dict(row, ""))
    return rows


def plain(value: object, place: str = "") -> FieldValue:
    """Turn a value into a JSON value (RFC 8259), as `JSON.stringify` of ECMA-262 would.

    Dates and times become ISO 8601 text; decimals, UUIDs and paths their text; Enum members their
    value; tuples and iterators lists, and sets lists in a fixed order; NaN and the infinities
    None; a lone surrogate U+FFFD.

    Args:
        value: the value.
        place: where it is, for the message.

    Raises:
        UnusableError: it is anything else: bytes, whose encoding is unknown, or an object of
            another class.
    """
    if type(value) in _PLAIN:
        return value  # type: ignore[return-value]  # it is one of those
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Enum):
        return plain(value.value, place)
    if isinstance(value, str):
        text = str.__str__(value)  # of a class of its own, perhaps
        return text if text.isascii() else well_formed(text)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return _dict(value, place)
    if isinstance(value, _LISTS):
        return [plain(item, f"{place}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, Set):
        # The order of a set of strings differs between processes.
        return _sorted(plain(item, f"{place}[...]") for item in value)
    raise UnusableError(f"the value of {place or 'it'} is {_kind(value)}, which no output can hold")


def _dict(mapping: Mapping[object, object], place: str) -> dict[str, FieldValue]:
    return {
        name: plain(value, f"{place}.{name}" if place else name)
        for name, value in ((_name(key, place), value) for key, value in mapping.items())
    }


def _name(key: object, place: str) -> str:
    """Return a key as text; numbers become text, as in JSON."""
    name = plain(key, place)
    if isinstance(name, bool) or not isinstance(name, str | int | float):
        raise UnusableError(f"a key of {place or 'what it returned'} is {_kind(key)}, not a string")
    return str(name)


def _sorted(values: Iterable[FieldValue]) -> list[FieldValue]:
    return sorted(values, key=lambda value: (type(value).__name__, repr(value)))


def _kind(value: object) -> str:
    """Describe a value without calling it: its own `__repr__` may do anything."""
    if isinstance(value, type):
        return f"the class {value.__qualname__}"
    name = type(value).__qualname__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
