"""A field: its name, what it takes of a page, and as what."""

import re
from dataclasses import dataclass

from fetcher.extraction.fields.conversion import convert, fits
from fetcher.extraction.fields.parsedpage import ParsedPage
from fetcher.extraction.fields.ready import ReadyMade
from fetcher.extraction.fields.selection import Selection
from fetcher.extraction.fields.values import FieldType, FieldValue

_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Field:
    """One named value of a page.

    name: letters, digits, `_`, `-` and `.`. take: what it takes. type: as what the text is read,
    each of them where there are several. default: its value where the page does not have it, or
    has what cannot be read; None for no default. Picklable. ValueError, with the field's name, for
    a name, a type or a default that does not fit.
    """

    name: str
    take: ReadyMade | Selection
    type: FieldType = FieldType.TEXT
    default: FieldValue = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"{self.name!r} is no name of a field; expected letters, digits, '_', '-' and '.'"
            )
        if isinstance(self.take, ReadyMade) and self.take.type not in (FieldType.TEXT, self.type):
            held = f"{self.take.name} is of type {self.take.type}"
            raise ValueError(f"field {self.name!r}: {held}, not {self.type}")
        if not fits(self.default, self.type, many=self.many):
            expected = f"a list of {self.type}" if self.many else f"of type {self.type}"
            raise ValueError(f"field {self.name!r}: its default {self.default!r} is not {expected}")

    @property
    def many(self) -> bool:
        """Whether its value is a list."""
        return self.take.many

    def extract(self, page: ParsedPage) -> FieldValue:
        """Return the field's value in a page. Never raises on what a page holds.

        One that was not found, or is not of the type, is the default, or else None. A list holds
        what was found, None for each that is not of the type; an empty one is the default, or
        else stays empty.
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
