"""The fields of a page, ready-made or selected. Pure; each page is parsed once."""

from fetcher.extraction.fields.conversion import FieldType, FieldValue
from fetcher.extraction.fields.page_view import PageView
from fetcher.extraction.fields.ready_made import READY_MADE, ReadyMade
from fetcher.extraction.fields.selection import ElementPart, Selection
from fetcher.extraction.fields.spec import Field, FieldSet, fields_of_table, parse_select

__all__ = [
    "READY_MADE",
    "ElementPart",
    "Field",
    "FieldSet",
    "FieldType",
    "FieldValue",
    "PageView",
    "ReadyMade",
    "Selection",
    "fields_of_table",
    "parse_select",
]
