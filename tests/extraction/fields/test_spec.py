"""Fields as users write them."""

import tomllib

import pytest

from fetcher.extraction.fields import (
    ElementPart,
    Field,
    FieldSet,
    FieldType,
    ReadyMade,
    Selection,
    fields_of_table,
    parse_select,
)

ALL_LINKS = Selection("a", ElementPart.ATTRIBUTE, "href", True)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("price=.price::text", Field("price", Selection(".price"))),
        ("links=a@href*", Field("links", ALL_LINKS)),
        (" count : int = .n::text ?? 0 ", Field("count", Selection(".n"), FieldType.INT, 0)),
        (
            "stock:bool=p@x ?? no",
            Field("stock", Selection("p", ElementPart.ATTRIBUTE, "x"), FieldType.BOOL, False),
        ),
        ("p=.p::text ??", Field("p", Selection(".p"), default="")),
        ("q=a[href*='??']::text", Field("q", Selection("a[href*='??']"))),
        ("title", Field("title", ReadyMade("title"))),
        ("name=title", Field("name", ReadyMade("title"))),
        ("word_count", Field("word_count", ReadyMade("word_count"), FieldType.INT)),
        ("og.image", Field("og.image", ReadyMade("og.image"))),
        ("og.image*", Field("og.image", ReadyMade("og.image*"))),
        ("n:int=h1", Field("n", ReadyMade("h1"), FieldType.INT)),
        ("preis€=b::text", None),
        ("größe=b::text", Field("größe", Selection("b"))),
    ],
)
def test_a_field_is_parsed(text: str, field: Field | None) -> None:
    """Name, type, what to take and the default, the last three as far as they are said."""
    if field is None:
        with pytest.raises(ValueError, match="is not a field name"):
            parse_select(text)
    else:
        assert parse_select(text) == field


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "'nonsense' is not a field; expected NAME=SELECTOR, such as"),
        ("=p::text", "'' is not a field name"),
        (
            "x=",
            "field 'x': '' is neither a ready-made field nor a selector with a part to take",
        ),
        (
            "x=.price",
            "field 'x': '.price' is neither a ready-made field nor a selector with a part to take",
        ),
        ("x=descripton", "did you mean 'description'?"),
        ("x=p >::text", "field 'x': 'p >' is not a CSS selector"),
        ("x=p::nothing", "field 'x': '::nothing' is not supported"),
        ("x:number=p::text", "field 'x': 'number' is not a type; expected one of text, int, float"),
        ("x:=p::text", "field 'x': '' is not a type"),
        ("x:int=p::text ?? y", "field 'x': its default 'y' is not of type int"),
        ("x:bool=p::text ??", "field 'x': its default '' is not of type bool"),
        ("x=p::text* ?? y", "field 'x': its default 'y' is not a list of text"),
        ("x:int=og", "field 'x': og is of type json, not int"),
    ],
)
def test_what_is_no_field_is_refused(text: str, message: str) -> None:
    """The message names the field, what is wrong with it, and what was expected."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 (the message is looked at below)
        parse_select(text)
    assert message in str(raised.value)


def test_a_table_names_fields() -> None:
    """In short or at length, in the order in which it says them."""
    table = tomllib.loads("""
        price = ".price::text"
        title = "title"
        "og.title" = "og.title"
        rating = { select = ".r::text", type = "float", default = 0 }
        tags = { select = "a@href*", default = ["none"] }
        n = { select = ".n::text ?? 1", type = "int" }
    """)
    assert fields_of_table(table) == FieldSet(
        (
            Field("price", Selection(".price")),
            Field("title", ReadyMade("title")),
            Field("og.title", ReadyMade("og.title")),
            Field("rating", Selection(".r"), FieldType.FLOAT, 0.0),
            Field("tags", ALL_LINKS, default=["none"]),
            Field("n", Selection(".n"), FieldType.INT, 1),
        )
    )
    assert fields_of_table({}) == FieldSet(())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "field 'x': expected a string, such as \".price::text\", or a table"),
        ("x = { type = 'int' }", "field 'x': expected a string"),
        ("x.title = 'title'", "field 'x': expected a string"),
        (
            "x = { select = 'p::text', typ = 'int' }",
            "field 'x': unknown key 'typ'; did you mean 'type'?",
        ),
        ("x = { select = 'p::text', foo = 1 }", "expected select, type, default"),
        ("x = { select = 'p::text', type = 1 }", "field 'x': its type must be one of text, int"),
        ("x = { select = 'p::text', type = 'real' }", "field 'x': 'real' is not a type"),
        ("x = { select = 'p >::text' }", "field 'x': 'p >' is not a CSS selector"),
        ("x = { select = 'p::text', default = 1 }", "field 'x': its default 1 is not of type text"),
        ("x = { select = 'p::text', type = 'float', default = true }", "is not of type float"),
        ("x = { select = 'p::text', type = 'float', default = nan }", "is not of type float"),
        ("x = { select = 'p::text ?? a', default = 'b' }", "field 'x': it has two defaults"),
    ],
)
def test_what_is_no_table_of_fields_is_refused(text: str, message: str) -> None:
    """The message names the field, what is wrong with it, and what was expected."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 (the message is looked at below)
        fields_of_table(tomllib.loads(text))
    assert message in str(raised.value)
