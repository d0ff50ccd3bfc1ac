"""`TitleReader`: reads a body as it arrives, and returns a page with its title."""

from fetcher.extraction.content_type import body_kind, looks_like_markup
from fetcher.extraction.encoding.decoders import (
    NOT_ASCII_COMPATIBLE,
    IncrementalDecode,
    incremental_decoder,
)
from fetcher.extraction.encoding.sniffing import Declaration, sniff_bom, utf16_xml
from fetcher.extraction.title_search import TitleSearch
from fetcher.model import NO_PAGE, Page

# The length of an XML declaration's beginning in UTF-16, the longest mark.
_START_BYTES = 6


class TitleReader:
    """Reads a body for its title, no further than needed; a `BodyReader`.

    A body that cannot have a title needs no byte. The title is certain at its end tag if nothing
    can come before it in tree order; its text is settled if it is ASCII or the encoding is known:
    by byte order mark, header, or a `meta` of the tree. Otherwise everything is read, and the
    bytes decide. The page's encoding is that of the bytes read: a `meta` after an ASCII title, in
    bytes never fed, is not seen.

    Args:
        content_type: the header's raw value; "" if absent.

    Sources: HTML standard, "determining the character encoding", "change the encoding" and
    `document.title`; Encoding standard, "decode".
    """

    __slots__ = ("_declaration", "_decode", "_done", "_head", "_is_markup", "_search")

    def __init__(self, content_type: str) -> None:
        kind = body_kind(content_type)
        self._is_markup = kind.markup
        self._declaration = kind.declaration
        self._head = b""
        self._search: TitleSearch | None = None
        # Set for the encodings in which markup cannot be found in the bytes.
        self._decode: IncrementalDecode | None = None
        self._done = kind.markup is False

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return True if no more are needed."""
        if not self._done:
            self._done = self._feed(data) if self._search else self._feed_start(data, final=False)
        return self._done

    def finish(self) -> Page:
        """Return what was found; called once, at the body's end or when enough was fed."""
        if self._search is None and not self._done:
            self._done = self._feed_start(b"", final=True)
        if self._search is None:
            return NO_PAGE
        if self._decode and not self._done:
            self._done = self._search.feed(self._decode(b"", True).encode())
        title = self._search.finish(whole=not self._done)
        declaration = self._declaration if self._decode else self._search.declaration
        assert declaration is not None
        if not self._decode and declaration.encoding in NOT_ASCII_COMPATIBLE:
            self._done = self._search_with(declaration, bytes(self._search.buffer))
            return self.finish()
        return Page(title, declaration.encoding, declaration.source)

    def _feed_start(self, data: bytes, *, final: bool) -> bool:
        """Hold the first bytes back until they show what they are."""
        head = self._head = self._head + data
        if self._is_markup is None:
            self._is_markup = looks_like_markup(head)
            if self._is_markup is None and not final:
                return False
        if not self._is_markup:
            return True
        if len(head) < _START_BYTES and not final:
            return False
        return self._start(head)

    def _start(self, head: bytes) -> bool:
        """Begin the search, once a byte order mark would be seen."""
        self._head = b""
        if mark := sniff_bom(head):
            self._declaration = Declaration(mark[0], "bom")
            head = head[mark[1] :]
        elif self._declaration is None and (encoding := utf16_xml(head)):
            self._declaration = Declaration(encoding, "xml")
        return self._search_with(self._declaration, head)

    def _search_with(self, declaration: Declaration | None, data: bytes) -> bool:
        self._declaration = declaration
        if declaration and declaration.encoding in NOT_ASCII_COMPATIBLE:
            self._decode = incremental_decoder(declaration.encoding)
            declaration = Declaration("utf-8", declaration.source)
        self._search = TitleSearch(declaration)
        return self._feed(data)

    def _feed(self, data: bytes) -> bool:
        assert self._search is not None
        if self._decode:
            return self._search.feed(self._decode(data, False).encode())
        done = self._search.feed(data)
        settled = self._search.declaration
        if settled and settled.encoding in NOT_ASCII_COMPATIBLE:
            # A declaration in the document itself: what was read as ASCII was not ASCII.
            return self._search_with(settled, bytes(self._search.buffer))
        return done
