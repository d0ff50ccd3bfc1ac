"""One field: its type and its default."""

import pickle

import pytest

from fetcher.extraction.fields import Field, FieldType, FieldValue, ReadyMade, Selection
from tests.extraction.fields.pages import found, page

MARKUP = """<i>7</i><i>x</i><b></b><p disabled>no</p><u checked=Checked title=x></u>
<script>{"a": [1]}</script>"""


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("x:int=i::text", 7),
        ("x:float=i::text", 7.0),
        ("x:int=i::text*", [7, None]),
        ("x:int=q::text", None),
        ("x:int=q::text ?? 3", 3),
        ("x:int=b::text ?? 3", 3),
        ("x=b::text ?? none", ""),
        ("x=q::text ?? none", "none"),
        ("x=q::text*", []),
        ("x:bool=p::text", False),
        ("x:bool=p@disabled ?? no", True),
        ("x:bool=i@disabled ?? no", False),
        ("x:bool=u@checked", True),
        ("x:bool=u@title", None),
        ("x:bool=b::text", None),
        ("x:json=script::text", {"a": [1]}),
        ("x:json=i::text*", [7, None]),
        ("x:int=title", None),
        ("x:text=lang ?? en", "en"),
    ],
)
def test_a_value_has_its_type(what: str, value: FieldValue) -> None:
    """What is missing, or cannot be read, is the default, or else None."""
    extracted = found(what, MARKUP)
    assert extracted == value
    assert extracted.__class__ is value.__class__


def test_an_empty_list_can_have_a_default() -> None:
    """It stands for a list without values, and for no other."""
    field = Field("x", Selection("i", many=True), FieldType.TEXT, ["none"])
    assert field.extract(page("<b>")) == ["none"]
    assert field.extract(page("<i>a")) == ["a"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Field("a b", ReadyMade("title")), "'a b' is not a field name"),
        (lambda: Field("", ReadyMade("title")), "'' is not a field name"),
        (lambda: Field("x", ReadyMade("og")), "field 'x': og is of type json, not text"),
        (
            lambda: Field("x", Selection("p"), FieldType.INT, "y"),
            "field 'x': its default 'y' is not of type int",
        ),
        (
            lambda: Field("x", ReadyMade("links"), default="y"),
            "field 'x': its default 'y' is not a list of text",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make, message: str) -> None:  # type: ignore[no-untyped-def]
    """The message names the field and what was expected of it."""
    with pytest.raises(ValueError, match=message):
        make()


def test_a_field_can_be_sent_to_another_process() -> None:
    """It comes back equal, whatever it takes."""
    for take in (ReadyMade("title"), Selection("p", many=True)):
        field = Field("x", take)
        assert pickle.loads(pickle.dumps(field)) == field
