"""The multi-byte decoders of the Encoding standard: Python's codecs, and where they differ.

Python's codecs do the work; what they map otherwise is corrected afterwards, and where they stop
at a sequence, an error handler decides as the standard does: a character that only the standard's
index has, or U+FFFD, after which an ASCII byte of the sequence is read again.
"""

import codecs
import re
from collections.abc import Callable

from fetcher.extraction.big5_additions import ADDITIONS as BIG5_ADDITIONS

_REPLACEMENT = "\ufffd"

_Step = Callable[[bytes, int], tuple[str, int]]
"""From the bytes and the offset of a sequence: what stands for it, and where to read on."""


def _register(name: str, step: _Step) -> str:
    """Make a codecs error handler of a step; return the handler's name."""

    def handle(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        return step(error.object, error.start)

    handler = f"fetcher.{name}"
    codecs.register_error(handler, handle)
    return handler


def _malformed(data: bytes, position: int) -> tuple[str, int]:
    """U+FFFD for a lead byte and, unless it is ASCII, the byte after it."""
    lead, following = data[position], data[position + 1 : position + 2]
    consumed = 1 if lead in (0x80, 0xFF) or not following or following < b"\x80" else 2
    return _REPLACEMENT, position + consumed


def _gb18030_step(data: bytes, position: int) -> tuple[str, int]:
    if data[position] == 0x80:
        return "\u20ac", position + 1
    sequence = data[position : position + 4]
    if not _GB18030_FOUR.match(sequence):
        return _malformed(data, position)
    # Cut off by the end: one U+FFFD for what is there. Complete: it has no character. Otherwise
    # only the lead byte is given up.
    whole = len(sequence) < 4 or _GB18030_DIGIT.match(sequence, 3)
    if len(sequence) >= 3 and not 0x81 <= sequence[2] <= 0xFE:
        whole = None
    return _REPLACEMENT, position + (len(sequence) if whole else 1)


_GB18030_FOUR = re.compile(rb"[\x81-\xfe][0-9]")
_GB18030_DIGIT = re.compile(rb"[0-9]")


def _big5_step(data: bytes, position: int) -> tuple[str, int]:
    added = BIG5_ADDITIONS.get(data[position : position + 2])
    return (added, position + 2) if added else _malformed(data, position)


def _euc_jp_step(data: bytes, position: int) -> tuple[str, int]:
    lead, following = data[position], data[position + 1 : position + 2]
    if 0x80 <= lead <= 0x8D or 0x90 <= lead <= 0xA0:
        return _REPLACEMENT, position + 1
    if lead == 0x8F and b"\xa1" <= following <= b"\xfe":
        # A three-byte sequence of JIS X 0212 without a character.
        return _REPLACEMENT, _malformed(data, position + 1)[1]
    if 0xA1 <= lead <= 0xFE and b"\xa1" <= following <= b"\xfe":
        character = _from_jis0208(lead - 0xA1, following[0] - 0xA1)
        if character:
            return character, position + 2
    return _malformed(data, position)


def _from_jis0208(row: int, cell: int) -> str | None:
    """Look a character up in the standard's jis0208 index, through its place in Shift_JIS."""
    lead, trail = divmod(row * 94 + cell, 188)
    code = bytes([lead + (0x81 if lead < 0x1F else 0xC1), trail + (0x40 if trail < 0x3F else 0x41)])
    try:
        return code.decode("cp932")
    except UnicodeDecodeError:
        return None


_GB18030_ERRORS = _register("gb18030", _gb18030_step)
_BIG5_ERRORS = _register("big5", _big5_step)
_EUC_JP_ERRORS = _register("euc-jp", _euc_jp_step)
_MALFORMED = _register("malformed", _malformed)

# Characters that the codec gives to a sequence, and the standard's for the same sequence.
_GB18030_CORRECTIONS = str.maketrans(
    "\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\u1e3f"
    "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
    "\u3000\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\ue7c7"
    "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
)
_SHIFT_JIS_CORRECTIONS = str.maketrans("\uf8f0\uf8f1\uf8f2\uf8f3", _REPLACEMENT * 4)
_EUC_JP_CORRECTIONS = str.maketrans(
    "\u301c\u2016\u2212\u00a2\u00a3\u00ac", "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2"
)
_BIG5_CORRECTIONS = str.maketrans(
    "\u2022\uff64\u203e\u223c\u2641\u2609\u00a5\u00a2\u00a3",
    "\u2027\ufe51\u00af\uff5e\u2295\u2299\uffe5\uffe0\uffe1",
)

# Sequences that the codec gives a character which it rightly gives to another one too.
_EUC_JP_TILDE = re.compile(rb"\x8f\xa2\xb7")
_BIG5_SLASHES = re.compile(rb"\xa2[AB]")
_BIG5_SEQUENCE = re.compile(rb"[\x81-\xfe][\x80-\xff@-~]")


def decode_gb18030(data: bytes | bytearray) -> str:
    """Decode gb18030 and gbk, which share a decoder."""
    return data.decode("gb18030", _GB18030_ERRORS).translate(_GB18030_CORRECTIONS)


def decode_shift_jis(data: bytes | bytearray) -> str:
    """Decode Shift_JIS with the vendors' extensions."""
    return data.decode("cp932", _MALFORMED).translate(_SHIFT_JIS_CORRECTIONS)


def decode_euc_kr(data: bytes | bytearray) -> str:
    """Decode EUC-KR with the Unified Hangul Code."""
    return data.decode("cp949", _MALFORMED)


def decode_euc_jp(data: bytes | bytearray) -> str:
    """Decode EUC-JP with JIS X 0212 and the vendors' extensions."""
    # JIS X 0212's tilde, an ASCII one to the codec, has a twin in JIS X 0208.
    data = _EUC_JP_TILDE.sub(b"\xa1\xc1", data)
    return data.decode("euc_jp", _EUC_JP_ERRORS).translate(_EUC_JP_CORRECTIONS)


def decode_big5(data: bytes | bytearray) -> str:
    """Decode Big5 with HKSCS and ETEN's extensions."""
    if not _BIG5_SLASHES.search(data):
        return data.decode("big5hkscs", _BIG5_ERRORS).translate(_BIG5_CORRECTIONS)
    pieces, start = [], 0
    for sequence in _BIG5_SEQUENCE.finditer(data):
        if sequence[0] in _BIG5_SLASH_CHARACTERS:
            pieces.append(data[start : sequence.start()].decode("big5hkscs", _BIG5_ERRORS))
            pieces.append(_BIG5_SLASH_CHARACTERS[sequence[0]])
            start = sequence.end()
    pieces.append(data[start:].decode("big5hkscs", _BIG5_ERRORS))
    return "".join(pieces).translate(_BIG5_CORRECTIONS)


_BIG5_SLASH_CHARACTERS = {b"\xa2A": "\u2215", b"\xa2B": "\ufe68"}
