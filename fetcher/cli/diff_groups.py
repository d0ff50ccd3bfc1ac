"""Differences by kind, and what each of them is in words."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fetcher.earlier import Difference, Earlier, Kind
from fetcher.sinks.clean import clean
from fetcher.sinks.values import milliseconds

Fact = str | float | None
"""One side of a difference: text, or milliseconds."""

HEADINGS = {
    Kind.NEWLY_BROKEN: "Newly broken",
    Kind.NEWLY_DEGRADED: "Newly degraded",
    Kind.FIXED: "Fixed",
    Kind.UNKNOWN: "Could not be judged this time",
    Kind.SLOWER: "Slower",
    Kind.TITLE_CHANGED: "Title changed",
    Kind.REDIRECTED_ELSEWHERE: "Redirected elsewhere",
    Kind.CERTIFICATE_RENEWED: "Certificate renewed",
    Kind.CERTIFICATE_EXPIRES_SOONER: "Certificate replaced by one that expires sooner",
    Kind.REMOVED: "Removed",
    Kind.ADDED: "Added",
}
"""What each kind is called, in the order in which they are shown."""


@dataclass(slots=True)
class Groups:
    """Differences by kind: all are counted, and the first `limit` of each kind kept.

    before, now: how many URLs the two results have.
    """

    limit: int | None = None
    before: int = 0
    now: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    kept: dict[Kind, list[Difference]] = field(default_factory=dict)

    def add(self, difference: Difference, *, keep: bool = True) -> None:
        """Take a difference."""
        self.counts[difference.kind] += 1
        kept = self.kept.setdefault(difference.kind, [])
        if keep and (self.limit is None or len(kept) < self.limit):
            kept.append(difference)

    def headline(self) -> str:
        """All in one line."""
        totals = f"{self.before:,} URLs before, {self.now:,} now"
        parts = [
            f"{self.counts[kind]:,} {heading.lower()}"
            for kind, heading in HEADINGS.items()
            if self.counts[kind]
        ]
        return f"{totals}: {', '.join(parts) or 'no difference'}"


def facts(difference: Difference) -> tuple[Fact, Fact]:
    """Say what was and what is, as far as the kind of difference is about it."""
    old, new, kind = difference.old, difference.new, difference.kind
    if kind is Kind.SLOWER:
        return _elapsed(old), _elapsed(new)
    if kind is Kind.TITLE_CHANGED:
        return _text(old.title if old else None), _text(new.title if new else None)
    if kind is Kind.REDIRECTED_ELSEWHERE:
        return _text(old.final_url if old else None), _text(new.final_url if new else None)
    if kind in (Kind.CERTIFICATE_RENEWED, Kind.CERTIFICATE_EXPIRES_SOONER):
        return _certificate(old), _certificate(new)
    return old.judged.value if old else None, new.judged.value if new else None


def cause(difference: Difference) -> str:
    """Say why it is no longer healthy, "" when it is, or when that is not what differs."""
    new = difference.new
    about_health = (Kind.NEWLY_BROKEN, Kind.NEWLY_DEGRADED, Kind.UNKNOWN)
    if new is None or difference.kind not in about_health:
        return ""
    status = f"status {new.status}" if new.status is not None else ""
    parts = (new.trouble and new.trouble.value, new.reason or status)
    return clean(": ".join(part for part in parts if part))


def _elapsed(row: Earlier | None) -> Fact:
    return None if row is None else milliseconds(row.elapsed)


def _text(text: str | None) -> Fact:
    return None if text is None else clean(text)


def _certificate(row: Earlier | None) -> Fact:
    """Give the time of expiry, or what else tells one certificate from another."""
    if row is None or row.expires is None:
        return _text(row.fingerprint if row else None)
    moment = datetime.fromtimestamp(row.expires, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
