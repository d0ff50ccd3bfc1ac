"""A column's kind is the type of a field, or a list of it."""

from dataclasses import replace

import pytest

from fetcher.extraction.fields import FieldType
from fetcher.sinks.columns import COLUMNS, Kind, kind_of
from fetcher.sinks.scrape_columns import column_type
from tests.sinks.making import column


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("type", list(FieldType))
def test_every_type_comes_back(type: FieldType, many: bool) -> None:
    """What a field is, its column is."""
    assert kind_of(column("a", type, many=many)) == Kind(column_type(type), many)


def test_the_columns_of_other_jobs() -> None:
    """They are text and numbers."""
    kinds = {str(kind_of(each)) for each in COLUMNS.values()}
    assert kinds == {"text", "int", "float"}


@pytest.mark.parametrize("kind", [dict, list])
def test_all_else_is_json(kind: type) -> None:
    """A column that says no more than that it is nested can hold anything that is."""
    assert kind_of(replace(column("a"), kind=kind)) == Kind(object)
