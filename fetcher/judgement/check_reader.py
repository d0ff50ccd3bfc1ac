"""What a check asks of a URL, and the reader that reduces its body to a few findings."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from fetcher.extraction import TitleReader
from fetcher.extraction.page_text import ParsedDocument, is_itself, text_of
from fetcher.judgement.bot_protection import HEADERS, REFUSALS, sign_in_body
from fetcher.judgement.expectations import Expectations, JsonCondition, Pattern
from fetcher.judgement.soft_404 import heading_not_found
from fetcher.judgement.verdict import BodyFindings, Broken
from fetcher.model import NO_PAGE, BodyReader, Page
from fetcher.text import excerpt, quoted
from fetcher.transport.base import Inquiry, Method
from fetcher.units import format_size

_AROUND = 30
"""Characters shown before and after a text that should not be there."""


def lacking(text: str, wanted: tuple[str, ...]) -> list[str]:
    """Which of the wanted parts a text does not have."""
    return [part for part in wanted if part not in text]


def unwanted(text: str, parts: tuple[str, ...]) -> Iterator[Broken]:
    """Find the parts that a text should not have, and show where they stand."""
    for part in parts:
        at = text.find(part)
        if at >= 0:
            around = text[max(0, at - _AROUND) : at + len(part) + _AROUND]
            yield "body_not_contains", quoted(part), f"…{excerpt(around)}…"


def unmatched(text: str, patterns: tuple[Pattern, ...], size: str) -> Iterator[Broken]:
    """Find the patterns that a text does not match; size: of the body, in words."""
    for pattern in patterns:
        if not pattern.search(text):
            yield "body_matches", excerpt(str(pattern)), size


def unmet(text: str, conditions: tuple[JsonCondition, ...]) -> Iterator[Broken]:
    """Find the conditions that a text, as JSON, does not meet."""
    if not conditions:
        return
    try:
        # RFC 8259, section 8.1, lets a parser ignore a byte order mark.
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        found = f"no JSON ({_why(error)})" if text.strip() else "an empty body"
        for condition in conditions:
            yield "json", excerpt(str(condition)), found
        return
    for condition in conditions:
        if (fault := condition.check(document)) is not None:
            yield "json", *fault


def selected_hash(text: str, selector: str) -> str:
    """SHA-256, in hexadecimal, of the text that a CSS selector selects; "" when that is nothing.

    One that cannot be used selects nothing.
    """
    try:
        found = ParsedDocument(text).selected(selector)
    except ValueError:
        return ""
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}: line {error.lineno} column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else excerpt(str(error))


LOOK_AHEAD = 256 * 1024
"""How far a body is read in any case, in bytes.

A title comes early, and a body that breaks off or gets stuck behind it is trouble all the same. To
see that of most pages costs the reading of their rest; for large ones, which nobody asked to be
read, it would cost more than it tells.
"""
_HEAD = 64 * 1024
"""How much of a body is searched for signs that it stands in place of the page."""
WHOLE_BODY = "body"
"""What is to be unchanged, where it is not the text at a selector."""


@dataclass(frozen=True, slots=True)
class Reading:
    """For what of a URL's expectations its body has to be read; each as in Expectations."""

    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    matches: tuple[Pattern, ...] = ()
    json: tuple[JsonCondition, ...] = ()
    unchanged: str | None = None
    complete: bool = False

    @classmethod
    def of(cls, expected: Expectations) -> "Reading":
        """Take over what concerns the body."""
        return cls(
            expected.body_contains,
            expected.body_not_contains,
            expected.body_matches,
            expected.json,
            expected.unchanged,
            expected.complete,
        )

    @property
    def selector(self) -> str:
        """What selects the text that is to be unchanged; "" for none."""
        return "" if self.unchanged in (None, WHOLE_BODY) else str(self.unchanged)

    @property
    def needs_text(self) -> bool:
        """True if something has to be found out from the body as text."""
        return self.needs_all_text or bool(self.contains)

    @property
    def needs_all_text(self) -> bool:
        """True if that text has to be whole."""
        return bool(self.not_contains or self.matches or self.json or self.selector)

    @property
    def needs_end(self) -> bool:
        """True if the body has to be read to its end."""
        return self.needs_all_text or self.complete or self.unchanged is not None


NOTHING_ASKED = Reading()


class CheckReader:
    """Reads a body for its title and for what is expected of it; a `BodyReader`.

    status: of the answer. content_type: the header's raw value, "" when absent. What is kept of the
    body meanwhile is no more than what is fed, and nothing of it after `finish`.
    """

    __slots__ = (
        "_body",
        "_content_type",
        "_count",
        "_hash",
        "_head",
        "_page",
        "_reading",
        "_sought",
        "_status",
        "_title",
    )

    def __init__(self, reading: Reading, status: int, content_type: str) -> None:
        self._reading = reading
        self._status = status
        self._content_type = content_type
        self._title: TitleReader | None = TitleReader(content_type)
        self._page = NO_PAGE
        self._count = 0
        # Only what may stand in place of the page is looked at once more.
        self._head: list[bytes] | None = [] if status < 300 or status in REFUSALS else None
        self._body = bytearray() if reading.needs_text else None
        self._sought = [part.encode("utf-8", "replace") for part in reading.contains]
        self._hash = hashlib.sha256() if reading.unchanged == WHOLE_BODY else None

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return True when nothing more is needed."""
        if self._title is not None and self._title.feed(data):
            self._end_title(self._title)
        if self._head is not None and self._count < _HEAD:
            self._head.append(data)
        self._count += len(data)
        if self._hash is not None:
            self._hash.update(data)
        if self._body is not None:
            self._body += data
            self._look_for_parts(self._body, len(data))
        return self._is_enough()

    def finish(self) -> Page:
        """Return what was found; called once, at the body's end or when enough was fed."""
        if self._title is not None:
            self._end_title(self._title)
        body, self._body = self._body, None
        text = "" if body is None else self._text(body)
        broken = [] if body is None else list(self._broken(text))
        digest = "" if self._hash is None else self._hash.hexdigest()
        if self._reading.selector:
            digest = selected_hash(text, self._reading.selector)
        findings = BodyFindings(tuple(broken), digest)
        fields = self._with_signs(findings).as_fields()
        return replace(self._page, fields=fields) if fields else self._page

    def _end_title(self, reader: TitleReader) -> None:
        """Let go of the reader, which keeps what it was fed."""
        self._page, self._title = reader.finish(), None

    def _is_enough(self) -> bool:
        if self._title is not None or self._count < LOOK_AHEAD or self._reading.needs_end:
            return False
        return not self._reading.contains or self._has_all_parts()

    def _look_for_parts(self, body: bytearray, added: int) -> None:
        """Strike out the parts whose UTF-8 bytes have come."""
        seen = len(body) - added
        self._sought = [part for part in self._sought if body.find(part, _before(seen, part)) < 0]

    def _has_all_parts(self) -> bool:
        """Return True if all parts are certain to be there before the body's end."""
        encoding = self._page.encoding
        return not self._sought and all(is_itself(p, encoding) for p in self._reading.contains)

    def _text(self, body: bytearray) -> str:
        """The body, unless what has come is enough to go by."""
        if not self._reading.needs_all_text and self._has_all_parts():
            return ""
        return text_of(body, self._page.encoding, self._content_type)

    def _broken(self, text: str) -> Iterator[Broken]:
        reading = self._reading
        size = f"{format_size(self._count)} read" if self._count else "an empty body"
        if not self._has_all_parts():
            for part in lacking(text, reading.contains):
                yield "body_contains", quoted(part), size
        yield from unwanted(text, reading.not_contains)
        yield from unmatched(text, reading.matches, size)
        yield from unmet(text, reading.json)

    def _with_signs(self, findings: BodyFindings) -> BodyFindings:
        """Add whether something else stands in place of the page."""
        if not self._head:
            return findings
        head, self._head = b"".join(self._head)[:_HEAD], None
        protection = sign_in_body(self._status, self._page.title, head)
        if protection is not None:
            return findings._replace(protection=protection)
        if self._status >= 300 or self._count > _HEAD:
            return findings
        soft_404 = heading_not_found(head, self._page.encoding)
        return findings._replace(soft_404=excerpt(soft_404)) if soft_404 else findings


def _before(seen: int, part: bytes) -> int:
    """Where a part may begin that was not there before."""
    return max(0, seen - len(part) + 1)


_ALWAYS = ("retry-after", *HEADERS)
"""The headers that the rules themselves look at."""


# In most lists all targets expect the same; where each expects something else, none is kept long.
@lru_cache(maxsize=256)
def inquiry_for(expected: Expectations, method: Method = Method.GET) -> Inquiry:
    """Make the inquiry that finds out what `judge` has to know.

    method: how to ask where the headers are enough; what is expected of a body or a title is asked
    with GET, whatever it is. Inquiries that need the same of an answer have the same `key`,
    however else their expectations differ.
    """
    reading = Reading.of(expected)
    if reading != NOTHING_ASKED or expected.title is not None or expected.title_matches:
        method = Method.GET
    own = _own_headers(expected)

    def open_reader(status: int, content_type: str) -> BodyReader | None:
        return CheckReader(reading, status, content_type)

    return Inquiry(open_reader, method, (*_ALWAYS, *own), tls=True, key=_key(reading, method, own))


def _own_headers(expected: Expectations) -> tuple[str, ...]:
    """The headers that only these expectations need, each once, in a settled order."""
    names = {name.lower() for name, _ in (*expected.header, *expected.header_matches)}
    if expected.redirect_to is not None:
        names.add("location")  # of a redirect that is not followed
    return tuple(sorted(names.difference(_ALWAYS)))


def _key(reading: Reading, method: Method, headers: tuple[str, ...]) -> str:
    if reading == NOTHING_ASKED and method is Method.GET and not headers:
        return ""
    # An expectation can be long, and a key is kept for each URL.
    return hashlib.blake2b(repr((reading, method, headers)).encode(), digest_size=16).hexdigest()
