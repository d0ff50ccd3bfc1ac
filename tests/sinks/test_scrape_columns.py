"""A scrape's columns: its fields, what functions return, and what is known of each answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields import FieldType, parse_select
from fetcher.failures import Failure, FailureKind
from fetcher.model import Result
from fetcher.parse_stage import FieldRow
from fetcher.sinks.base import Value
from fetcher.sinks.columns import Column, ColumnError
from fetcher.sinks.formats import CSV
from fetcher.sinks.job_columns import columns_for, scrape_job
from fetcher.sinks.scrape_columns import (
    Declared,
    cells_maker,
    column_type,
    parse_declared,
    scrape_columns,
    usual_columns,
)
from fetcher.sinks.table import shown

FIELDS = [parse_select(text) for text in ("title", "price:float=.price::text", "links=a@href*")]
Row = tuple[tuple[Value, ...], ...]


def chosen(
    columns: dict[str, Column], names: Sequence[str], header: Sequence[str] = ()
) -> tuple[Column, ...]:
    """The columns of a CSV file, with what is carried."""
    job = scrape_job(columns, usual_columns(columns))
    return columns_for(job, CSV, names, header, carry=bool(header))


def cells(
    names: Sequence[str], result: Result, *rows: FieldRow, declared: Sequence[Declared] = ()
) -> Row:
    """Make the rows of these columns."""
    columns = scrape_columns(FIELDS, declared, open_ended=True)
    return cells_maker(chosen(columns, names), columns)(result, rows)


def test_fields_stand_between_what_is_known_of_the_answer() -> None:
    """In the order they were given, and with their types, before what a function adds."""
    columns = scrape_columns(FIELDS, [Declared("tag"), Declared("n", FieldType.INT)])
    assert usual_columns(columns) == (
        *("url", "status", "title", "price", "links", "tag", "n", "error"),
    )
    assert columns["price"].kind is float
    assert columns["links"].kind == column_type(FieldType.TEXT, many=True)
    assert columns["n"].kind is int
    assert all(columns[name].from_web for name in ("title", "price", "links", "tag"))


def test_extra_is_there_for_functions_only() -> None:
    """Fields have all their values in columns of their own."""
    assert "extra" not in scrape_columns(FIELDS)
    assert usual_columns(scrape_columns(FIELDS, open_ended=True))[-2:] == ("extra", "error")


def test_extra_is_no_name_for_anything_else() -> None:
    """A field or a column of that name would be lost."""
    with pytest.raises(ValueError, match="'extra' is the column for what a function returns"):
        scrape_columns([parse_select("extra=title")], open_ended=True)
    with pytest.raises(ValueError, match="choose another name"):
        scrape_columns([], [Declared("extra")], open_ended=True)
    assert "extra" in scrape_columns([parse_select("extra=title")])


def test_a_field_takes_the_place_of_a_column() -> None:
    """Its name is the user's to choose."""
    columns = scrape_columns([parse_select("status=.status::text")])
    assert usual_columns(columns) == ("url", "status", "error")
    assert columns["status"].kind is str


def test_only_what_a_scrape_knows_is_offered() -> None:
    """No title and no encoding: nobody would have looked for them."""
    assert not {"title", "encoding", "encoding_source"} & scrape_columns([]).keys()
    with pytest.raises(ColumnError, match="unknown column 'title'"):
        chosen(scrape_columns([]), ("title",))


def test_carried_columns_stand_last() -> None:
    """With a prefix where they are called like one of ours."""
    columns = scrape_columns(FIELDS)
    found = chosen(columns, (), ("id", "title"))
    assert [column.name for column in found][-3:] == ["error", "id", "input.title"]


def test_rows_have_their_values(answered: Callable[..., Result]) -> None:
    """By name; what is not there is empty, and what has no column, chosen or not, is in `extra`."""
    result = answered(url="http://a.example/")
    rows: tuple[FieldRow, ...] = ({"title": "A", "price": 1.5}, {"n": 3, "more": [1], "b": None})
    names = ("url", "title", "n", "extra")
    assert cells(names, result, *rows, declared=[Declared("n", FieldType.INT)]) == (
        ("http://a.example/", "A", None, None),
        ("http://a.example/", None, 3, {"more": [1], "b": None}),
    )


def test_no_rows_are_no_rows_unless_it_failed(
    answered: Callable[..., Result], failed: Callable[..., Result]
) -> None:
    """A function may leave a page out; a failure is always told."""
    assert cells(("url", "title"), answered()) == ()
    assert cells(("url", "title"), failed(url="http://a.example/")) == (
        ("http://a.example/", None),
    )


def test_a_page_that_was_not_parsed_was_still_answered(
    answered: Callable[..., Result], failed: Callable[..., Result]
) -> None:
    """Status and final URL are the answer's; those of one that was cut are not given."""
    names = ("status", "final_url", "failure")
    result = answered(url="http://a.example/")
    for kind in (FailureKind.EXTRACT_FAILED, FailureKind.PARSE_TIMEOUT, FailureKind.PARSER_CRASHED):
        unparsed = replace(result, outcome=replace(result.outcome, failure=Failure.of(kind)))
        assert cells(names, unparsed) == ((200, "http://a.example/", kind.value),)
    assert cells(names, failed()) == ((None, None, "body_truncated"),)


def values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    """All that a field can be."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
    return st.recursive(
        scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8
    )


@given(values(st.text()), values(st.text()))
def test_values_are_kept(answered: Callable[..., Result], value: Value, more: Value) -> None:
    """Every character, however deep, in fields and in `extra`; numbers keep their types."""
    row = cells(("title", "extra"), answered(), {"title": value, "more": more})[0]
    assert row == (value, {"more": more})
    assert type(row[0]) is type(value)


@given(values(st.text()))
def test_no_value_can_act_on_a_terminal(value: Value) -> None:
    """What is shown of it has no control characters, however deep they are."""
    text, _ = shown("title", value)
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in text)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("name", Declared("name")),
        (" n : int ", Declared("n", FieldType.INT)),
        ("data:json", Declared("data", FieldType.JSON)),
    ],
)
def test_a_declared_column(text: str, column: Declared) -> None:
    """A name, or a name and a type."""
    assert parse_declared(text) == column


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (":int", "':int' is not a column; write NAME or NAME:TYPE"),
        ("n:number", "'n:number': 'number' is not a type; there are text, int, float, bool, json"),
        ("n:", "'n:': '' is not a type"),
    ],
)
def test_a_mistake_in_a_declared_column(text: str, message: str) -> None:
    """It says what was expected."""
    with pytest.raises(ValueError, match=message):
        parse_declared(text)
