"""What holds for the verdict on any result."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.judgement.expectations import Expectations, Pattern
from fetcher.judgement.judge import judge, settle_recheck, worth_rechecking
from fetcher.judgement.verdict import BodyFindings, Health, Verdict
from fetcher.model import Certificate, Hop, Outcome, Page, Response, Result, Target, TlsFacts
from fetcher.text import clean

text = st.text(max_size=30)
urls = text | st.sampled_from(
    ["https://a.example/", "https://a.example/p", "http://a.example/404", "http://[", "//"]
)
statuses = st.sampled_from([100, 200, 202, 204, 302, 403, 404, 429, 503, 999]) | st.integers()
numbers = st.floats() | st.integers(-(10**6), 10**10)
headers = st.dictionaries(
    text | st.sampled_from(["retry-after", "cf-mitigated", "location"]), text, max_size=3
)
responses = st.builds(
    Response, statuses, urls, text, text | st.sampled_from(["1.0", "1.1"]), headers=headers
)
failures = st.builds(
    Failure,
    st.sampled_from(FailureKind),
    st.sampled_from(Phase),
    text | st.sampled_from([kind.value for kind in FailureKind]),
)
certificates = st.builds(
    Certificate, text, text, st.tuples(text), numbers, numbers, st.booleans(), text
)
tls = st.builds(TlsFacts, text | st.sampled_from(["", "1.2", "1.3"]), st.none() | certificates)
outcomes = st.builds(
    Outcome,
    st.none() | responses,
    st.none() | failures,
    st.lists(st.builds(Hop, urls, statuses), max_size=3).map(tuple),
    st.integers(0, 5),
    st.none() | st.floats(),
    earlier=st.lists(text, max_size=2).map(tuple),
    tls=st.none() | tls,
)
broken = st.tuples(
    st.sampled_from(["body_contains", "body_not_contains", "body_matches", "json"]), text, text
)
findings = st.builds(
    BodyFindings,
    st.lists(broken, max_size=2).map(tuple),
    text,
    st.none() | st.tuples(text, text),
    text,
)
pages = st.builds(Page, st.none() | text, text, text, findings.map(BodyFindings.as_fields))
results = st.builds(Result, st.builds(Target, st.just(0), urls), outcomes, pages)
expectations = st.sampled_from(
    [
        Expectations(),
        Expectations(
            status=((404, 404),),
            degraded_after=1,
            unhealthy_after=2,
            final_url="/end",
            redirect_to="https://b.example/",
            header=(("A", "b"),),
            header_matches=(("Location", Pattern("^/")),),
            title="t",
            title_matches=Pattern("t"),
            unchanged="p",
            hash="aa",
            certificate_days=14,
            tls_min="1.3",
            http_min="1.1",
        ),
    ]
)
verdicts = st.builds(
    lambda result, expected: judge(result, expected, now=1.8e9, last_hash="bb"),
    results,
    expectations,
)

WORSE = [Health.HEALTHY, Health.UNKNOWN, Health.DEGRADED, Health.UNHEALTHY]


def check(verdict: Verdict) -> None:
    """Assert what holds for each verdict."""
    gravities = [WORSE.index(reason.health) for reason in verdict.reasons]
    assert gravities == sorted(gravities, reverse=True)
    assert verdict.health is (verdict.reasons[0].health if gravities else Health.HEALTHY)
    assert all(reason.health is not Health.HEALTHY for reason in verdict.reasons)
    assert clean(verdict.text) == verdict.text
    assert clean(verdict.flaky) == verdict.flaky
    assert all(reason.text for reason in verdict.reasons)


@given(verdicts)
def test_any_result_can_be_judged(verdict: Verdict) -> None:
    """Nothing raises; the worst health wins; reasons are sorted, printable and never empty."""
    check(verdict)


@given(results, expectations)
def test_a_failure_is_never_healthy(result: Result, expected: Expectations) -> None:
    """Whatever else is in it."""
    if result.outcome.failure is not None:
        assert judge(result, expected, now=1.8e9).health is not Health.HEALTHY


@given(verdicts, verdicts)
def test_any_two_verdicts_can_be_settled(first: Verdict, second: Verdict) -> None:
    """What was broken is never healthy after all, and what was asked twice is a verdict too."""
    settled = settle_recheck(first, second)
    check(settled)
    if first.health in (Health.UNHEALTHY, Health.DEGRADED):
        assert settled.health in (Health.UNHEALTHY, Health.DEGRADED)
    if worth_rechecking(first):
        assert first.health in (Health.UNHEALTHY, Health.UNKNOWN)
