"""Several fields of one page."""

import pickle

import pytest

from fetcher.extraction.fields import FieldSet, PageView, parse_select
from tests.extraction.fields.pages import raw

FIELDS = FieldSet(tuple(map(parse_select, ["price:float=b::text", "title", "n:int=i::text ?? 1"])))


def test_fields_come_by_name_in_order() -> None:
    """Each has its value, those that are not there too."""
    values = FIELDS.extract(raw("<title>T</title><b>1,5"))
    assert list(values.items()) == [("price", 1.5), ("title", "T"), ("n", 1)]
    assert FIELDS.names == ("price", "title", "n")


def test_a_parsed_page_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields and a user's function share the document, and so do all fields."""
    from fetcher.extraction.fields import parsed_page

    parsed = []
    parse_body = parsed_page.parse_body
    monkeypatch.setattr(
        parsed_page, "parse_body", lambda *page: parsed.append(page) or parse_body(*page)
    )
    view = PageView(raw("<title>T</title><b>1,5"))
    assert view.select("b") == "1,5"
    assert FIELDS.extract_from(view) == {"price": 1.5, "title": "T", "n": 1}
    assert len(parsed) == 1


def test_a_name_stands_for_one_field() -> None:
    """Two columns of one name are refused."""
    with pytest.raises(ValueError, match="more than one field is named 'title'"):
        FieldSet((parse_select("title"), parse_select("title=h1")))


def test_fields_can_be_sent_to_another_process() -> None:
    """They come back equal."""
    assert pickle.loads(pickle.dumps(FIELDS)) == FIELDS
