"""The reader of a body that is checked: it makes small facts of what has to be known of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fetcher.extraction import TitleReader
from fetcher.extraction.text import is_itself, text_of
from fetcher.judgement.blocked import REFUSALS, sign_in_body
from fetcher.judgement.bodies import lacking, selected_hash, unmatched, unmet, unwanted
from fetcher.judgement.excerpts import excerpt
from fetcher.judgement.expectations import Expectations, JsonCondition, Pattern
from fetcher.judgement.findings import Broken, Findings
from fetcher.judgement.soft404 import heading_not_found
from fetcher.judgement.words import quoted
from fetcher.model import NO_PAGE, Page
from fetcher.units import format_size

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
        """Whether there is something to be found out from the body as text."""
        return self.needs_all_text or bool(self.contains)

    @property
    def needs_all_text(self) -> bool:
        """Whether that text has to be whole."""
        return bool(self.not_contains or self.matches or self.json or self.selector)

    @property
    def needs_end(self) -> bool:
        """Whether the body has to be read to its end."""
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
        """Take the next bytes; true when nothing more is needed."""
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
        """Say what was found; called once, at the body's end or when enough was fed."""
        if self._title is not None:
            self._end_title(self._title)
        body, self._body = self._body, None
        text = "" if body is None else self._text(body)
        broken = [] if body is None else list(self._broken(text))
        digest = "" if self._hash is None else self._hash.hexdigest()
        if self._reading.selector:
            digest = selected_hash(text, self._reading.selector)
        findings = Findings(tuple(broken), digest)
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
        """Whether all parts are there for certain, before the body's end."""
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

    def _with_signs(self, findings: Findings) -> Findings:
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
