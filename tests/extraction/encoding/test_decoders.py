"""The decoders of the Encoding standard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.extraction.encoding.decoders import NOT_ASCII_COMPATIBLE, decode, incremental_decoder
from fetcher.extraction.encoding.labels import NAMES

FFFD = "\ufffd"


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("utf-8", b"caf\xc3\xa9", "café"),
        ("utf-8", b"\xff\xe2\x82 \xf0\x9f\x98", f"{FFFD}{FFFD} {FFFD}"),
        ("utf-8", b"\xed\xa0\x80", FFFD * 3),
        ("utf-8", b"\xef\xbb\xbfx", "\ufeffx"),
        ("windows-1252", b"\x80\x81\x93\xff", "€\x81“ÿ"),
        ("windows-1250", b"\x8a\x83", "Š\x83"),
        ("windows-1251", b"\xcf\xf0\x98", "Пр\x98"),
        ("windows-1253", b"\xc1\xaa\xd2\xff", f"Α{FFFD * 3}"),
        ("windows-1255", b"\xca\xd9", f"\u05ba{FFFD}"),
        ("windows-1257", b"\xa1\xe0", f"{FFFD}ą"),
        ("windows-1258", b"\xd2\xd0", "\u0309Đ"),
        ("windows-874", b"\x80\x81\xa1\xdb", f"€\x81ก{FFFD}"),
        ("iso-8859-2", b"\xb1\x85", "ą\x85"),
        ("iso-8859-6", b"\xc7\xa1", f"ا{FFFD}"),
        ("iso-8859-7", b"\xa4\xe1", "€α"),
        ("iso-8859-8", b"\xe0\xfd", "א\u200e"),
        ("iso-8859-8-i", b"\xe0", "א"),
        ("iso-8859-16", b"\xaa", "Ș"),
        ("koi8-r", b"\xf0\xae", "П╝"),
        ("koi8-u", b"\xf0\xae\xbe\xa4", "ПўЎє"),
        ("ibm866", b"\x8f\xf0", "ПЁ"),
        ("macintosh", b"\x8e\xdb", "é€"),
        ("x-mac-cyrillic", b"\x80\xa2\xff", "АҐ€"),
        ("x-user-defined", b"a\x80\xff", "a\uf780\uf7ff"),
        ("gbk", b"\xd6\xec\xe9F\xbb\xf9", "朱镕基"),
        ("gbk", b"\x80", "€"),
        ("gb18030", b"\xa8\xbc\xa6\xd9\xa3\xa0", "\u1e3f\ufe10\u3000"),
        ("gb18030", b"\x81\x35\xf4\x37", "\ue7c7"),
        ("gb18030", b"\x90\x30\x81\x30", "\U00010000"),
        ("gb18030", b"\xff\x81<\x81\xff", f"{FFFD}{FFFD}<{FFFD}"),
        ("gb18030", b"\x81\x30\x81<", f"{FFFD}0{FFFD}<"),
        ("gb18030", b"\x81\x30<", f"{FFFD}0<"),
        ("gb18030", b"\x81\x30\x81", FFFD),
        ("gb18030", b"\xe3\x32\x9a\x36", FFFD),
        ("big5", b"\xa4\xa4\x9d\xef", "中嘅"),
        ("big5", b"\xa2\x41\xa1\xfe\xa2\x42\xa2\x40", "\u2215\uff0f\ufe68\uff3c"),
        ("big5", b"\x88\x62\x88\xa5", "\u00ca\u0304\u00ea\u030c"),
        ("big5", b"\xa3\xe1\xc6\xcf\x87\x7a", "€廴㡵"),
        ("big5", b"\xa1\x45\xa1\xe3", "\u2027\uff5e"),
        ("big5", b"\x81<\x81\x81\xff", f"{FFFD}<{FFFD}{FFFD}"),
        ("euc-jp", b"\xb4\xc1\xbb\xfa\x8e\xb1", "漢字ｱ"),
        ("euc-jp", b"\xad\xa1\xfc\xe2", "①髙"),
        ("euc-jp", b"\xa1\xc1\xa1\xdd\xa1\xf1", "～－￠"),
        ("euc-jp", b"\x8f\xb0\xa1\x8f\xa2\xb7", "丂～"),
        ("euc-jp", b"\x8f\xa1<\x8f\xa1\xa1\x8e<\xff", f"{FFFD}<{FFFD}{FFFD}<{FFFD}"),
        ("euc-jp", b"\x80\xa0\xb4", FFFD * 3),
        ("shift_jis", b"\x93\xfa\x96{\xb1\x87@\xee\xe0", "日本ｱ①髙"),
        ("shift_jis", b"\x5c\x7e\x80\xa0\xfd", f"\\~\x80{FFFD}{FFFD}"),
        ("shift_jis", b"\x81<\x81\xfd\x81", f"{FFFD}<{FFFD}{FFFD}"),
        ("shift_jis", b"\xf0\x40", "\ue000"),
        ("euc-kr", b"\xb0\xa1\x8cc", "가똠"),
        ("euc-kr", b"\xb0\xa1<\x81<\xc9\xfe", f"가<{FFFD}<{FFFD}"),
        ("iso-2022-jp", b"\x1b$B4A;z\x1b(Bx", "漢字x"),
        ("iso-2022-jp", b"\x1b(J\\~\x1b(I1\x1b(B", "¥‾ｱ"),
        ("iso-2022-jp", b"\x1b$@4\x1b(B", FFFD),
        ("iso-2022-jp", b"\x1b(B\x1b(Bx\x0e\x80", f"{FFFD}x{FFFD}{FFFD}"),
        ("iso-2022-jp", b"\x1bx\x1b$", f"{FFFD}x{FFFD}$"),
        ("utf-16le", b"<\0\xe9\0\x3d\xd8\x00\xde", "<é😀"),
        ("utf-16be", b"\0<\xd8\x3d", f"<{FFFD}"),
        ("utf-16le", b"\x3d\xd8x\0\x00", f"{FFFD}x{FFFD}"),
        ("replacement", b"anything", FFFD),
        ("replacement", b"", ""),
    ],
)
def test_decode(encoding: str, data: bytes, text: str) -> None:
    """Bytes are decoded as the standard's decoder does, also where Python's codec differs."""
    assert decode(data, encoding) == text


def test_unknown_name() -> None:
    """Only canonical names are known; a label is none."""
    with pytest.raises(KeyError):
        decode(b"x", "latin1")


@settings(deadline=None)
@given(st.sampled_from(sorted(NAMES)), st.binary(max_size=40))
def test_never_raises_and_never_makes_surrogates(encoding: str, data: bytes) -> None:
    """Any bytes give text that can be encoded as UTF-8, from bytes and bytearray alike."""
    text = decode(data, encoding)
    assert text.encode("utf-8").decode("utf-8") == text
    assert decode(bytearray(data), encoding) == text


@settings(deadline=None)
@given(st.sampled_from(sorted(NAMES - NOT_ASCII_COMPATIBLE)), st.binary(max_size=40))
def test_markup_bytes_are_never_part_of_a_character(encoding: str, data: bytes) -> None:
    """`<` and `>` come out as often as they went in: tags can be found in the bytes."""
    text = decode(data, encoding)
    assert [text.count("<"), text.count(">")] == [data.count(b"<"), data.count(b">")]


_SHIFTS = st.sampled_from([b"\x1b$B", b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b", b"4A", b"\x0e"])


@settings(deadline=None)
@given(
    st.sampled_from(sorted(NOT_ASCII_COMPATIBLE)),
    st.lists(st.one_of(_SHIFTS, st.binary(max_size=4)), max_size=12),
)
def test_incremental_decoding_equals_decoding_at_once(encoding: str, parts: list[bytes]) -> None:
    """However a stream is cut, its text is the same."""
    decoder = incremental_decoder(encoding)
    text = "".join(decoder(part, False) for part in parts) + decoder(b"", True)
    assert text == decode(b"".join(parts), encoding)
