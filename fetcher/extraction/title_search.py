"""The incremental search for a title in bytes whose ASCII bytes are ASCII characters.

It parses what has arrived so far at the places where that may help: ends of titles and `meta`
tags.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.encoding.guess import encoding_of, is_utf8
from fetcher.extraction.encoding.sniffing import (
    PRESCAN_BYTES,
    Declaration,
    declared_in_tree,
    meta_attributes,
    prescan,
)
from fetcher.extraction.html_tree import TITLE_END, parse
from fetcher.extraction.title import Place, Title, first_title

_TITLE_START = re.compile(rb"<[Tt][Ii][Tt][Ll][Ee][\t\n\f\r />]")
_PARTIAL_TITLE_END = len(b"</title>") - 1
_META_START = re.compile(rb"<[Mm][Ee][Tt][Aa](?=[\t\n\f\r /])")
_PARTIAL_META_START = len(b"<meta ") - 1

_LONG_TAG_BYTES = 1024

# Each parse is from the start. Their total is limited by the bytes that have arrived, so that the
# work stays linear when thousands of candidates are in vain; the first few are always affordable.
_FREE_BYTES = 64 * 1024
_BYTES_PER_BYTE = 2


class Candidates:
    """Offsets up to which to parse, in order, each once, as far as parsing is affordable.

    Subclasses find them.

    Attributes:
        start: offset from which to look for the next one.
        retry_at: number of bytes before which it is not worth looking again.
        at_first: True if the last candidate yielded is the first one.
    """

    __slots__ = ("_put_off", "_spent", "at_first", "retry_at", "start")

    def __init__(self) -> None:
        self.start = 0
        self.at_first = True
        self._spent = 0
        # The last candidate that was not affordable: it shows all that those before it would.
        self._put_off = 0
        self.retry_at = 0

    def affordable(self, data: bytes | bytearray) -> Iterator[int]:
        """Yield the offsets found in the bytes so far that were not yielded before."""
        while (end := self._next(data)) is not None:
            if self._afford(end, len(data)):
                yield end
            else:
                self._put_off = end
            self.at_first = False
        if (end := self._put_off) and self._afford(end, len(data)):
            yield end

    def is_left(self, data: bytes | bytearray) -> bool:
        """Return True if a candidate is left that was not yielded."""
        return self._put_off > 0 or self._next(data) is not None

    def _afford(self, end: int, seen: int) -> bool:
        if self._spent + end > _FREE_BYTES + _BYTES_PER_BYTE * seen:
            return False
        self._spent += end
        self._put_off = 0
        return True

    def _next(self, data: bytes | bytearray) -> int | None:
        raise NotImplementedError


class TitleEnds(Candidates):
    """Ends of `</title` and the character after it, which ends a title's text for good."""

    __slots__ = ()

    def _next(self, data: bytes | bytearray) -> int | None:
        found = TITLE_END.search(data, self.start)
        self.start = found.end() if found else max(self.start, len(data) - _PARTIAL_TITLE_END)
        return found.end() if found else None


class MetaEnds(Candidates):
    """Ends of whole `meta` tags that mention a charset."""

    __slots__ = ()

    def _next(self, data: bytes | bytearray) -> int | None:
        while found := _META_START.search(data, self.start):
            self.start = found.start()
            if len(data) < self.retry_at:
                return None
            attributes, end = meta_attributes(data, found.end())
            if end < 0:
                # Incomplete. Waiting for half as much again keeps an endless tag linear.
                length = len(data) - self.start
                self.retry_at = len(data) + (length // 2 if length > _LONG_TAG_BYTES else 1)
                return None
            self.start = end
            if b"charset" in attributes or b"charset" in attributes.get(b"content", b"").lower():
                return end
        self.start = max(self.start, len(data) - _PARTIAL_META_START)
        return None


class TitleSearch:
    """Searches bytes for a title as they arrive, and stops once it is certain and settled.

    If no byte order mark or header settles the encoding, the document's own declarations do, as
    in the HTML standard: the first `meta` of the tree, then the prescan, then the bytes.

    Attributes:
        declaration: what settled the encoding; None until something does.
        buffer: everything that was fed.
    """

    __slots__ = (
        "_metas",
        "_plain",
        "_read_as",
        "_title",
        "_title_end",
        "_titles",
        "buffer",
        "declaration",
    )

    def __init__(self, declaration: Declaration | None = None) -> None:
        self.declaration = declaration
        self.buffer: bytes | bytearray = b""
        self._titles = TitleEnds()
        self._metas = MetaEnds()
        self._title: str | None = None
        # Offset of the end of the title that stays the first; 0 while there is none.
        self._title_end = 0
        # True if that title reads the same in every encoding; and the encoding it was read by.
        self._plain = False
        self._read_as = ""

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return True if the title is certain and its text settled."""
        if not self.buffer:
            self.buffer = data
        else:
            if isinstance(self.buffer, bytes):
                self.buffer = bytearray(self.buffer)
            self.buffer += data
        if not self._title_end and not self._find_title():
            return False
        if self._plain or self.declaration is not None:
            return True
        # Read by its encoding, it may turn out not to be a title.
        return self._find_meta() and (self._title_end > 0 or self._find_title())

    def finish(self, *, whole: bool) -> str | None:
        """Return the title, or None, and settle the encoding if it is not settled yet.

        Args:
            whole: True if the end of the document was reached.
        """
        if self._title_end and self.declaration is None:
            self._declare_in_hand(whole=whole)
        if not self._title_end and _TITLE_START.search(self.buffer):
            self._title = self._title_of_all(whole=whole)
        if self.declaration is None:
            self._declare_in_hand(whole=whole)
        return self._title

    def _find_title(self) -> bool:
        return any(self._examine(end) for end in self._titles.affordable(self.buffer))

    def _find_meta(self) -> bool:
        return any(self._confirm_meta(end) for end in self._metas.affordable(self.buffer))

    def _examine(self, end: int) -> bool:
        """Parse up to the end of a title; return True if it is certain to stay the first."""
        head = self._head(end)
        markup, self._read_as = self._as_utf8(head)
        tree = parse(markup)
        title = first_title(tree, single=self._titles.at_first)
        if title is None or not _stays_first(title, tree, markup):
            return False
        self._title, self._title_end, self._metas.start = title.text, end, end
        if self.declaration is None:
            self._plain = _is_plain(head, title.text)
            declared = declared_in_tree(tree) if b"charset" in head.lower() else None
            if declared:
                self._settle(self._by_meta(declared, end))
        return self._title_end > 0

    def _confirm_meta(self, end: int) -> bool:
        """Parse up to an offset; return True if a `meta` declares the encoding."""
        declared = declared_in_tree(parse(self._as_utf8(bytes(self.buffer[:end]))[0]))
        if declared:
            self._settle(self._by_meta(declared, end))
        return declared is not None

    def _by_meta(self, encoding: str, end: int) -> Declaration:
        prescanned = end <= PRESCAN_BYTES or prescan(self.buffer) == Declaration(encoding, "meta")
        return Declaration(encoding, "meta" if prescanned else "late-meta")

    def _settle(self, declaration: Declaration) -> None:
        """Settle the encoding, and read the title again if it may read differently."""
        self.declaration = declaration
        if self._title_end and not self._plain and declaration.encoding != self._read_as:
            end, self._title_end, self._title = self._title_end, 0, None
            self._examine(end)

    def _declare_in_hand(self, *, whole: bool) -> None:
        """Settle the encoding by the bytes so far."""
        self._metas.retry_at = 0
        if self._find_meta():
            return
        # A title that reads the same in every encoding is not worth parsing everything.
        ask_tree = not self._plain and self._metas.is_left(self.buffer)
        if not ask_tree or not self._confirm_meta(len(self.buffer)):
            self._settle(self._undeclared(whole=whole))

    def _undeclared(self, *, whole: bool) -> Declaration:
        return prescan(self.buffer) or encoding_of(self.buffer, whole=whole)

    def _title_of_all(self, *, whole: bool) -> str | None:
        """Parse everything, and settle the encoding with it; return the first title of the tree."""
        everything = bytes(self.buffer)
        markup, read_as = self._as_utf8(everything)
        tree = parse(markup)
        if self.declaration is None:
            declared = declared_in_tree(tree)
            self.declaration = (
                self._by_meta(declared, len(everything))
                if declared
                else self._undeclared(whole=whole)
            )
            if read_as and self.declaration.encoding != read_as:
                tree = parse(self._as_utf8(everything)[0])
        title = first_title(tree)
        return None if title is None else title.text

    def _head(self, end: int) -> bytes:
        """Return the bytes up to a title's end, with a `>` for the byte after the tag's name."""
        head = bytes(self.buffer[:end])
        return head if head.endswith(b">") else head[:-1] + b">"

    def _as_utf8(self, data: bytes) -> tuple[bytes, str]:
        """Return the bytes in UTF-8 and the encoding that they were read by ("" for ASCII).

        Until an encoding is settled, any will do to find the structure of the markup.
        """
        if data.isascii():
            return data, ""
        encoding = self.declaration.encoding if self.declaration else None
        if encoding in (None, "utf-8") and is_utf8(data, whole=True):
            return data, "utf-8"
        encoding = encoding or "windows-1252"
        return decode(data, encoding).encode(), encoding


def _stays_first(title: Title, tree: LexborHTMLParser, markup: bytes) -> bool:
    """True if no later markup can put another title before this one, or remove it."""
    if title.place is not Place.BODY:
        return title.place is Place.HEAD
    # `p` ends foreign content, where `frameset` would be just another element. One more title
    # shows that the markup did not end in a comment or the like, where tags do not count, and
    # that `frameset` found `body` in use.
    tried = parse(markup + b"<p><frameset><title></title>")
    return len(tried.css("title")) > len(tree.css("title"))


def _is_plain(head: bytes, text: str) -> bool:
    """True if a title reads the same whatever the encoding of the bytes up to its end.

    ASCII bytes are ASCII characters, except for those that ISO-2022-JP shifts with, and for a `]`
    that ends a CDATA section but is the second byte of a character.
    """
    if b"\x1b" in head or "\x0e" in text or "\x0f" in text:
        return False
    return head.isascii() or (text.isascii() and b"<![CDATA[" not in head)
