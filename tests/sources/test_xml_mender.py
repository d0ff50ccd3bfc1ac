"""Repairs to XML text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sources.sitemap_xml import XmlMender

PIECES = st.lists(
    st.sampled_from(
        ["a", "&", "&amp;", "&#", "#38;", ";", "<!--", "-->", "<![CDATA[", "]]>", "<", "\n"]
    ),
    max_size=20,
).map("".join)


def mended(*parts: str) -> str:
    """Mend a text that arrives in these parts."""
    mender = XmlMender()
    return "".join([*map(mender.feed, parts), mender.feed("", final=True)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<loc>?a=1&b=2</loc>", "<loc>?a=1&amp;b=2</loc>"),
        ("&amp; &#38; &#x26; &unknown; &", "&amp; &#38; &#x26; &unknown; &amp;"),
        ("<![CDATA[a&b]]>&c", "<![CDATA[a&b]]>&amp;c"),
        ("a<!-- x -- & \n y -->b", "a\nb"),
        ("<![CDATA[<!--]]>&", "<![CDATA[<!--]]>&amp;"),
        ("a\x08b\x00", "a\ufffdb\ufffd"),
        ('<x href="?a&b"/>', '<x href="?a&amp;b"/>'),
    ],
)
def test_repairs(text: str, expected: str) -> None:
    """Bare ampersands are escaped, comments and forbidden characters are taken out."""
    assert mended(text) == expected


@given(PIECES, st.integers(0, 60), st.integers(0, 60))
def test_parts_do_not_matter(text: str, first: int, second: int) -> None:
    """The result is the same wherever the text is cut."""
    first, second = sorted((first, second))
    assert mended(text[:first], text[first:second], text[second:]) == mended(text)


@given(PIECES)
def test_lines_stay_lines(text: str) -> None:
    """Line numbers in messages are those of the original."""
    assert mended(text).count("\n") == text.count("\n")


def test_an_endless_comment_is_not_held() -> None:
    """Of a comment without an end nothing is kept."""
    mender = XmlMender()
    assert mender.feed("<!--") == ""
    for _ in range(100):
        assert mender.feed("x" * 1000) == ""
        assert len(mender._held) < 10
