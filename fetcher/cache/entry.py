"""One answer as it is kept."""

from dataclasses import dataclass, replace

from multidict import CIMultiDict

from fetcher.cache.fields import refreshed
from fetcher.cache.freshness import Span
from fetcher.transport.base import Condition, as_text


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept answer without its body.

    fields: those that may be kept, in their order. span: of the latest request that it answers
    for, be it only with a 304. first: when the whole answer was asked for, seconds since the epoch.
    ip, http_version: as in `model.Response`. size: bytes of the body, without Content-Encoding.
    """

    status: int
    fields: CIMultiDict[str]
    span: Span
    first: float
    ip: str
    http_version: str
    size: int

    @property
    def content_type(self) -> str:
        """The field's value, "" when it is absent."""
        return as_text(self.fields.get("Content-Type", ""))

    @property
    def condition(self) -> Condition | None:
        """What to ask with whether it still holds; None when it has no validator."""
        etag, modified = self._sendable("ETag"), self._sendable("Last-Modified")
        return Condition(etag, modified, self.first) if etag or modified else None

    def validated(self, fields: CIMultiDict[str], span: Span) -> "Entry":
        """The entry after a 304 with these fields (RFC 9111, section 4.3.4)."""
        return replace(self, fields=refreshed(self.fields, fields), span=span)

    def _sendable(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if value.isprintable() else ""
