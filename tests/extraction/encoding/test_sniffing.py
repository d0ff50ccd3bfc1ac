"""The prescan of the first 1,024 bytes, against a transcription of the standard's steps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.extraction.encoding.sniffing import Declaration, prescan, sniff_bom
from tests.extraction.literal_prescan import literal_prescan


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xef\xbb\xbf<html>", ("utf-8", 3)),
        (b"\xff\xfe<\0", ("utf-16le", 2)),
        (b"\xfe\xff\0<", ("utf-16be", 2)),
        (b"\xef\xbb<html>", None),
        (b" \xef\xbb\xbf", None),
        (b"", None),
    ],
)
def test_byte_order_mark(head: bytes, expected: tuple[str, int] | None) -> None:
    """A byte order mark counts at the very start only."""
    assert sniff_bom(head) == expected


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"<meta charset=koi8-r>", "koi8-r"),
        (b"<META\tCHARSET = 'KOI8-R'>", "koi8-r"),
        (b"<meta/charset=koi8-r>", "koi8-r"),
        (b"<metacharset=koi8-r>", None),
        (b"<meta charset=koi8-r", None),
        (b"<meta charset='koi8-r>", None),
        (b"<meta charset=utf-16>", "utf-8"),
        (b"<meta charset=x-user-defined>", "windows-1252"),
        (b"<meta charset=nonsense><meta charset=koi8-r>", "koi8-r"),
        (b"<meta name=x content='charset=koi8-r'>", None),
        (b"<meta http-equiv=content-type content='text/html; charset=koi8-r'>", "koi8-r"),
        (b"<meta content='charset=koi8-r' http-equiv=Content-Type>", "koi8-r"),
        (b"<meta http-equiv=refresh content='charset=koi8-r'>", None),
        (b"<meta http-equiv=content-type content='charset=koi8-r' charset=nonsense>", None),
        (b"<meta charset=koi8-r charset=utf-8>", "koi8-r"),
        (b"<!-- <meta charset=utf-8> --><meta charset=koi8-r>", "koi8-r"),
        (b"<!--><meta charset=koi8-r>", "koi8-r"),
        (b"<!--->x<meta charset=koi8-r>", "koi8-r"),
        (b"<!-- <meta charset=koi8-r>", None),
        (b"<p title='<meta charset=utf-8>'><meta charset=koi8-r>", "koi8-r"),
        (b"</p title='<meta charset=utf-8>'><meta charset=koi8-r>", "koi8-r"),
        (b"<?php <meta charset=utf-8> ?><meta charset=koi8-r>", "koi8-r"),
        (b"<3 <meta charset=koi8-r>", "koi8-r"),
        (b"<script>'<meta charset=koi8-r>'</script>", "koi8-r"),
        (b"<p a= '<meta charset=koi8-r>", None),
        (b"no markup", None),
        (b"", None),
    ],
)
def test_meta(head: bytes, encoding: str | None) -> None:
    """A `meta` declares the encoding by the rules of the prescan."""
    assert prescan(head) == (Declaration(encoding, "meta") if encoding else None)
    assert literal_prescan(head) == encoding


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"<?xml version='1.0' encoding='koi8-r'?>", "koi8-r"),
        (b'<?xml encoding = "koi8-r">', "koi8-r"),
        (b"<?xml encoding='utf-16'?>", "utf-8"),
        (b"<?xml encoding='koi8-r'", None),
        (b"<?xml encoding=koi8-r?>", None),
        (b"<?xml encoding='koi8-r \"?>'", None),
        (b"<?xml encoding=' koi8-r'?>", None),
        (b"<?XML encoding='koi8-r'?>", None),
        (b" <?xml encoding='koi8-r'?>", None),
        (b"<?xml version='1.0'?><p encoding='koi8-r'>", None),
        (b"<\0?\0x\0", "utf-16le"),
        (b"\0<\0?\0x", "utf-16be"),
    ],
)
def test_xml_declaration(head: bytes, encoding: str | None) -> None:
    """An XML declaration at the very start declares the encoding."""
    assert prescan(head) == (Declaration(encoding, "xml") if encoding else None)
    assert literal_prescan(head) == encoding


def test_meta_wins_over_xml_declaration() -> None:
    """The XML declaration is asked only when no `meta` declares anything."""
    head = b"<?xml version='1.0' encoding='koi8-r'?><meta charset=utf-8>"
    assert prescan(head) == Declaration("utf-8", "meta")


@pytest.mark.parametrize(("padding", "found"), [(1003, True), (1004, False)])
def test_only_the_first_1024_bytes(padding: int, found: bool) -> None:
    """A tag counts when it ends within the first 1,024 bytes."""
    tag = b"<meta charset=koi8-r>"
    assert len(tag) == 21
    assert (prescan(b"x" * padding + tag) is not None) == found


_PARTS = st.sampled_from(
    [
        *[b"<meta ", b"<META/", b"<meta", b"<p ", b"</p ", b"<!--", b"-->", b"--", b"-", b"<!"],
        *[b"<?", b"<", b">", b"/", b"=", b"'", b'"', b" ", b"\n", b"charset", b"Charset=koi8-r"],
        *[b"content", b"content='charset=utf-8'", b"http-equiv", b"http-equiv=Content-Type"],
        *[b"koi8-r", b"utf-16", b"=charset=", b"x", b"<?xml", b" encoding='koi8-r'", b";", b"\0"],
    ]
)


@settings(deadline=None)
@given(st.lists(_PARTS, max_size=24).map(b"".join))
def test_agrees_with_the_steps_of_the_standard(head: bytes) -> None:
    """On any mix of what the prescan looks at, it answers as the standard's steps do."""
    declaration = prescan(head)
    assert (declaration and declaration.encoding) == literal_prescan(head)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_never_raises(head: bytes) -> None:
    """Any bytes get an answer, the same as by the standard's steps."""
    declaration = prescan(head)
    assert (declaration and declaration.encoding) == literal_prescan(head)
