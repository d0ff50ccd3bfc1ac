"""Sitemaps, sitemap indexes, feeds and the sitemaps that a robots.txt names: bytes to targets."""

import codecs
import itertools
import re
from collections.abc import AsyncGenerator, Iterator
from xml.parsers import expat

from fetcher.model import Target
from fetcher.sources.base import MAX_RECORD, BrokenInput, Child, Fetched, FetchList, SourceError
from fetcher.sources.byte_streams import byte_blocks
from fetcher.sources.decompression import unpacked
from fetcher.sources.sitemap_xml import SitemapElements, XmlMender
from fetcher.sources.text_list import TextReader
from fetcher.urls import without_password

MAX_SITEMAP = 50 * 1024 * 1024
"""The most bytes of a fetched sitemap that are read, decompressed (the limit of sitemaps.org)."""

MAX_NESTING = 10
"""How deep sitemap indexes may be nested. sitemaps.org allows no nesting, but sites do it."""

MAX_SITEMAPS = 50_000
"""How many sitemaps are followed from one list: as many as sitemaps.org allows in one index."""

_BLANKS = b" \t\r\n\f\v\0"
# Python also has codecs that are not character sets.
_CHARACTER_SETS = ("iso8859", "cp", "koi8", "mac", "shift_jis", "euc_", "gb", "big5", "iso2022")
_DECLARED = re.compile(rb"""<\?xml[^>]*?\bencoding\s*=\s*["']\s*([\w.:-]+)""", re.IGNORECASE)


class SitemapReader:
    """Reads a sitemap in any form that sitemaps.org allows: XML, or one URL per line.

    The XML parser is expat, fed block by block, and hardened: a document that declares entities
    is refused, so none is ever expanded; external entities are never loaded (expat opens nothing
    by itself); depth and the length of one tag are limited. It is fed text that was decoded here,
    because expat knows few encodings and stops at the first invalid byte.

    Args:
        name: the sitemap's name, for the rows' places.
        counter: the indexes of the targets.
        base: the sitemap's own URL; "" for a local file.
    """

    def __init__(self, name: str, counter: Iterator[int], base: str = "") -> None:
        self._name = name
        self._counter = counter
        self._remote = bool(base)
        self._number = 0
        self._size = 0
        self._fed = 0
        self._blank_lines = 0
        self._head: bytes | None = b""
        self._text = TextReader(name, counter)
        self._plain: TextReader | None = None
        self._rows: list[Target | Child] = []
        self._mender = XmlMender()
        self._decoder = _decoder("utf-8")
        self._elements = SitemapElements(base, self._found)
        self._parser = self._make_parser()

    def feed(self, data: bytes) -> Iterator[Target | Child]:
        """Take bytes and yield the rows that are complete."""
        self._size += len(data)
        if self._head is not None:
            data = self._begin(self._head + data)
        if self._plain is not None:
            yield from self._plain.feed(data)
        elif data:
            yield from self._parse(self._mender.feed(self._decoder.decode(data)))
        if self._remote and self._size > MAX_SITEMAP:
            raise BrokenInput(f"larger than {MAX_SITEMAP // 1024**2} MB; the rest was not read")

    def finish(self) -> Iterator[Target | Child]:
        """Yield the last rows; raises BrokenInput if the document is truncated."""
        if self._head is not None:
            head, self._head = self._head, None
            if not head:
                return
            yield from self._parse(self._mender.feed(head.decode("utf-8", "replace")))
        if self._plain is not None:
            yield from self._plain.finish()
            return
        rest = self._decoder.decode(b"", final=True)
        yield from self._parse(self._mender.feed(rest, final=True), final=True)

    def place(self) -> str:
        """Return the place of the next row."""
        return self._plain.place() if self._plain else f"{self._name}#{self._number + 1}"

    def _begin(self, head: bytes) -> bytes:
        """Tell XML from text and find the encoding; return b"" until there are enough bytes."""
        begun = head.lstrip(_BLANKS)
        # expat allows nothing before the declaration; line numbers still count the blanks.
        blanks = head[: len(head) - len(begun)]
        self._blank_lines += blanks.count(b"\n")
        for _ in self._text.feed(blanks.replace(b"\0", b"")):
            pass
        if begun and not begun.startswith(b"<"):
            self._plain, self._head = self._text, None
            return begun
        if b">" not in begun and len(begun) < 1024:
            self._head = begun
            return b""
        self._head = None
        declared = _DECLARED.match(begun)
        self._decoder = _decoder(declared[1].decode() if declared else "utf-8")
        return begun

    def _make_parser(self) -> "expat.XMLParserType":
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._elements.start
        parser.EndElementHandler = self._elements.end
        parser.CharacterDataHandler = self._elements.characters
        parser.EntityDeclHandler = _refuse_entities
        return parser

    def _parse(self, text: str, *, final: bool = False) -> Iterator[Target | Child]:
        problem = ""
        data = text.encode("utf-8", "replace")
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            problem = self._explained(error)
        except BrokenInput as error:
            problem = str(error)
        self._fed += len(data)
        if not problem and self._fed - max(self._parser.CurrentByteIndex, 0) > MAX_RECORD:
            # expat scans an unfinished tag again with each block: quadratic if it is endless.
            problem = f"a tag is longer than {MAX_RECORD // 1024} KiB"
        if problem:
            self._elements.broken()
        rows, self._rows = self._rows, []
        yield from rows
        if problem:
            raise BrokenInput(problem)

    def _explained(self, error: expat.ExpatError) -> str:
        words = expat.ErrorString(error.code) or "error"
        if words == "no element found":
            words = "unexpected end"
        line = error.lineno + self._blank_lines
        return f"invalid XML: {words} (line {line}, column {error.offset + 1})"

    def _found(self, url: str, problem: str, sitemap: bool) -> None:
        self._number += 1
        source = f"{self._name}#{self._number}"
        if sitemap:
            self._rows.append(Child(url, source))
        else:
            self._rows.append(Target(next(self._counter), url, source, problem=problem))


def _decoder(label: str) -> codecs.IncrementalDecoder:
    """Return the decoder for a declared encoding; UTF-8 for an unknown one.

    UTF-16 counts as unknown: decompression has already turned it into UTF-8.
    """
    try:
        name = codecs.lookup(label).name
    except LookupError:
        name = "utf-8"
    known = name.startswith(_CHARACTER_SETS)
    return codecs.getincrementaldecoder(name if known else "utf-8")("replace")


def _refuse_entities(
    name: str,
    _is_parameter: bool,
    value: str | None,
    _base: str | None,
    _system: str,
    _public: str | None,
    _notation: str | None,
) -> None:
    """Refuse entities with a text of their own; external ones have none and stay empty."""
    if value is not None:
        raise BrokenInput(f"it declares an XML entity ({name[:50]}), which is not allowed")


class SitemapWalker:
    """Follows child sitemaps, depth first, each once.

    A child that cannot be read is one target with a problem; the others go on. It needs memory
    for one fetched sitemap per level of nesting.

    Args:
        fetch: fetches a sitemap; None if that is not possible.
        counter: the indexes of the targets.
        root: URL of the list that the children are listed in; "" for a local file.
    """

    def __init__(self, fetch: FetchList | None, counter: Iterator[int], root: str = "") -> None:
        self._fetch = fetch
        self._counter = counter
        self._seen = {root}

    async def targets(self, child: Child, nesting: int = 1) -> AsyncGenerator[Target, None]:
        """Yield the targets of a child sitemap and of the sitemaps that it lists."""
        fetched = await self._fetched(child, nesting)
        if isinstance(fetched, Target):
            yield fetched
            return
        self._seen.add(fetched.url)
        reader = SitemapReader(child.url, self._counter, fetched.url)
        try:
            for item in self._items(reader, fetched.body):
                if isinstance(item, Target):
                    yield item
                else:
                    async for target in self.targets(item, nesting + 1):
                        yield target
        except BrokenInput as error:
            yield Target(next(self._counter), "", reader.place(), problem=str(error))

    async def _fetched(self, child: Child, nesting: int) -> Fetched | Target:
        if not child.url.lower().startswith(("http://", "https://")):
            return self._problem(child, "the child sitemap's URL is not http or https")
        if self._fetch is None:
            return self._problem(child, "child sitemaps cannot be fetched here")
        if child.url in self._seen:
            return self._problem(child, "the child sitemap was listed before; it is not read again")
        if nesting > MAX_NESTING:
            return self._problem(
                child, f"sitemap indexes are nested more than {MAX_NESTING} levels deep"
            )
        if len(self._seen) > MAX_SITEMAPS:
            return self._problem(child, f"more than {MAX_SITEMAPS} sitemaps; this one was not read")
        self._seen.add(child.url)
        try:
            return await self._fetch(child.url)
        except SourceError as error:
            return self._problem(child, f"child sitemap: {error}")

    @staticmethod
    def _items(reader: SitemapReader, body: bytes) -> Iterator[Target | Child]:
        for block in unpacked(byte_blocks(body)):
            yield from reader.feed(block)
        yield from reader.finish()

    def _problem(self, child: Child, problem: str) -> Target:
        source = f"{child.source} ({without_password(child.url)})"
        return Target(next(self._counter), child.url, source, problem=problem)


class RobotsReader:
    """Reads the `Sitemap:` lines of a robots.txt (sitemaps.org, "Informing search engines")."""

    def __init__(self, name: str) -> None:
        # Lines are not targets: they must not use up indexes.
        self._lines = TextReader(name, itertools.count())

    def feed(self, data: bytes) -> Iterator[Child]:
        """Take bytes and yield the sitemaps that are named."""
        return self._children(self._lines.feed(data))

    def finish(self) -> Iterator[Child]:
        """Yield the last one."""
        return self._children(self._lines.finish())

    def place(self) -> str:
        """Return the place of the next row."""
        return self._lines.place()

    @staticmethod
    def _children(lines: Iterator[Target]) -> Iterator[Child]:
        for line in lines:
            key, colon, value = line.url.partition(":")
            if colon and key.strip().lower() == "sitemap" and value.strip():
                yield Child(value.strip(), line.source)
