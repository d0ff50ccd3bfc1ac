"""What a reader of a document sees of it."""

import pytest

from fetcher.extraction.page_text import ParsedDocument, check_selector

PAGE = """<!doctype html><title>Title</title><style>.a { color: red }</style>
<body><h2> </h2><h1>Big <b>news</b></h1><p>one</p><p>two<script>var x = "three"</script></p>
<template>four</template><noscript>five</noscript>
<div id=d><p class=d>six <i class=d>7</i></p></div>
"""


def test_text_is_what_can_be_seen() -> None:
    """Scripts, styles, templates and the title are not in the text."""
    assert ParsedDocument(PAGE).text == "Big news one two six 7"


@pytest.mark.parametrize("markup", ["", "<title>x</title>", "<script>x</script>", "<frameset>"])
def test_a_document_can_be_without_text(markup: str) -> None:
    """There is nothing to see, and no error either."""
    document = ParsedDocument(markup)
    assert (document.text, document.heading) == ("", "")


def test_heading_is_the_first_with_text() -> None:
    """An empty heading is none."""
    assert ParsedDocument(PAGE).heading == "Big news"
    assert ParsedDocument("<h3>c</h3><h1>a</h1>").heading == "c"


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("p", ["one", "two", "six 7"]),
        ("#d", ["six 7"]),
        ("#d, .d", ["six 7"]),
        ("h1 b", ["news"]),
        ("table", []),
    ],
)
def test_selected_text_comes_once(selector: str, texts: list[str]) -> None:
    """Each outermost match gives its text, in the document's order."""
    assert ParsedDocument(PAGE).selected(selector) == texts


@pytest.mark.parametrize("selector", ["", "p >", "[[", "p:nonsense"])
def test_a_selector_that_is_none_is_refused(selector: str) -> None:
    """The message quotes it."""
    with pytest.raises(ValueError, match="is not a CSS selector"):
        check_selector(selector)
    with pytest.raises(ValueError, match="is not a CSS selector"):
        ParsedDocument(PAGE).selected(selector)


def test_a_selector_is_accepted() -> None:
    """What can be used raises nothing."""
    check_selector("main > p.price:not(.old)")
