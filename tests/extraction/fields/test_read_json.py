"""JSON that a stranger wrote."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields.conversion import MAX_CHARACTERS, MAX_DEPTH, FieldValue, read_json

_JSON: st.SearchStrategy[FieldValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(_JSON, st.booleans())
def test_json_comes_back(value: FieldValue, ascii: bool) -> None:
    """What is valid is read as it was written."""
    assert read_json(json.dumps(value, ensure_ascii=ascii)) == value


@given(st.text(alphabet='[]{}",:0123456789.eE-+ntrufalse\\ud8 \n', max_size=60) | st.text())
def test_what_is_read_can_be_written(text: str) -> None:
    """Any text is refused with ValueError, or makes a value that UTF-8 and JSON can hold."""
    try:
        value = read_json(text)
    except ValueError:
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x\ny"}', {"a": "x\ny"}),
        ('["\\ud800", "\\ud83d\\ude00"]', ["\ufffd", "😀"]),
        ('{"\\udc00": 1}', {"\ufffd": 1}),
        ("[1e999, -1e999, 1e3]", [None, None, 1000.0]),
    ],
)
def test_what_formats_cannot_hold_is_mended(text: str, value: FieldValue) -> None:
    """Raw line breaks are let through, half surrogates replaced, endless numbers dropped."""
    assert read_json(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        "NaN",
        "[-Infinity]",
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 5000,
        '"' + "x" * MAX_CHARACTERS + '"',
    ],
)
def test_what_is_broken_or_too_much_is_refused(text: str) -> None:
    """With ValueError, be it the depth, the length or the grammar."""
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_as_deep_as_allowed() -> None:
    """The deepest nesting that is allowed is read."""
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert json.dumps(read_json(text)) == text
