"""The prescan as the HTML standard words it, byte by byte: slow, and an oracle for the tests."""

from fetcher.extraction.encoding.labels import get_encoding

_SPACES = b"\t\n\f\r "
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class _OutOfBytes(Exception):
    """The position went beyond the end."""


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def byte(self) -> int:
        if self.position >= len(self.data):
            raise _OutOfBytes
        return self.data[self.position]

    def skip(self, among: bytes) -> None:
        while self.byte() in among:
            self.position += 1

    def skip_to(self, among: bytes) -> None:
        while self.byte() not in among:
            self.position += 1

    def attribute(self) -> tuple[bytes, bytes] | None:
        """Get an attribute."""
        self.skip(_SPACES + b"/")
        if self.byte() == 0x3E:
            return None
        name = b""
        while True:
            byte = self.byte()
            if byte == 0x3D and name:
                self.position += 1
                break
            if byte in _SPACES:
                self.skip(_SPACES)
                if self.byte() != 0x3D:
                    return name, b""
                self.position += 1
                break
            if byte in b"/>":
                return name, b""
            name += bytes([byte]).lower()
            self.position += 1
        return name, self.value()

    def value(self) -> bytes:
        self.skip(_SPACES)
        first, value = self.byte(), b""
        if first in b"\"'":
            while True:
                self.position += 1
                byte = self.byte()
                if byte == first:
                    self.position += 1
                    return value
                value += bytes([byte]).lower()
        while self.byte() not in _SPACES + b">":
            value += bytes([self.byte()]).lower()
            self.position += 1
        return value

    def meta(self) -> str | None:
        """Process a `meta` tag, whose name has been passed."""
        seen: list[bytes] = []
        got_pragma, need_pragma = False, None
        charset: str | None = None
        failed = False
        while (attribute := self.attribute()) is not None:
            name, value = attribute
            if name in seen:
                continue
            seen.append(name)
            if name == b"http-equiv":
                got_pragma = value == b"content-type"
            elif name == b"content" and charset is None and not failed:
                charset = _extract(value.decode("latin-1"))
                need_pragma = True if charset else need_pragma
            elif name == b"charset":
                charset = get_encoding(value.decode("latin-1"))
                failed, need_pragma = charset is None, False
        if need_pragma is None or (need_pragma and not got_pragma) or failed:
            return None
        return _as_declared(charset)

    def run(self) -> str | None:
        while True:
            rest = self.data[self.position :]
            if rest.startswith(b"<!--"):
                found = self.data.find(b"-->", self.position + 2)
                if found < 0:
                    raise _OutOfBytes
                self.position = found + 2
            elif rest[:5].lower() == b"<meta" and rest[5:6] and rest[5] in _SPACES + b"/":
                self.position += 5
                if encoding := self.meta():
                    return encoding
            elif (
                rest[:1] == b"<"
                and rest[1:].removeprefix(b"/")[:1]
                and (rest[1:].removeprefix(b"/")[0] in _LETTERS)
            ):
                self.skip_to(_SPACES + b">")
                while self.attribute() is not None:
                    pass
            elif rest[:2] in (b"<!", b"</", b"<?"):
                self.skip_to(b">")
            self.position += 1
            self.byte()


def _extract(text: str) -> str | None:
    """Extract a character encoding from a meta element."""
    position = 0
    while True:
        position = text.find("charset", position)
        if position < 0:
            return None
        position += 7
        rest = text[position:].lstrip("\t\n\f\r ")
        if rest.startswith("="):
            break
    rest = rest[1:].lstrip("\t\n\f\r ")
    if rest[:1] in ("'", '"') and rest:
        end = rest.find(rest[0], 1)
        return None if end < 0 else get_encoding(rest[1:end])
    end = next((i for i, character in enumerate(rest) if character in "\t\n\f\r ;"), len(rest))
    return get_encoding(rest[:end])


def _xml_encoding(data: bytes) -> str | None:
    """Get an XML encoding."""
    end = data.find(b">")
    if not data.startswith(b"<?xml") or end < 0:
        return None
    position = data.find(b"encoding", 0, end)
    if position < 0:
        return None
    rest = data[position + 8 : end].lstrip(bytes(range(0x21)))
    if not rest.startswith(b"="):
        return None
    rest = rest[1:].lstrip(bytes(range(0x21)))
    if not rest or rest[0] not in b"\"'":
        return None
    label = rest[1:].partition(rest[:1])
    if not label[1] or any(byte <= 0x20 for byte in label[0]):
        return None
    return _as_declared(get_encoding(label[0].decode("latin-1")))


def _as_declared(encoding: str | None) -> str | None:
    return {
        "utf-16le": "utf-8",
        "utf-16be": "utf-8",
        "x-user-defined": "windows-1252",
    }.get(encoding or "", encoding)


def literal_prescan(data: bytes) -> str | None:
    """Return the encoding that the standard's own steps find in the first 1,024 bytes."""
    data = data[:1024]
    if data.startswith(b"<\0?\0x\0"):
        return "utf-16le"
    if data.startswith(b"\0<\0?\0x"):
        return "utf-16be"
    try:
        return _Scanner(data).run()
    except _OutOfBytes:
        return _xml_encoding(data)
