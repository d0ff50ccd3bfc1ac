"""Hypothesis strategies for tag soup: documents that no one would write, with titles in them."""

from hypothesis import strategies as st

_OPEN_AND_CLOSE = [
    "a", "b", "i", "em", "font", "nobr", "p", "div", "span", "ul", "li", "dd", "h1", "button",
    "center", "form", "object", "marquee", "table", "tbody", "tr", "td", "th", "caption",
    "colgroup", "col", "svg", "math", "foreignObject", "desc", "g", "path", "mi", "mo", "mtext",
    "annotation-xml", "head", "body", "html", "noscript", "ruby",
]  # fmt: skip
_START_ONLY = [
    "<br>", "<img>", "<hr>", "<input>", "<input type=hidden>", "<link>", "<base>", "<frame>",
    "<frameset>", "<plaintext>", "<textarea>", "<xmp>", "<iframe>", "<noframes>", "<svg/>",
    "<annotation-xml encoding=text/html>", "<font color=red>", "<!DOCTYPE html>",
]  # fmt: skip
_TEXTS = [
    "x", " ", "\n", "&amp;", "&lt", "<!-- <title>c</title> -->", "<!-->", "-->", "<?pi?>", "<!x>",
    "</", "<", "<script>'<title>s</title>'</script>", "<style><title>y</title></style>",
    '<p title="</title>">', "</textarea>", "</xmp>", "</iframe>", "</noframes>", "]]>",
    "<![CDATA[<title>d</title>]]>",
]  # fmt: skip
_TITLES = [
    "<title>", "<title>one</title>", "<title>two &eacute;</title>", "<title> </title>", "</title>",
    "<TITLE a='>'>three</TITLE\n>", "<title>four</title/>", "<title/>",
]  # fmt: skip
_TAGS = [f"<{name}>" for name in _OPEN_AND_CLOSE] + [f"</{name}>" for name in _OPEN_AND_CLOSE]

_ASCII_PARTS = st.one_of(*map(st.sampled_from, (_TAGS, _START_ONLY, _TEXTS, _TITLES, _TITLES)))

markup_soup = st.lists(_ASCII_PARTS, max_size=16).map("".join)
"""Markup in ASCII."""

_BYTES = [
    "é".encode(), b"\xe9", b"\x93\xfa", b"<title>\xe9</title>", b"<title>\xc3\xa9</title>",
    b"<title>\x93\xfa\x96{</title>", b"\x81", b" " * 1000, b"\0",
]  # fmt: skip
_METAS = [
    b"<meta charset=koi8-r>", b"<meta charset=utf-8>", b"<meta charset=shift_jis>",
    b"<meta charset='iso-8859-2'>", b"<meta charset=nonsense>", b"<meta charset=utf-16>",
    b"<!--<meta charset=koi8-r>-->", b"<script>'<meta charset=koi8-r>'</script>",
    b"<title><meta charset=utf-8></title>",
]  # fmt: skip

encoded_soup = st.lists(
    st.one_of(
        _ASCII_PARTS.map(str.encode),
        st.sampled_from(_BYTES),
        st.sampled_from(_BYTES),
        st.sampled_from(_METAS),
    ),
    max_size=14,
).map(b"".join)
"""Markup with bytes that read differently by encoding, and with declarations of it."""

hostile_bytes = st.lists(
    st.one_of(
        _ASCII_PARTS.map(str.encode),
        st.sampled_from(_BYTES + _METAS),
        st.sampled_from(
            [
                b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<\0?\0x\0", b"\0<", b"\x1b$B",
                b"\x1b(B", b"<meta charset=iso-2022-jp>", b"<?xml encoding='koi8-r'?>",
                b"<meta charset='", b"<template>", b"</template>",
                b"<select>", b"</select>", b"<option>",
            ]
        ),
        st.binary(max_size=6),
    ),
    max_size=14,
).map(b"".join)  # fmt: skip
"""Anything: marks, shifts, broken declarations, and plain noise among markup."""

chunk_sizes = st.lists(st.integers(1, 40), min_size=1, max_size=6)
"""Sizes of the pieces in which a body arrives."""
