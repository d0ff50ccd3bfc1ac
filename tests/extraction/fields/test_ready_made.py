"""The ready-made fields."""

import hashlib

import pytest

from fetcher.extraction.fields import READY_MADE, FieldType, ReadyMade
from tests.extraction.fields.pages import found, page

PAGE = """<!doctype html><html lang=" pt-BR "><title> A
title</title><h1><img></h1><h1>Big <b>news</b></h1><p>two words"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "A title"),
        ("lang", "pt-BR"),
        ("h1", "Big news"),
        ("text", "Big news two words"),
        ("word_count", 4),
        ("hash", hashlib.sha256(PAGE.encode()).hexdigest()),
        ("description", None),
        ("canonical", None),
        ("og", {}),
        ("json_ld", []),
        ("feeds", []),
        ("links", []),
    ],
)
def test_a_page_has_its_fields(name: str, value: object) -> None:
    """Each is found, or says that it is not there."""
    assert found(name, PAGE) == value


@pytest.mark.parametrize(
    ("markup", "lang"),
    [
        ("<p>x", None),
        ("<html lang>", None),
        ("<html xml:lang=de>", None),
        ("<HTML LANG=de><body lang=fr>", "de"),
        ("<body lang=fr>", None),
        ("<html><html lang=it>", "it"),
    ],
)
def test_lang_is_that_of_the_html_element(markup: str, lang: str | None) -> None:
    """Attributes of a second `html` tag are added to the first's, as the HTML standard has it."""
    assert found("lang", markup) == lang


def test_an_empty_title_is_none_missing() -> None:
    """As the titles of other jobs: a default stands only for a title that is not there."""
    assert found("t=title ?? none", "<title> </title>") == ""
    assert found("t=title ?? none", "<svg><title>x</title></svg>") == "none"


@pytest.mark.parametrize("name", READY_MADE)
def test_what_is_no_markup_has_a_hash_only(name: str) -> None:
    """Nothing else is guessed from bytes of another kind."""
    missing = {"og": {}, "json_ld": [], "feeds": [], "links": []}
    missing["hash"] = hashlib.sha256(b"%PDF <h1>x").hexdigest()
    value = ReadyMade(name).find(page(b"%PDF <h1>x", "application/pdf"))
    assert value == missing.get(name)


@pytest.mark.parametrize(
    ("name", "type", "many"),
    [
        ("title", "text", False),
        ("word_count", "int", False),
        ("json_ld", "json", False),
        ("links", "text", True),
        ("og.title", "text", False),
        ("og.image*", "text", True),
    ],
)
def test_a_ready_made_field_says_what_it_holds(name: str, type: str, many: bool) -> None:
    """For the columns of an output, which are known before any page is."""
    ready = ReadyMade(name)
    assert (ready.type, ready.many) == (FieldType(type), many)


@pytest.mark.parametrize(
    ("name", "message"),
    [("descripton", "did you mean 'description'"), ("xyz", "expected one of title,")],
)
def test_an_unknown_name_is_refused(name: str, message: str) -> None:
    """The message names what there is."""
    with pytest.raises(ValueError, match=message):
        ReadyMade(name)
