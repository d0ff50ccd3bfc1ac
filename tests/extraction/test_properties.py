"""What holds for any body: no exception, one title however it arrives, the oracle's title."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fetcher.extraction.encoding.decoders import decode
from tests.extraction.bodies import read, read_some
from tests.extraction.html5lib_oracle import oracle_encoding, oracle_title
from tests.extraction.soup import chunk_sizes, encoded_soup, hostile_bytes, markup_soup

_UTF8 = "text/html; charset=utf-8"
_CONTENT_TYPES = st.sampled_from(
    ["text/html", _UTF8, "text/html;charset=shift_jis", "text/html;charset=utf-16le", ""]
)


@settings(deadline=None)
@given(hostile_bytes, _CONTENT_TYPES, chunk_sizes)
def test_title_does_not_depend_on_how_the_bytes_arrive(
    body: bytes, content_type: str, sizes: list[int]
) -> None:
    """Any body has the same title in pieces as at once, and nothing is ever raised."""
    at_once = read(body, content_type)
    assert read(body, content_type, sizes).title == at_once.title
    assert read(body, content_type, [1]).title == at_once.title


@settings(deadline=None)
@given(hostile_bytes, chunk_sizes)
def test_encoding_of_a_header_does_not_depend_on_how_the_bytes_arrive(
    body: bytes, sizes: list[int]
) -> None:
    """With the encoding in the header or a byte order mark, the whole page is the same."""
    assert read(body, _UTF8, sizes) == read(body, _UTF8)


@settings(deadline=None)
@given(st.binary(max_size=300), _CONTENT_TYPES, chunk_sizes)
def test_noise(body: bytes, content_type: str, sizes: list[int]) -> None:
    """Bytes without any sense make a page too."""
    assert read(body, content_type, sizes).title == read(body, content_type).title


@settings(max_examples=300, deadline=None)
@given(markup_soup, chunk_sizes)
def test_title_is_that_of_the_whole_document(markup: str, sizes: list[int]) -> None:
    """Stopping early gives the title that html5lib finds in the tree of all the markup."""
    title = oracle_title(markup)
    assert read(markup.encode(), _UTF8).title == title
    assert read(markup.encode(), _UTF8, sizes).title == title


@settings(max_examples=300, deadline=None)
@given(encoded_soup, st.sampled_from([None, "koi8-r", "utf-8"]), chunk_sizes)
def test_title_is_decoded_by_the_declared_encoding(
    body: bytes, header: str | None, sizes: list[int]
) -> None:
    """The declarations of the whole document decide how the title reads."""
    encoding = oracle_encoding(body, header)
    assume(encoding is not None)
    assert encoding is not None
    content_type = f"text/html; charset={header}" if header else "text/html"
    title = oracle_title(decode(body, encoding).removeprefix("\ufeff"))
    assert read(body, content_type).title == title
    assert read(body, content_type, sizes).title == title


@settings(deadline=None)
@given(markup_soup, st.text(max_size=40))
def test_nothing_after_the_bytes_that_were_enough_matters(markup: str, tail: str) -> None:
    """Whatever follows the bytes after which reading stopped, the title stays."""
    body = markup.encode()
    page, fed = read_some(body, _UTF8, [1])
    if fed < len(body):
        changed = body[:fed] + tail.encode() + b"</td></table><title>late</title><frameset>"
        assert read(changed, _UTF8).title == page.title
