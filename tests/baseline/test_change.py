"""Two verdicts on one URL, compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import Change, change_of
from fetcher.judgement.verdict import Health

H, D, X, N = Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN
STRICT = frozenset({X, D})
KNOWN = st.sampled_from([H, D, X])
BROKEN = st.sampled_from([frozenset({X}), STRICT, frozenset({X, D, N})])
WORSE = {Change.NEWLY_BROKEN, Change.NEWLY_DEGRADED}


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (H, X, Change.NEWLY_BROKEN),
        (D, X, Change.NEWLY_BROKEN),
        (N, X, Change.NEWLY_BROKEN),
        (None, X, Change.NEWLY_BROKEN),
        (X, X, Change.STILL_BROKEN),
        (X, H, Change.FIXED),
        (X, D, Change.FIXED),
        (D, H, Change.FIXED),
        (H, D, Change.NEWLY_DEGRADED),
        (X, N, Change.UNKNOWN),
        (H, N, Change.UNKNOWN),
        (N, N, Change.UNCHANGED),
        (N, H, Change.UNCHANGED),
        (H, H, Change.UNCHANGED),
        (D, D, Change.UNCHANGED),
        (None, H, Change.NEW),
        (None, D, Change.NEW),
        (None, N, Change.NEW),
    ],
)
def test_the_table(before: Health | None, now: Health, change: Change) -> None:
    """Only what is unhealthy counts as broken, unless more is said."""
    assert change_of(before, now) is change


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (H, D, Change.NEWLY_BROKEN),
        (X, D, Change.STILL_BROKEN),
        (D, X, Change.STILL_BROKEN),
        (None, D, Change.NEWLY_BROKEN),
        (D, H, Change.FIXED),
    ],
)
def test_degraded_can_count_as_broken(before: Health | None, now: Health, change: Change) -> None:
    """With --degraded fail, a degraded URL is a broken one."""
    assert change_of(before, now, STRICT) is change


@given(health=st.sampled_from(Health), broken=BROKEN)
def test_the_same_is_no_change(health: Health, broken: frozenset[Health]) -> None:
    """Nothing is new, worse or better that is as it was."""
    assert change_of(health, health, broken) in (Change.UNCHANGED, Change.STILL_BROKEN)


@given(one=KNOWN, other=KNOWN, broken=BROKEN)
def test_worse_is_better_backwards(one: Health, other: Health, broken: frozenset[Health]) -> None:
    """Seen from the other side, what broke was fixed, and the other way round."""
    there, back = change_of(one, other, broken), change_of(other, one, broken)
    assert (there in WORSE) == (back is Change.FIXED)
