"""What differs between two results, as a pure function of both."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fetcher.baseline.previous_result import PreviousResult
from fetcher.judgement.verdict import Health


class ResultChange(StrEnum):
    """What has become of one URL.

    newly_broken: broken now, and not before, or not there before. still_broken: both times.
    fixed: broken or degraded before, and better now. newly_degraded: healthy before. unknown: it
    could not be judged this time, which says nothing either way. new: not there before, and not
    broken. unchanged: all else.
    """

    NEWLY_BROKEN = "newly_broken"
    STILL_BROKEN = "still_broken"
    NEWLY_DEGRADED = "newly_degraded"
    FIXED = "fixed"
    UNKNOWN = "unknown"
    NEW = "new"
    UNCHANGED = "unchanged"


BROKEN = frozenset({Health.UNHEALTHY})
"""What counts as broken where nothing else is said."""


def change_of(
    before: Health | None, now: Health, broken: Container[Health] = BROKEN
) -> ResultChange:
    """Compare two verdicts on one URL.

    before: None when it was not there. broken: the verdicts that count as broken. What could not
    be judged before was not broken: otherwise what has broken since would never be reported.
    """
    if now in broken:
        return ResultChange.STILL_BROKEN if before in broken else ResultChange.NEWLY_BROKEN
    if before is None:
        return ResultChange.NEW
    if now is Health.UNKNOWN:
        return ResultChange.UNCHANGED if before is Health.UNKNOWN else ResultChange.UNKNOWN
    if before in broken or (before is Health.DEGRADED and now is Health.HEALTHY):
        return ResultChange.FIXED
    if before is Health.HEALTHY and now is Health.DEGRADED:
        return ResultChange.NEWLY_DEGRADED
    return ResultChange.UNCHANGED


_ANSWERED = frozenset({Health.HEALTHY, Health.DEGRADED})


class DifferenceKind(StrEnum):
    """One way in which a URL differs, in the order in which people want to know."""

    NEWLY_BROKEN = "newly_broken"
    NEWLY_DEGRADED = "newly_degraded"
    FIXED = "fixed"
    UNKNOWN = "unknown"
    SLOWER = "slower"
    TITLE_CHANGED = "title_changed"
    REDIRECTED_ELSEWHERE = "redirected_elsewhere"
    CERTIFICATE_RENEWED = "certificate_renewed"
    CERTIFICATE_EXPIRES_SOONER = "certificate_expires_sooner"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a difference counts.

    broken: the verdicts that count as broken. factor, seconds: slower is what takes `factor` times
    as long as before and at least `seconds` longer: times of a few milliseconds vary by factors.
    """

    broken: Container[Health] = BROKEN
    factor: float = 2.0
    seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was; a URL can have several.

    old: None for what was added. new: None for what was removed.
    """

    kind: DifferenceKind
    old: PreviousResult | None
    new: PreviousResult | None

    @property
    def url(self) -> str:
        """The URL, as it is written in the newer result where it is there."""
        row = self.new or self.old
        return row.url if row is not None else ""


_OF_CHANGE = {
    ResultChange.NEWLY_BROKEN: DifferenceKind.NEWLY_BROKEN,
    ResultChange.NEWLY_DEGRADED: DifferenceKind.NEWLY_DEGRADED,
    ResultChange.FIXED: DifferenceKind.FIXED,
    ResultChange.UNKNOWN: DifferenceKind.UNKNOWN,
}


def compare(
    old: Mapping[str, PreviousResult],
    new: Mapping[str, PreviousResult],
    limits: Limits | None = None,
) -> Iterator[Difference]:
    """Yield what differs: URL by URL in the order of `new`, then what `old` alone has.

    The keys are the rows' URLs, in one spelling for both, or looked up in any (`PreviousResults`).
    Title, redirects and time are compared only of answers: of what is neither unhealthy nor
    unknown, in both. What one of the files does not say is not compared.
    """
    limits = limits or Limits()
    for now in new.values():
        before = old.get(now.url)
        for kind in _kinds(before, now, limits):
            yield Difference(kind, before, now)
    for gone in old.values():
        if gone.url not in new:
            yield Difference(DifferenceKind.REMOVED, gone, None)


def _kinds(
    old: PreviousResult | None, new: PreviousResult, limits: Limits
) -> Iterator[DifferenceKind]:
    change = change_of(None if old is None else old.judged, new.judged, limits.broken)
    if change in _OF_CHANGE:
        yield _OF_CHANGE[change]
    if old is None:
        yield DifferenceKind.ADDED
        return
    if old.judged in _ANSWERED and new.judged in _ANSWERED:
        if _slower(old.elapsed, new.elapsed, limits):
            yield DifferenceKind.SLOWER
        if None not in (old.title, new.title) and old.title != new.title:
            yield DifferenceKind.TITLE_CHANGED
        if old.final_url and new.final_url and old.final_url != new.final_url:
            yield DifferenceKind.REDIRECTED_ELSEWHERE
    if old.fingerprint and new.fingerprint and old.fingerprint != new.fingerprint:
        yield _of_certificate(old.expires, new.expires)


def _slower(old: float | None, new: float | None, limits: Limits) -> bool:
    if old is None or new is None or new <= old:
        return False
    # Binary fractions must not decide: 1.4 s is one second more than 0.4 s.
    longer, times = round(new - old, 6), round(old * limits.factor, 6)
    return new >= times and longer >= limits.seconds


def _of_certificate(old: float | None, new: float | None) -> DifferenceKind:
    # A renewal lasts longer; what lasts shorter is an old certificate come back, or another's.
    if old is not None and new is not None and new < old:
        return DifferenceKind.CERTIFICATE_EXPIRES_SOONER
    return DifferenceKind.CERTIFICATE_RENEWED
