"""Texts as values of a type."""

import pytest

from fetcher.extraction.fields.conversion import FieldType, FieldValue, convert, fits


@pytest.mark.parametrize(
    ("text", "type", "value"),
    [
        (" 1 ", "text", " 1 "),
        ("1 item", "int", 1),
        ("1,5", "float", 1.5),
        ("YES", "bool", True),
        (" 0 ", "bool", False),
        ("", "bool", None),
        ("perhaps", "bool", None),
        ('{"a": [1]}', "json", {"a": [1]}),
        ("{", "json", None),
        ("none", "int", None),
    ],
)
def test_a_text_is_read_as_its_type(text: str, type: str, value: FieldValue) -> None:
    """What cannot be read is None."""
    converted = convert(text, FieldType(type))
    assert converted == value
    assert converted.__class__ is value.__class__


@pytest.mark.parametrize(
    ("value", "type", "many", "expected"),
    [
        (None, "int", False, True),
        (1, "int", False, True),
        (True, "int", False, False),
        (1, "float", False, True),
        (float("nan"), "float", False, False),
        ("x", "float", False, False),
        (1, "bool", False, False),
        ({"a": 1}, "json", False, True),
        (["a"], "text", True, True),
        ([1], "text", True, False),
        ("a", "text", True, False),
        ([], "int", True, True),
    ],
)
def test_a_default_fits_its_type(value: object, type: str, many: bool, expected: bool) -> None:
    """A truth value is no number, and a list is needed where there are several values."""
    assert fits(value, FieldType(type), many=many) is expected
