"""Two verdicts on one URL, compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import ResultChange, change_of
from fetcher.judgement.verdict import Health

H, D, X, N = Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN
STRICT = frozenset({X, D})
KNOWN = st.sampled_from([H, D, X])
BROKEN = st.sampled_from([frozenset({X}), STRICT, frozenset({X, D, N})])
WORSE = {ResultChange.NEWLY_BROKEN, ResultChange.NEWLY_DEGRADED}


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (H, X, ResultChange.NEWLY_BROKEN),
        (D, X, ResultChange.NEWLY_BROKEN),
        (N, X, ResultChange.NEWLY_BROKEN),
        (None, X, ResultChange.NEWLY_BROKEN),
        (X, X, ResultChange.STILL_BROKEN),
        (X, H, ResultChange.FIXED),
        (X, D, ResultChange.FIXED),
        (D, H, ResultChange.FIXED),
        (H, D, ResultChange.NEWLY_DEGRADED),
        (X, N, ResultChange.UNKNOWN),
        (H, N, ResultChange.UNKNOWN),
        (N, N, ResultChange.UNCHANGED),
        (N, H, ResultChange.UNCHANGED),
        (H, H, ResultChange.UNCHANGED),
        (D, D, ResultChange.UNCHANGED),
        (None, H, ResultChange.NEW),
        (None, D, ResultChange.NEW),
        (None, N, ResultChange.NEW),
    ],
)
def test_the_table(before: Health | None, now: Health, change: ResultChange) -> None:
    """Only what is unhealthy counts as broken, unless more is said."""
    assert change_of(before, now) is change


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (H, D, ResultChange.NEWLY_BROKEN),
        (X, D, ResultChange.STILL_BROKEN),
        (D, X, ResultChange.STILL_BROKEN),
        (None, D, ResultChange.NEWLY_BROKEN),
        (D, H, ResultChange.FIXED),
    ],
)
def test_degraded_can_count_as_broken(
    before: Health | None, now: Health, change: ResultChange
) -> None:
    """With --degraded fail, a degraded URL is a broken one."""
    assert change_of(before, now, STRICT) is change


@given(health=st.sampled_from(Health), broken=BROKEN)
def test_the_same_is_no_change(health: Health, broken: frozenset[Health]) -> None:
    """Nothing is new, worse or better that is as it was."""
    assert change_of(health, health, broken) in (ResultChange.UNCHANGED, ResultChange.STILL_BROKEN)


@given(one=KNOWN, other=KNOWN, broken=BROKEN)
def test_worse_is_better_backwards(one: Health, other: Health, broken: frozenset[Health]) -> None:
    """Seen from the other side, what broke was fixed, and the other way round."""
    there, back = change_of(one, other, broken), change_of(other, one, broken)
    assert (there in WORSE) == (back is ResultChange.FIXED)
