"""What is taken of the elements that a CSS selector matches."""

import pytest

from fetcher.extraction.fields import ElementPart, Selection
from fetcher.extraction.fields.selection import parse_selection
from tests.extraction.fields.pages import page


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        (".price::text", Selection(".price")),
        (" a @href* ", Selection("a", ElementPart.ATTRIBUTE, "href", True)),
        ("main::html", Selection("main", ElementPart.HTML)),
        ("li::text*", Selection("li", many=True)),
        ("a::attr( href )*", Selection("a", ElementPart.ATTRIBUTE, "href", True)),
        ("a[href*='::text']@href", Selection("a[href*='::text']", ElementPart.ATTRIBUTE, "href")),
        ("a[title='x@y']::text", Selection("a[title='x@y']")),
        ("ul > *::text*", Selection("ul > *", many=True)),
        ("use@xlink:href", Selection("use", ElementPart.ATTRIBUTE, "xlink:href")),
        (".price", None),
        ("a[title='x@y']", None),
        ("div > *", None),
        ("", None),
    ],
)
def test_a_selection_is_parsed(text: str, selection: Selection | None) -> None:
    """The last suffix says what to take; without one nothing does."""
    assert parse_selection(text) == selection


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p >::text", "'p >' is not a CSS selector"),
        ("p:nonsense::text", "'p:nonsense' is not a CSS selector"),
        ("\ud800::text", "is not a CSS selector"),
        ("::text", "has no CSS selector before '::text'"),
        ("p::txt", "'::txt' is not supported; expected ::text, ::html or @ATTRIBUTE"),
        ("p::text(x)", "is not supported"),
        ("a@", "an attribute needs a name"),
        ("a::attr()", "an attribute needs a name"),
    ],
)
def test_what_cannot_be_taken_is_refused(text: str, message: str) -> None:
    """The message says what is wrong, and what was expected."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 (the message is looked at below)
        parse_selection(text)
    assert message in str(raised.value)


MARKUP = """<ul><li class=a>one <b>1</b></li><li class="a b" data-x=2>two<script>x</script></li>
<li DATA-X>&lt;</li></ul><svg viewBox="0 0 1 1"></svg>"""


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("li::text*", ["one 1", "two", "<"]),
        (".a, .b, li::text*", ["one 1", "two", "<"]),
        ("li::html*", ["one <b>1</b>", "two<script>x</script>", "&lt;"]),
        ("li@data-x*", ["2", ""]),
        ("li@DATA-X*", ["2", ""]),
        ("svg@viewBox*", ["0 0 1 1"]),
        ("script::text*", ["x"]),
        ("p::text*", []),
    ],
)
def test_values_come_in_the_order_of_the_document(text: str, values: list[str]) -> None:
    """Each element once; one without the attribute has no value."""
    selection = parse_selection(text)
    assert selection is not None
    assert selection.all(page(MARKUP)) == values
    assert selection.first(page(MARKUP)) == (values[0] if values else None)


def test_nothing_is_selected_in_what_is_no_markup() -> None:
    """There is no element in it."""
    body = page(b"<p>x", "text/plain")
    assert (Selection("p").all(body), Selection("p").first(body)) == ([], None)


@pytest.mark.parametrize("part", [ElementPart.TEXT, ElementPart.HTML])
def test_elements_within_each_other_are_bounded(part: ElementPart) -> None:
    """A page in which each of hundreds holds all the rest does not fill the memory."""
    markup = "<div>" * 500 + "<i></i>" * 40_000 + "x" * 100_000
    values = Selection("div", part, many=True).all(page(markup))
    assert 0 < len(values) < 250
