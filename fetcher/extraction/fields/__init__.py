"""What a page says beyond its title: named fields, ready-made or selected. Pure, parsed once."""

from fetcher.extraction.fields.conversion import FieldType, FieldValue
from fetcher.extraction.fields.page_view import PageView
from fetcher.extraction.fields.ready_made import READY_MADE, ReadyMade
from fetcher.extraction.fields.selection import Part, Selection
from fetcher.extraction.fields.spec import Field, Fields, fields_of_table, parse_select

__all__ = [
    "READY_MADE",
    "Field",
    "FieldType",
    "FieldValue",
    "Fields",
    "PageView",
    "Part",
    "ReadyMade",
    "Selection",
    "fields_of_table",
    "parse_select",
]
