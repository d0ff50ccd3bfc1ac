"""JSON that a stranger wrote, read within bounds."""

import json
import math

from fetcher.extraction.fields.values import FieldValue

MAX_DEPTH = 64
"""Arrays and objects in each other; what people publish is nested a tenth as deeply."""

MAX_CHARACTERS = 1024 * 1024
"""Length of one JSON text: its values take some twenty times as much memory."""


def read_json(text: str) -> FieldValue:
    """Read a JSON text (RFC 8259) into values that any format can hold.

    Line breaks within strings, which many pages have, are taken as they are. A number too large
    for a float is None; half a surrogate pair is U+FFFD. Raises ValueError for what is not JSON
    (NaN and Infinity are not), longer than `MAX_CHARACTERS` or nested deeper than `MAX_DEPTH`.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"longer than {MAX_CHARACTERS} characters")
    try:
        value = json.loads(text, strict=False, parse_float=_finite, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return _checked(value, MAX_DEPTH)


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _refuse(name: str) -> FieldValue:
    raise ValueError(f"{name} is not JSON")


def _checked(value: FieldValue, depth: int) -> FieldValue:
    if isinstance(value, str):
        return value if value.isascii() else _unicode(value)
    if isinstance(value, dict | list):
        if not depth:
            raise ValueError("nested too deeply")
        depth -= 1
        if isinstance(value, list):
            return [_checked(item, depth) for item in value]
        return {_unicode(key): _checked(item, depth) for key, item in value.items()}
    return value


def _unicode(text: str) -> str:
    """Replace half surrogate pairs, which a `\\u` escape can leave and no file takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
