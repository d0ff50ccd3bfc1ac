"""The ISO-2022-JP decoder of the Encoding standard."""

from fetcher.extraction.multibyte import decode_euc_jp

_REPLACEMENT = "\ufffd"
_ESCAPE = 0x1B
_SHIFT = (0x0E, 0x0F)

# What an escape sequence switches to.
_SETS = {b"(B": "ascii", b"(J": "roman", b"(I": "katakana", b"$@": "jis0208", b"$B": "jis0208"}


def decode(data: bytes | bytearray) -> str:
    """Decode a whole stream."""
    return Decoder().decode(data, True)


class Decoder:
    """Decodes a stream piece by piece. Source: Encoding standard, "ISO-2022-JP decoder"."""

    __slots__ = ("_escaped", "_pending", "_set")

    def __init__(self) -> None:
        self._set = "ascii"
        # Whether the last thing read was an escape sequence: two in a row are an error.
        self._escaped = False
        # The first bytes of an escape sequence or a character that the next piece completes.
        self._pending = b""

    def decode(self, data: bytes | bytearray, final: bool) -> str:
        """Decode the next bytes; `final` says that they are the last."""
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
                out.append(_REPLACEMENT)
            self._set, self._escaped = new_set, True
            return 3
        if not final and sequence in (b"", b"$", b"("):
            return 0
        # Only the ESC is given up; what follows is read again.
        self._escaped = False
        out.append(_REPLACEMENT)
        return 1

    def _pair(self, stream: bytes, position: int, final: bool, out: list[str]) -> int:
        self._escaped = False
        pair = bytes(stream[position : position + 2])
        if not 0x21 <= pair[0] <= 0x7E:
            out.append(_REPLACEMENT)
            return 1
        if len(pair) < 2 and not final:
            return 0
        if len(pair) < 2 or pair[1] == _ESCAPE:
            out.append(_REPLACEMENT)
            return 1
        if 0x21 <= pair[1] <= 0x7E:
            out.append(decode_euc_jp(bytes([pair[0] | 0x80, pair[1] | 0x80])))
        else:
            out.append(_REPLACEMENT)
        return 2

    def _single(self, byte: int) -> str:
        if self._set == "katakana":
            return chr(0xFF61 - 0x21 + byte) if 0x21 <= byte <= 0x5F else _REPLACEMENT
        if byte >= 0x80 or byte in _SHIFT:
            return _REPLACEMENT
        if self._set == "roman" and byte in _ROMAN:
            return _ROMAN[byte]
        return chr(byte)


_ROMAN = {0x5C: "\u00a5", 0x7E: "\u203e"}
