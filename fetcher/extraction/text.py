"""A whole body as text, of whatever type it is."""

from fetcher.extraction.content_type import body_kind
from fetcher.extraction.decode import decode
from fetcher.extraction.prescan import sniff_bom
from fetcher.extraction.undeclared import encoding_of

_AMBIGUOUS = frozenset(
    {
        "big5",
        "euc-kr",
        "gb18030",
        "gbk",
        "iso-2022-jp",
        "replacement",
        "shift_jis",
        "utf-16be",
        "utf-16le",
    }
)


def text_of(body: bytes | bytearray, encoding: str, content_type: str) -> str:
    """Decode a whole body.

    encoding: the page's by the Encoding standard, "" when its reader did not look for one. Then a
    byte order mark says it, or the header, or the bytes themselves.
    """
    if mark := sniff_bom(bytes(body[:4])):
        return decode(body[mark[1] :], mark[0])
    if not encoding:
        declaration = body_kind(content_type).declaration or encoding_of(body, whole=True)
        encoding = declaration.encoding
    return decode(body, encoding)


def is_itself(text: str, encoding: str) -> bool:
    """Whether a text stands in bytes of an encoding exactly where its UTF-8 bytes do.

    Those of ASCII do wherever ASCII bytes are never part of another character.
    """
    return encoding == "utf-8" or (encoding != "" and text.isascii() and encoding not in _AMBIGUOUS)
