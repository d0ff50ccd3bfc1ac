"""What may be stored, and what may be reused without validation (RFC 9111, sections 3 and 4)."""

from dataclasses import dataclass, replace

from multidict import CIMultiDict

from fetcher.http_fields import decoded_value, http_date
from fetcher.transport.base import Precondition
from fetcher.transport.cache.rfc9111 import (
    Directives,
    ExchangeTimes,
    birth,
    explicit_lifetime,
    lifetime,
    names,
    refreshed,
)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A stored answer without its body.

    fields: those that may be stored, in order. span: of the latest request that brought or
    validated it. first: when the whole answer was requested, seconds since the epoch. ip,
    http_version: as in `model.Response`. size: bytes of the body, without Content-Encoding.
    """

    status: int
    fields: CIMultiDict[str]
    span: ExchangeTimes
    first: float
    ip: str
    http_version: str
    size: int

    @property
    def content_type(self) -> str:
        """The field's value, "" if it is absent."""
        return decoded_value(self.fields.get("Content-Type", ""))

    @property
    def condition(self) -> Precondition | None:
        """The condition that validates it; None if it has no validator."""
        etag, modified = self._sendable("ETag"), self._sendable("Last-Modified")
        return Precondition(etag, modified, self.first) if etag or modified else None

    def validated(self, fields: CIMultiDict[str], span: ExchangeTimes) -> "CacheEntry":
        """Return the entry after a 304 with these fields (RFC 9111, section 4.3.4)."""
        return replace(self, fields=refreshed(self.fields, fields), span=span)

    def _sendable(self, name: str) -> str:
        value = self.fields.get(name, "")
        return value if value.isprintable() else ""


REDIRECTS = frozenset({301, 302, 307, 308})
UNDERSTOOD = frozenset({200, 203, 204, 300, *REDIRECTS})
"""Statuses of answers that are stored. Errors are always requested again."""
_ONLY_IF_EXPLICIT = frozenset({302, 307})
"""Those that are stored only with an explicit lifetime (RFC 9110, section 15.4)."""


def may_keep(entry: CacheEntry, asked_with: Directives, sets_cookie: bool) -> bool:
    """Return True if an answer may be stored, and is useful then (section 3).

    This is a private cache: `private` and Authorization do not matter, s-maxage does not count.
    """
    directives = Directives(entry.fields.getall("Cache-Control", ()))
    if entry.status not in UNDERSTOOD or "no-store" in asked_with:
        return False
    if "no-store" in directives and "must-understand" not in directives:
        return False
    if "*" in names(entry.fields.getall("Vary", [])):
        return False
    # Such a redirect often leads back to itself, and loops for whoever lacks the cookie.
    if entry.status in REDIRECTS and sets_cookie:
        return False
    explicit = explicit_lifetime(entry.fields, entry.span)
    if entry.status in _ONLY_IF_EXPLICIT and explicit is None:
        return False
    return bool(explicit) or _has_validator(entry)


def is_fresh(entry: CacheEntry, asked_with: Directives, now: float, heuristic: float = 0.0) -> bool:
    """Return True if an answer may be reused without validation (sections 4.2 and 5.2.1).

    now: seconds since the epoch; if that is before the answer came, its age is unknown.
    """
    if "no-cache" in asked_with or now < entry.span.received:
        return False
    if "no-cache" in Directives(entry.fields.getall("Cache-Control", ())):
        return False
    # Statuses for which a lifetime may be guessed are all that are kept without one.
    lasts = lifetime(entry.fields, entry.span, heuristic)
    age = now - birth(entry.fields, entry.span)
    at_most, at_least = asked_with.seconds("max-age"), asked_with.seconds("min-fresh")
    if at_most is not None and age > at_most:
        return False
    return age + (at_least or 0) < lasts


def is_same(entry: CacheEntry, fields: CIMultiDict[str]) -> bool:
    """Return True if the fields of another answer may belong to the same body (section 4.3.4).

    Compares the entity tags (weakly) if both have one, else the dates of the last change; with
    neither, nothing speaks against it.
    """
    for name, plain in (("ETag", _opaque), ("Last-Modified", _moment)):
        ours, theirs = entry.fields.get(name), fields.get(name)
        if ours and theirs:
            return plain(ours) == plain(theirs)
    return True


def _has_validator(entry: CacheEntry) -> bool:
    return entry.condition is not None


def _opaque(etag: str) -> str:
    """Return an entity tag without its weakness mark (RFC 9110, section 8.8.3.2)."""
    return etag.strip().removeprefix("W/")


def _moment(date: str) -> object:
    moment = http_date(date)
    return date if moment is None else moment
