"""How a URL's health compares with what it was the last time."""

from collections.abc import Container
from enum import StrEnum

from fetcher.judgement.verdict import Health


class Change(StrEnum):
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


def change_of(before: Health | None, now: Health, broken: Container[Health] = BROKEN) -> Change:
    """Compare two verdicts on one URL.

    before: None when it was not there. broken: the verdicts that count as broken. What could not
    be judged before was not broken: else what has broken since would never be told.
    """
    if now in broken:
        return Change.STILL_BROKEN if before in broken else Change.NEWLY_BROKEN
    if before is None:
        return Change.NEW
    if now is Health.UNKNOWN:
        return Change.UNCHANGED if before is Health.UNKNOWN else Change.UNKNOWN
    if before in broken or (before is Health.DEGRADED and now is Health.HEALTHY):
        return Change.FIXED
    if before is Health.HEALTHY and now is Health.DEGRADED:
        return Change.NEWLY_DEGRADED
    return Change.UNCHANGED
