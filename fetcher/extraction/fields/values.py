"""What a field can hold, and the types that can be asked for."""

from enum import StrEnum
from typing import TypeAlias

FieldValue: TypeAlias = "str | int | float | bool | list[FieldValue] | dict[str, FieldValue] | None"
"""The value of a field: what JSON can say. Numbers are finite, texts are valid Unicode."""


class FieldType(StrEnum):
    """As what the text of a field is read."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    JSON = "json"
