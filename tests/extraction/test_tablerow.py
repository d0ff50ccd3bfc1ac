"""Rows of HTML tables: attributes and texts."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.page_text import TableRow, table_row


def test_attributes_and_texts() -> None:
    """Data attributes lose their prefix, texts their markup, and what is absent is not there."""
    row = table_row(
        '<tr class="x" data-url="a&amp;b&quot;" data-empty><td><b class="x">1 &lt; <i>2</i></b>'
        '<b class="x">second</b></td></tr>',
        ("x", "absent"),
    )
    assert row == TableRow({"url": 'a&b"', "empty": ""}, {"x": "1 < 2"})


def test_what_is_no_row() -> None:
    """Other markup is no row."""
    assert table_row("<p>a</p>") is None
    assert table_row("") is None


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_taken(text: str) -> None:
    """Nothing that a stranger can write raises."""
    row = table_row(text, ("x",))
    assert row is None or isinstance(row, TableRow)
