"""The decoders of the Encoding standard: bytes to text, whole or as a stream."""

import codecs
from collections.abc import Callable
from functools import cache

from fetcher.extraction.encoding import multibyte
from fetcher.extraction.encoding.multibyte import decode_euc_jp

REPLACEMENT = "\ufffd"
"""What malformed bytes are decoded to."""

# Python's name for each single-byte encoding of the standard.
_SINGLE_BYTE = {
    "ibm866": "cp866",
    "iso-8859-8-i": "iso8859-8",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
}

# Where the standard's index has a character that Python's codec lacks or maps differently.
_CORRECTIONS = {
    "koi8-u": {0xAE: "\u045e", 0xBE: "\u040e"},
    "windows-1255": {0xCA: "\u05ba"},
}


def decode(data: bytes | bytearray, encoding: str) -> str:
    """Decode bytes by an encoding's canonical name; malformed bytes become U+FFFD.

    A byte order mark is decoded like any other character. Source: Encoding standard, the
    decoders of each encoding with error mode "replacement". Raises KeyError for an unknown name.
    """
    if encoding == "utf-8":
        return data.decode("utf-8", "replace")
    if encoding in _SINGLE_BYTE:
        return codecs.charmap_decode(data, "strict", _table(encoding))[0]
    return _OTHER_DECODERS[encoding](data)


@cache
def _table(encoding: str) -> str:
    """Return the 256 characters of a single-byte encoding."""
    codec = _SINGLE_BYTE[encoding]
    table = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
    for byte in range(0x80, 0xA0):
        # The standard fills the holes in this range with the C1 control characters.
        if table[byte] == REPLACEMENT:
            table[byte] = chr(byte)
    for byte, character in _CORRECTIONS.get(encoding, {}).items():
        table[byte] = character
    return "".join(table)


def _decode_replacement(data: bytes | bytearray) -> str:
    return REPLACEMENT if data else ""


def _decode_user_defined(data: bytes | bytearray) -> str:
    return "".join(chr(byte if byte < 0x80 else 0xF700 + byte) for byte in data)


def _decode_iso2022jp(data: bytes | bytearray) -> str:
    return Iso2022JpDecoder().decode(data, True)


def _decode_utf16(encoding: str) -> Callable[[bytes | bytearray], str]:
    return lambda data: incremental_decoder(encoding)(data, True)


_OTHER_DECODERS: dict[str, Callable[[bytes | bytearray], str]] = {
    "replacement": _decode_replacement,
    "x-user-defined": _decode_user_defined,
    "utf-16le": _decode_utf16("utf-16le"),
    "utf-16be": _decode_utf16("utf-16be"),
    "iso-2022-jp": _decode_iso2022jp,
    "gbk": multibyte.decode_gb18030,
    "gb18030": multibyte.decode_gb18030,
    "big5": multibyte.decode_big5,
    "euc-jp": multibyte.decode_euc_jp,
    "euc-kr": multibyte.decode_euc_kr,
    "shift_jis": multibyte.decode_shift_jis,
}

# In these, ASCII bytes need not be ASCII characters, so markup cannot be found in the bytes.
NOT_ASCII_COMPATIBLE = frozenset({"replacement", "utf-16le", "utf-16be", "iso-2022-jp"})

IncrementalDecode = Callable[[bytes | bytearray, bool], str]
"""Decodes the next bytes of a stream; the second argument is True if they are the last."""


def incremental_decoder(encoding: str) -> IncrementalDecode:
    """Return a decoder for a stream in one of the encodings of `NOT_ASCII_COMPATIBLE`."""
    if encoding == "iso-2022-jp":
        return Iso2022JpDecoder().decode
    if encoding == "replacement":
        return _Replacement().decode
    return _Utf16("utf-16-le" if encoding == "utf-16le" else "utf-16-be").decode


class _Replacement:
    """One U+FFFD for the whole stream."""

    __slots__ = ("_sent",)

    def __init__(self) -> None:
        self._sent = False

    def decode(self, data: bytes | bytearray, final: bool) -> str:
        if self._sent or not data:
            return ""
        self._sent = True
        return REPLACEMENT


class _Utf16:
    """Python's decoder, with one U+FFFD for whatever the end of the stream cuts off."""

    __slots__ = ("_decoder",)

    def __init__(self, codec: str) -> None:
        self._decoder = codecs.getincrementaldecoder(codec)("replace")

    def decode(self, data: bytes | bytearray, final: bool) -> str:
        text = self._decoder.decode(data)
        return text + REPLACEMENT if final and self._decoder.getstate()[0] else text


_ESCAPE = 0x1B
_SHIFT = (0x0E, 0x0F)

# The character set that each escape sequence of ISO-2022-JP switches to.
_SETS = {b"(B": "ascii", b"(J": "roman", b"(I": "katakana", b"$@": "jis0208", b"$B": "jis0208"}
# Where its Roman set differs from ASCII.
_ROMAN = {0x5C: "\u00a5", 0x7E: "\u203e"}


class Iso2022JpDecoder:
    """Decodes a stream piece by piece. Source: Encoding standard, "ISO-2022-JP decoder"."""

    __slots__ = ("_escaped", "_pending", "_set")

    def __init__(self) -> None:
        self._set = "ascii"
        # True after an escape sequence: two in a row are an error.
        self._escaped = False
        # The first bytes of an escape sequence or a character that the next piece completes.
        self._pending = b""

    def decode(self, data: bytes | bytearray, final: bool) -> str:
        """Decode the next bytes; `final` if they are the last."""
        stream = self._pending + data
        self._pending = b""
        out: list[str] = []
        position = 0
        while position < len(stream):
            consumed = self._step(stream, position, final, out)
            if not consumed:
                self._pending = bytes(stream[position:])
                break
            position += consumed
        return "".join(out)

    def _step(self, stream: bytes, position: int, final: bool, out: list[str]) -> int:
        """Decode one character or escape; return the bytes consumed, 0 when more are needed."""
        byte = stream[position]
        if byte == _ESCAPE:
            return self._escape(stream, position, final, out)
        if self._set == "jis0208":
            return self._pair(stream, position, final, out)
        self._escaped = False
        out.append(self._single(byte))
        return 1

    def _escape(self, stream: bytes, position: int, final: bool, out: list[str]) -> int:
        sequence = bytes(stream[position + 1 : position + 3])
        if new_set := _SETS.get(sequence):
            if self._escaped:
                out.append(REPLACEMENT)
            self._set, self._escaped = new_set, True
            return 3
        if not final and sequence in (b"", b"$", b"("):
            return 0
        # Only the ESC is replaced; what follows is read again.
        self._escaped = False
        out.append(REPLACEMENT)
        return 1

    def _pair(self, stream: bytes, position: int, final: bool, out: list[str]) -> int:
        self._escaped = False
        pair = bytes(stream[position : position + 2])
        if not 0x21 <= pair[0] <= 0x7E:
            out.append(REPLACEMENT)
            return 1
        if len(pair) < 2 and not final:
            return 0
        if len(pair) < 2 or pair[1] == _ESCAPE:
            out.append(REPLACEMENT)
            return 1
        if 0x21 <= pair[1] <= 0x7E:
            out.append(decode_euc_jp(bytes([pair[0] | 0x80, pair[1] | 0x80])))
        else:
            out.append(REPLACEMENT)
        return 2

    def _single(self, byte: int) -> str:
        if self._set == "katakana":
            return chr(0xFF61 - 0x21 + byte) if 0x21 <= byte <= 0x5F else REPLACEMENT
        if byte >= 0x80 or byte in _SHIFT:
            return REPLACEMENT
        if self._set == "roman" and byte in _ROMAN:
            return _ROMAN[byte]
        return chr(byte)
