"""The text that a reader sees."""

import pytest

from fetcher.extraction.fields.parsed_page import joined, visible_pieces
from tests.extraction.fields.pages import page


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two", "one two"),
        ("$<b>12</b>.<sup>99</sup>", "$12.99"),
        ("$<!-- -->12<!-- -->.99", "$12.99"),
        ("a<p>b</p>c", "a b c"),
        ("a<br>b", "a b"),
        ("<table><tr><td>a<td>b</table>", "a b"),
        ("un<wbr>break<span>able</span>", "unbreakable"),
        (" a \n\t b\xa0\xa0c ", "a b c"),
        ("a<script>x</script><style>y</style><template>z</template><noscript>n</noscript>b", "ab"),
        ("<textarea>x</textarea><iframe>y</iframe>z", "z"),
        (
            "<p hidden>a</p><p hidden=until-found>b</p><dialog>c</dialog><dialog open>d</dialog>",
            "b d",
        ),
        ("<svg><title>a</title><text>b</text></svg>", "b"),
        ("a&lt;b&amp;c", "a<b&c"),
        ("", ""),
    ],
)
def test_text_is_as_a_reader_sees_it(markup: str, text: str) -> None:
    """Blocks part words, inline elements and comments do not, and what is hidden is not there."""
    assert page(f"<body>{markup}").visible_text == text


@pytest.mark.parametrize("markup", ["<title>x</title>", "<frameset>", ""])
def test_a_document_can_be_without_text(markup: str) -> None:
    """Then it is empty, and not missing."""
    assert page(markup).visible_text == ""


def test_an_element_that_is_asked_for_is_seen() -> None:
    """As `innerText` has it, an element that is not shown gives its text itself."""
    tree = page("<script id=a>x</script><p hidden id=b>y<b hidden>z</b>").tree
    assert tree is not None
    hidden = frozenset(node.mem_id for node in tree.css("[hidden]"))
    texts = [joined(visible_pieces(node, hidden)) for node in tree.css("#a, #b")]
    assert texts == ["x", "y"]


def test_many_elements_within_each_other() -> None:
    """Depth takes no stack and size no more than its share of time."""
    markup = "<div><b>" * 20_000 + "x" + "<i>y</i>" * 100_000
    text = page(markup).visible_text
    assert text is not None
    assert text.replace(" ", "").startswith("x")
    assert text.count("y") == 100_000
