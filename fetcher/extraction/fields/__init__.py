"""What a page says beyond its title: named fields, ready-made or selected. Pure, parsed once."""

from fetcher.extraction.fields.field import Field
from fetcher.extraction.fields.fieldset import Fields
from fetcher.extraction.fields.pageview import PageView
from fetcher.extraction.fields.ready import READY_MADE, ReadyMade
from fetcher.extraction.fields.selection import Part, Selection
from fetcher.extraction.fields.spec import fields_of_table, parse_select
from fetcher.extraction.fields.values import FieldType, FieldValue

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
