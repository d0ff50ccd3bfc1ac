"""What holds for any body: no exception, and values that every format can hold."""

import json

from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields import READY_MADE, FieldSet, PageView, parse_select
from fetcher.model import RawPage
from tests.extraction.soup import encoded_soup, hostile_bytes

EVERYTHING = FieldSet(
    tuple(
        parse_select(text)
        for text in [
            *READY_MADE,
            "og.title",
            "og.image*",
            "a=a@href*",
            "b:float=b::text*",
            "c:int=[content]@content",
            "d=div::html*",
            "e:json=script::text*",
            "f:bool=p@hidden*",
        ]
    )
)

_PARTS = st.sampled_from(
    [
        b"<meta name=description content='", b"<meta property=og:title content=", b"<meta charset=",
        b"<link rel=canonical href=", b"<base href=", b"<a href=//x/", b"<html lang=", b"<h1>",
        b"<script type=application/ld+json>", b'{"@graph": ["\\ud800", 1e999, ', b"]}",
        b"</script>", b"<b>1.2,3", b"<p hidden>", b"'>", b">", b"&#xd800;", b"&#0;", b"\xff\xfe",
        b"\0", b"\x1b$B",
        b"utf-7", b"koi8-r", b"http://[", b"\xed\xa0\x80",
    ]
)  # fmt: skip
_BODIES = st.one_of(
    st.binary(max_size=200),
    hostile_bytes,
    encoded_soup,
    st.lists(st.one_of(_PARTS, st.binary(max_size=4)), max_size=20).map(b"".join),
)
_TYPES = st.sampled_from(
    ["", "text/html", "text/html;charset=utf-16be", "text/html;charset=gb18030", "text/xml", "a/b"]
)


@given(_BODIES, _TYPES, st.sampled_from(["https://example.com/a/", "", "http://[", "data:,x"]))
def test_any_body_gives_every_field(body: bytes, content_type: str, url: str) -> None:
    """Nothing is raised, and what comes is valid Unicode and JSON."""
    values = EVERYTHING.extract(RawPage(url, 200, content_type, body))
    assert tuple(values) == EVERYTHING.names
    json.dumps(values, allow_nan=False, ensure_ascii=False).encode()


@given(_BODIES, _TYPES)
def test_any_body_has_a_view(body: bytes, content_type: str) -> None:
    """A user's function can look at whatever came."""
    view = PageView(RawPage("https://example.com/", 200, content_type, body))
    assert repr(view).startswith("<PageView")
    view.text.encode()


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_field_or_a_value_error(name: str, what: str) -> None:
    """No other exception leaves the parser of fields."""
    for text in (name, f"{name}={what}", f"x={what}::text", f"x={what}@{name}*"):
        try:
            field = parse_select(text)
        except ValueError:
            continue
        assert field.name
