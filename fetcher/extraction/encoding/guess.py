"""The encoding of a document that declares none, guessed from its bytes."""

import codecs
import re

from fetcher.extraction.encoding.sniffing import Declaration

_DETECTED_BYTES = 64 * 1024
_CONTEXT_BYTES = 1024
_NOT_ASCII = re.compile(rb"[\x80-\xff]")

# The detector's name for each encoding that it may return, and the standard's. ISO-2022-JP is not
# among them: browsers do not guess it, because its ASCII bytes could hide markup.
_DETECTABLE = {
    "big5hkscs": "big5",
    "cp866": "ibm866",
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jis_2004": "euc-jp",
    "euc_kr": "euc-kr",
    "gb18030": "gbk",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-roman": "macintosh",
    "shift_jis_2004": "shift_jis",
    **{f"cp{page}": f"windows-{page}" for page in range(1250, 1259)},
    **{f"iso8859-{part}": f"iso-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}


def encoding_of(data: bytes | bytearray, *, whole: bool) -> Declaration:
    """Return the encoding of bytes, judged from the bytes alone.

    ASCII is `windows-1252`, the standard's fallback; valid UTF-8 is UTF-8; a detector decides the
    rest.

    Args:
        data: the bytes.
        whole: True if nothing was cut off, such as the end of a character.
    """
    if data.isascii():
        return Declaration("windows-1252", "ascii")
    if is_utf8(data, whole=whole):
        return Declaration("utf-8", "utf8")
    return Declaration(_detect(data), "detected")


def is_utf8(data: bytes | bytearray, *, whole: bool) -> bool:
    """True if bytes are valid UTF-8; unless `whole`, a character may be cut off at the end."""
    try:
        codecs.utf_8_decode(data, "strict", whole)
    except UnicodeDecodeError:
        return False
    return True


def _detect(data: bytes | bytearray) -> str:
    """Ask the detector, limited to the encodings of the standard."""
    # Needed by few pages, and slow to import.
    import chardet

    first = _NOT_ASCII.search(data)
    start = max(0, first.start() - _CONTEXT_BYTES) if first else 0
    found = chardet.detect(
        bytes(data[start : start + _DETECTED_BYTES]),
        compat_names=False,
        include_encodings=_DETECTABLE,
        no_match_encoding="cp1252",
    )
    return _DETECTABLE.get(found["encoding"] or "", "windows-1252")
