"""The multi-byte decoders of the Encoding standard: Python's codecs, and where they differ.

Python's codecs do the work; what they map differently is corrected afterwards. Where they stop at
a sequence, an error handler does what the standard does: it returns a character that only the
standard's index has, or U+FFFD, after which an ASCII byte of the sequence is read again.
"""

import codecs
import re
from collections.abc import Callable

_REPLACEMENT = "\ufffd"

# Characters of the standard's big5 index that Python's big5hkscs codec lacks: the two-byte codes
# in hexadecimal, and the characters at the same places.
_CODES = (
    "877a877b877c877d877e87a187a287a387a487a587a687a787a887a987aa87ab87ac87ad87ae87af87b087b1"
    "87b287b387b487b587b687b787b887b987ba87bb87bc87bd87be87bf87c087c187c287c387c487c587c687c7"
    "87c887c987ca87cb87cc87cd87ce87cf87d087d187d287d387d487d587d687d787d887d987da87db87dc87dd"
    "87de87df8e698e6f8e7e8eab8eb48ecd8ed08f578f698f6e8fcb8fcc8ffe906d907a90dc90f191bf924492af"
    "92b092b192b292c892d1944794ca95d9964496ed96fc9b769b789b7b9bc69bde9bec9bf69c429c539c629c68"
    "9c6b9c779cbc9cbd9cd09d579d5a9dc49ea99eef9efd9f609f669fcb9fd8a063a077a0d5a0dfa0e4a3c0a3c1"
    "a3c2a3c3a3c4a3c5a3c6a3c7a3c8a3c9a3caa3cba3cca3cda3cea3cfa3d0a3d1a3d2a3d3a3d4a3d5a3d6a3d7"
    "a3d8a3d9a3daa3dba3dca3dda3dea3dfa3e0a3e1c6cfc6d3c6d5c6d7c6dec6dffa5ffa66fabdfac5fad5fb48"
    "fbb8fbf3fbf9fc4ffc6cfcb9fce2fcf1fdb7fdb8fdbbfdf1fe52fe6ffeaafedd"
)
_CHARACTERS = (
    "㡵𡵓𣚞𦀡㻬𥣞㫵竼龗𤅡𨤍𣇪𠪊𣉞䌊蒄龖鐯䤰蘓墖靊鈘秐稲晠権袝瑌篅枂稬剏遆㓦珄𥶹瓆鿇垳䤯呌䄱𣚎"
    "堘穲𧭥讏䚮𦺈䆁𥶙箮𢒼鿈𢓁𢓉𢓌鿉蔄𣖻䂴鿊䓡𪷿拁灮鿋箸簆糎緒縝者耨菁蒨萏覦覩起都銹靜響鼖蔃兙"
    "兛兝兞鍮瑹浧禛邗靝瀞嬨爁矗纇駖釔惞澶輶侻營鄄鷰菏尐秣婧輋筑拐恢痹汊鬮鼗僭弌蠏拎瑨煢牐␀␁"
    "␂␃␄␅␆␇␈␉␊␋␌␍␎␏␐␑␒␓␔␕␖␗␘␙␚␛␜␝␞␟␡€廴无癶隶〃仝倩偽包卄卿嘅"
    "婷幵廐彘悤撐晴杞沜渝港煮猪瑜瓩砉"
)

_BIG5_ADDITIONS: dict[bytes, str] = {
    bytes.fromhex(_CODES[4 * i : 4 * i + 4]): character for i, character in enumerate(_CHARACTERS)
}
"""The characters by their two bytes: HKSCS-2008, ETEN and the control pictures."""

_Step = Callable[[bytes, int], tuple[str, int]]
"""Takes the bytes and a sequence's offset; returns its text and where to continue."""


def _register(name: str, step: _Step) -> str:
    """Register a step as a codecs error handler; return the handler's name."""

    def handle(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        return step(error.object, error.start)

    handler = f"fetcher.{name}"
    codecs.register_error(handler, handle)
    return handler


def _malformed(data: bytes, position: int) -> tuple[str, int]:
    """Return U+FFFD for a lead byte and, unless it is ASCII, the byte after it."""
    lead, following = data[position], data[position + 1 : position + 2]
    consumed = 1 if lead in (0x80, 0xFF) or not following or following < b"\x80" else 2
    return _REPLACEMENT, position + consumed


def _gb18030_step(data: bytes, position: int) -> tuple[str, int]:
    if data[position] == 0x80:
        return "\u20ac", position + 1
    sequence = data[position : position + 4]
    if not _GB18030_FOUR.match(sequence):
        return _malformed(data, position)
    # Truncated: one U+FFFD for what is there. Complete: it has no character. Otherwise only the
    # lead byte is replaced.
    whole = len(sequence) < 4 or _GB18030_DIGIT.match(sequence, 3)
    if len(sequence) >= 3 and not 0x81 <= sequence[2] <= 0xFE:
        whole = None
    return _REPLACEMENT, position + (len(sequence) if whole else 1)


_GB18030_FOUR = re.compile(rb"[\x81-\xfe][0-9]")
_GB18030_DIGIT = re.compile(rb"[0-9]")


def _big5_step(data: bytes, position: int) -> tuple[str, int]:
    added = _BIG5_ADDITIONS.get(data[position : position + 2])
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
    """Look up a character of the standard's jis0208 index, by its place in Shift_JIS."""
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

# The codec's character for a sequence, and the standard's for the same sequence.
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

# Sequences for which the codec returns a character that rightly belongs to another sequence.
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
    # JIS X 0212's tilde, which the codec takes for the ASCII one, has a twin in JIS X 0208.
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
