"""`Field` and `FieldSet`, and how users write them: `price:float=.price::text ?? 0`, or TOML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from fetcher.extraction.fields.conversion import FieldType, FieldValue, convert, fits
from fetcher.extraction.fields.page_view import PageView
from fetcher.extraction.fields.parsed_page import ParsedPage
from fetcher.extraction.fields.ready_made import READY_MADE, ReadyMade, is_ready_made
from fetcher.extraction.fields.selection import EXPECTED, Selection, parse_selection
from fetcher.model import RawPage

_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Field:
    """One named value of a page. Picklable.

    Attributes:
        name: letters, digits, `_`, `-` and `.`.
        take: what is taken from the page.
        type: what the text, or each text of a list, is read as.
        default: the value if the page lacks the field, or it cannot be read; None for none.

    Raises:
        ValueError: the name, type or default is invalid; the message names the field.
    """

    name: str
    take: ReadyMade | Selection
    type: FieldType = FieldType.TEXT
    default: FieldValue = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"{self.name!r} is not a field name; use letters, digits, '_', '-' and '.'"
            )
        if isinstance(self.take, ReadyMade) and self.take.type not in (FieldType.TEXT, self.type):
            held = f"{self.take.name} is of type {self.take.type}"
            raise ValueError(f"field {self.name!r}: {held}, not {self.type}")
        if not fits(self.default, self.type, many=self.many):
            expected = f"a list of {self.type}" if self.many else f"of type {self.type}"
            raise ValueError(f"field {self.name!r}: its default {self.default!r} is not {expected}")

    @property
    def many(self) -> bool:
        """True if its value is a list."""
        return self.take.many

    def extract(self, page: ParsedPage) -> FieldValue:
        """Return the field's value in a page. Never raises, whatever the page holds.

        A value that was not found, or cannot be read, is the default or else None. A list holds
        what was found, with None for each value that cannot be read; if it is empty, it is the
        default or else stays empty.
        """
        found = self._found(page)
        value: FieldValue
        if isinstance(found, str):
            value = self._read(found)
        elif self.many and isinstance(found, list) and self.type is not FieldType.TEXT:
            value = [self._read(item) if isinstance(item, str) else item for item in found]
        else:
            value = found
        missing = value is None or value == [] or value == {}
        return self.default if missing and self.default is not None else value

    def _read(self, text: str) -> FieldValue:
        if self.type is FieldType.BOOL and isinstance(self.take, Selection):
            # `disabled` and `disabled=disabled`: HTML standard, "boolean attributes".
            attribute = self.take.attribute.lower()
            if attribute and text.lower() in ("", attribute):
                return True
        return convert(text, self.type)

    def _found(self, page: ParsedPage) -> FieldValue:
        if isinstance(self.take, ReadyMade):
            return self.take.find(page)
        return [*self.take.all(page)] if self.take.many else self.take.first(page)


@dataclass(frozen=True, slots=True)
class FieldSet:
    """The fields of a job, in the order of their columns. Picklable.

    Raises:
        ValueError: two fields have the same name.
    """

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        names = self.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"more than one field is named {', '.join(map(repr, twice))}")

    @property
    def names(self) -> tuple[str, ...]:
        """The fields' names, in order."""
        return tuple(field.name for field in self.fields)

    def extract(self, page: RawPage) -> dict[str, FieldValue]:
        """Return the value of each field by name, in order.

        Pure: never raises, whatever the body holds; the body is parsed once. One that is not
        markup has only its `hash`; everything else is missing.
        """
        return self.extract_from(PageView(page))

    def extract_from(self, view: PageView) -> dict[str, FieldValue]:
        """Do the same with a page that may already be parsed."""
        return {field.name: field.extract(view.parsed) for field in self.fields}


_TYPES = ", ".join(FieldType)
# CSS does not use it, and in several languages it precedes the value for a missing one.
_DEFAULT = re.compile(r"\s+\?\?(?:\s+(.*))?\Z", re.DOTALL)
_KEYS = ("select", "type", "default")


def parse_select(text: str) -> Field:
    """Parse `NAME[:TYPE]=WHAT[ ?? DEFAULT]`, or the bare name of a ready-made field.

    WHAT is a ready-made field (`title`, `og.image`) or a CSS selector with the part of the first
    element to take: `.price::text`, `main::html`, `a@href`; with `*` at the end, of all elements.
    TYPE is a FieldType. DEFAULT is the value if the page has none. Raises ValueError that names
    the field and what was expected.
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


def fields_of_table(table: Mapping[str, object]) -> FieldSet:
    """Return the fields of a TOML table: for each name what it takes, as a string or a table.

    The string in `price = ".price::text"` is what follows the `=` in `parse_select`; the table in
    `price = {select = ".price::text", type = "float", default = 0.0}` has type and default apart.
    Raises ValueError that names the field and what was expected.
    """
    return FieldSet(tuple(_field_of(name, value) for name, value in table.items()))


def _field_of(name: str, value: object) -> Field:
    if isinstance(value, str):
        return _field(name, value, None)
    if not isinstance(value, Mapping) or not isinstance(value.get("select"), str):
        raise ValueError(
            f'field {name!r}: expected a string, such as ".price::text", or a table with one as '
            "its select"
        )
    for key in value:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(_KEYS)}"
            raise ValueError(f"field {name!r}: unknown key {key!r}; {hint}")
    type = value.get("type")
    if type is not None and not isinstance(type, str):
        raise ValueError(f"field {name!r}: its type must be one of {_TYPES}, as a string")
    default = value.get("default")
    field = _field(name, value["select"], type)
    if default is not None and field.default is not None:
        raise ValueError(f"field {name!r}: it has two defaults, one of them after ??")
    if default is None:
        return field
    # In TOML a float may be written as a whole number; the field checks if it fits.
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
    # Ready-made fields have a type of their own.
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
    raise ValueError(
        f"{what!r} is neither a ready-made field nor a selector with a part to take{hint}"
    )


def _type(name: str) -> FieldType:
    try:
        return FieldType(name)
    except ValueError:
        raise ValueError(f"{name!r} is not a type; expected one of {_TYPES}") from None


def _default(name: str, text: str, type: FieldType) -> FieldValue:
    value = convert(text, type)
    if value is None:
        raise ValueError(f"field {name!r}: its default {text!r} is not of type {type}")
    return value
