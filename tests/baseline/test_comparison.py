"""Two results, compared."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import BROKEN, DifferenceKind, Limits, PreviousResult, compare
from fetcher.judgement.verdict import Health

URL = "http://a.example/"
H, D, X, N = Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN
OK = PreviousResult(URL, H, None, None, 200, "A", URL, 0.1, "aa", 1000.0)

TEXTS = st.sampled_from([None, "", "a", "b"])
SECONDS = st.none() | st.floats(0, 100)
ROWS = st.builds(
    PreviousResult,
    url=st.sampled_from("abcdef"),
    health=st.none() | st.sampled_from(Health),
    reason=TEXTS,
    status=st.none() | st.sampled_from([200, 404]),
    title=TEXTS,
    final_url=TEXTS,
    elapsed=SECONDS,
    fingerprint=TEXTS,
    expires=SECONDS,
)
RESULTS = st.lists(ROWS).map(lambda rows: {row.url: row for row in rows})
LIMITS = st.builds(
    Limits,
    st.sampled_from([BROKEN, frozenset({X, D}), frozenset({X, D, N})]),
    st.floats(1, 10),
    st.floats(0, 1),
)


def kinds(
    old: PreviousResult | None, new: PreviousResult | None, limits: Limits | None = None
) -> list[DifferenceKind]:
    """Compare what two results say about one URL."""
    before, now = ({URL: row} if row is not None else {} for row in (old, new))
    return [difference.kind for difference in compare(before, now, limits)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (OK, OK, []),
        (OK, replace(OK, health=X), [DifferenceKind.NEWLY_BROKEN]),
        (replace(OK, health=X), OK, [DifferenceKind.FIXED]),
        (OK, replace(OK, health=D), [DifferenceKind.NEWLY_DEGRADED]),
        (OK, replace(OK, health=N), [DifferenceKind.UNKNOWN]),
        (None, OK, [DifferenceKind.ADDED]),
        (None, replace(OK, health=X), [DifferenceKind.NEWLY_BROKEN, DifferenceKind.ADDED]),
        (OK, None, [DifferenceKind.REMOVED]),
        (OK, replace(OK, title="B"), [DifferenceKind.TITLE_CHANGED]),
        (OK, replace(OK, title=""), [DifferenceKind.TITLE_CHANGED]),
        (OK, replace(OK, title=None), []),
        (OK, replace(OK, final_url="http://b.example/"), [DifferenceKind.REDIRECTED_ELSEWHERE]),
        (OK, replace(OK, final_url=None), []),
        (OK, replace(OK, fingerprint="bb", expires=2000.0), [DifferenceKind.CERTIFICATE_RENEWED]),
        (OK, replace(OK, fingerprint="bb", expires=None), [DifferenceKind.CERTIFICATE_RENEWED]),
        (
            OK,
            replace(OK, fingerprint="bb", expires=999.0),
            [DifferenceKind.CERTIFICATE_EXPIRES_SOONER],
        ),
        (OK, replace(OK, fingerprint=None, expires=999.0), []),
        (OK, replace(OK, expires=999.0), []),
    ],
)
def test_each_kind(
    old: PreviousResult | None, new: PreviousResult | None, expected: list[DifferenceKind]
) -> None:
    """Each way to differ has its kind; what one side does not say is not compared."""
    assert kinds(old, new) == expected


@pytest.mark.parametrize(
    ("before", "now", "limits", "slower"),
    [
        (0.5, 1.0, Limits(), True),
        (0.5, 0.99, Limits(), False),
        (0.01, 0.09, Limits(), False),
        (0.4, 0.89, Limits(), False),
        (1.0, 1.6, Limits(), False),
        (1.0, 1.6, Limits(factor=1.5), True),
        (0.01, 0.09, Limits(seconds=0.05), True),
        (1.0, 1.0, Limits(factor=1.0, seconds=0.0), False),
        (0.0, 1.0, Limits(), True),
        (None, 9.0, Limits(), False),
        (9.0, None, Limits(), False),
    ],
)
def test_slower(before: float | None, now: float | None, limits: Limits, slower: bool) -> None:
    """Slower is by a factor, and by as much as is worth a word."""
    found = kinds(replace(OK, elapsed=before), replace(OK, elapsed=now), limits)
    assert found == [DifferenceKind.SLOWER] * slower


@pytest.mark.parametrize("health", [X, N])
def test_pages_of_errors_are_not_compared(health: Health) -> None:
    """The title, place and time of an error page are nobody's concern; its certificate is."""
    bad = replace(OK, health=health, title="Error", final_url="http://e/", elapsed=9.0)
    assert kinds(bad, replace(bad, title="Other", elapsed=99.0)) == []
    assert len(kinds(OK, bad)) == 1
    assert DifferenceKind.CERTIFICATE_RENEWED in kinds(OK, replace(bad, fingerprint="bb"))


def test_without_verdicts_error_and_status_count() -> None:
    """Results that judge nothing are compared by what follows from them."""
    titles = PreviousResult(URL, status=200, title="A")
    assert kinds(titles, replace(titles, status=404)) == [DifferenceKind.NEWLY_BROKEN]
    assert kinds(replace(titles, status=None, reason="dns"), OK) == [DifferenceKind.FIXED]
    assert kinds(titles, replace(OK, title="B")) == [DifferenceKind.TITLE_CHANGED]


def test_the_order_is_that_of_the_newer_result() -> None:
    """What differs comes in the order of the newer result, then what is gone, in its own."""
    old = {name: replace(OK, url=name) for name in "zyba"}
    new = {name: replace(OK, url=name, title="B") for name in "cab"}
    found = [(difference.url, difference.kind) for difference in compare(old, new)]
    assert found == [
        ("c", DifferenceKind.ADDED),
        ("a", DifferenceKind.TITLE_CHANGED),
        ("b", DifferenceKind.TITLE_CHANGED),
        ("z", DifferenceKind.REMOVED),
        ("y", DifferenceKind.REMOVED),
    ]


@given(RESULTS, LIMITS)
def test_a_result_does_not_differ_from_itself(
    rows: dict[str, PreviousResult], limits: Limits
) -> None:
    """Compared with itself, nothing differs."""
    assert list(compare(rows, dict(rows), limits)) == []


@given(RESULTS, RESULTS, LIMITS)
def test_swapped_sides_swap_what_is_found(
    old: dict[str, PreviousResult], new: dict[str, PreviousResult], limits: Limits
) -> None:
    """Backwards, what broke was fixed, what was added is removed, and a change is a change."""

    def found(
        one: dict[str, PreviousResult], other: dict[str, PreviousResult]
    ) -> dict[DifferenceKind, set[str]]:
        urls: dict[DifferenceKind, set[str]] = {kind: set() for kind in DifferenceKind}
        for difference in compare(one, other, limits):
            urls[difference.kind].add(difference.url)
        return urls

    there, back = found(old, new), found(new, old)
    both = {key for key in old.keys() & new if N not in (old[key].judged, new[key].judged)}
    worse = there[DifferenceKind.NEWLY_BROKEN] | there[DifferenceKind.NEWLY_DEGRADED]
    assert worse & both == back[DifferenceKind.FIXED] & both
    assert there[DifferenceKind.ADDED] == back[DifferenceKind.REMOVED]
    assert not there[DifferenceKind.SLOWER] & back[DifferenceKind.SLOWER]
    for kind in (DifferenceKind.TITLE_CHANGED, DifferenceKind.REDIRECTED_ELSEWHERE):
        assert there[kind] == back[kind]
    assert (
        not there[DifferenceKind.CERTIFICATE_EXPIRES_SOONER]
        & back[DifferenceKind.CERTIFICATE_EXPIRES_SOONER]
    )
