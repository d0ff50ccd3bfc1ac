"""Fields as users write them: `price:float=.price::text ?? 0`, or a table of TOML."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import cast

from fetcher.extraction.fields.conversion import convert
from fetcher.extraction.fields.field import Field
from fetcher.extraction.fields.fieldset import Fields
from fetcher.extraction.fields.ready import READY_MADE, ReadyMade, is_ready_made
from fetcher.extraction.fields.selection import EXPECTED, Selection, parse_selection
from fetcher.extraction.fields.values import FieldType, FieldValue

_TYPES = ", ".join(FieldType)
# CSS has no use for it, and in several languages it stands before a value for want of another.
_DEFAULT = re.compile(r"\s+\?\?(?:\s+(.*))?\Z", re.DOTALL)
_KEYS = ("select", "type", "default")


def parse_select(text: str) -> Field:
    """Parse `NAME[:TYPE]=WHAT[ ?? DEFAULT]`, or the bare name of a ready-made field.

    WHAT is a ready-made field (`title`, `og.image`) or a CSS selector with what to take of the
    first element: `.price::text`, `main::html`, `a@href`; of all with a `*` behind. TYPE: see
    FieldType. DEFAULT: the value where the page has none. Raises ValueError, which names the field
    and what was expected.
    """
    head, sign, what = text.partition("=")
    if not sign:
        if is_ready_made(head.strip()):
            take = ReadyMade(head.strip())
            return Field(take.name.rstrip("*").replace(":", "."), take, take.type)
        raise ValueError(
            f"{text!r} is not a field; expected NAME=SELECTOR, such as price=.price::text, "
            f"or one of {', '.join(READY_MADE)}, og.NAME"
        )
    name, colon, type = (part.strip() for part in head.partition(":"))
    return _field(name, what, type if colon else None)


def fields_of_table(table: Mapping[str, object]) -> Fields:
    """Make the fields of a TOML table: for each name what it takes, or a table that says more.

    `price = ".price::text"` takes what stands behind the `=` of `parse_select`;
    `price = {select = ".price::text", type = "float", default = 0.0}` has type and default apart.
    Raises ValueError, which names the field and what was expected.
    """
    return Fields(tuple(_field_of(name, value) for name, value in table.items()))


def _field_of(name: str, value: object) -> Field:
    if isinstance(value, str):
        return _field(name, value, None)
    if not isinstance(value, Mapping) or not isinstance(value.get("select"), str):
        raise ValueError(
            f'field {name!r}: expected a text, such as ".price::text", or a table with one as '
            "its select"
        )
    for key in value:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(_KEYS)}"
            raise ValueError(f"field {name!r}: there is no {key!r} in it; {hint}")
    type = value.get("type")
    if type is not None and not isinstance(type, str):
        raise ValueError(f"field {name!r}: its type is one of {_TYPES}, as a text")
    default = value.get("default")
    field = _field(name, value["select"], type)
    if default is not None and field.default is not None:
        raise ValueError(f"field {name!r}: it has two defaults, one behind ??")
    if default is None:
        return field
    # A whole number is one of TOML's ways to write a float; whether it fits, the field says.
    if field.type is FieldType.FLOAT and isinstance(default, int) and not field.many:
        default = default if isinstance(default, bool) else float(default)
    return Field(name, field.take, field.type, cast(FieldValue, default))


def _field(name: str, what: str, type: str | None) -> Field:
    default = _DEFAULT.search(what)
    try:
        take = _take((what[: default.start()] if default else what).strip())
        asked = _type(type) if type is not None else None
    except ValueError as error:
        raise ValueError(f"field {name!r}: {error}") from None
    # What is ready-made has its own type.
    known = asked or (take.type if isinstance(take, ReadyMade) else FieldType.TEXT)
    value = _default(name, (default[1] or "").strip(), known) if default else None
    return Field(name, take, known, value)


def _take(what: str) -> ReadyMade | Selection:
    if is_ready_made(what):
        return ReadyMade(what)
    selection = parse_selection(what)
    if selection is not None:
        return selection
    near = get_close_matches(what, READY_MADE, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; expected {EXPECTED}"
    raise ValueError(f"{what!r} is no ready-made field, and does not say what to take{hint}")


def _type(name: str) -> FieldType:
    try:
        return FieldType(name)
    except ValueError:
        raise ValueError(f"{name!r} is no type; expected one of {_TYPES}") from None


def _default(name: str, text: str, type: FieldType) -> FieldValue:
    value = convert(text, type)
    if value is None:
        raise ValueError(f"field {name!r}: its default {text!r} is not of type {type}")
    return value
