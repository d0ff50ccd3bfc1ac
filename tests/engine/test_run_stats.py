"""The stats: what is counted, and that the slowest hosts are those of the whole run."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher.engine.run_stats import CheckStats, RunStats
from fetcher.failures import Failure, FailureKind
from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Outcome, Response, Result, Target


def answered(url: str = "http://a/", status: int = 200, elapsed: float = 1.0) -> Result:
    """A row that was answered."""
    response = Response(status, url, bytes_read=10, bytes_saved=3)
    return Result(Target(0, url), Outcome(response, elapsed=elapsed))


def failed(kind: FailureKind, response: Response | None = None) -> Result:
    """A row that was not."""
    return Result(Target(0, "x"), Outcome(response, Failure.of(kind)))


def test_each_result_is_counted_once_as_what_it_is() -> None:
    """Answers count by status, failures by kind; 400 and more count as failed too."""
    stats = RunStats()
    cut = Response(200, "http://a/", bytes_read=7, bytes_saved=1)
    for result in (
        answered(),
        answered(status=404),
        answered(status=399),
        failed(FailureKind.INVALID_URL),
        failed(FailureKind.BODY_TRUNCATED, cut),
    ):
        stats.add(result)
    assert (stats.done, stats.failed) == (5, 3)
    assert stats.statuses == {200: 1, 404: 1, 399: 1}
    assert stats.kinds == {"invalid_url": 1, "body_truncated": 1}
    assert (stats.bytes_read, stats.bytes_saved) == (37, 10)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 10_000))))
def test_the_slowest_hosts_are_those_of_the_whole_run(answers: list[tuple[int, int]]) -> None:
    """Whatever the order of the answers, the five slowest hosts come out with their longest."""
    stats = RunStats()
    longest: dict[str, float] = {}
    for host, elapsed in answers:
        stats.add(answered(f"http://me:secret@h{host}:81/path?q#f", elapsed=elapsed))
        longest[f"h{host}:81"] = max(elapsed, longest.get(f"h{host}:81", 0))
    slowest = stats.slowest()
    assert [seconds for _, seconds in slowest] == sorted(longest.values(), reverse=True)[:5]
    assert all(longest[host] == seconds for host, seconds in slowest)


def test_the_slowest_hosts_are_few() -> None:
    """However many hosts there are, no more than a handful is remembered."""
    stats = RunStats()
    for number in range(1000):
        stats.add(answered(f"http://h{number}/", elapsed=1 + number))
    assert len(stats._slowest) <= 5


def test_a_check_counts_verdicts_too() -> None:
    """Each verdict counts by its health and its gravest trouble, beside what every run counts."""
    gone = Reason(Health.UNHEALTHY, Trouble.GONE, "404")
    slow = Reason(Health.DEGRADED, Trouble.TIMEOUT, "2 s")
    stats = CheckStats()
    for verdict in (
        Verdict(Health.HEALTHY),
        Verdict(Health.UNHEALTHY, (gone, slow)),
        Verdict(Health.DEGRADED, (slow,)),
    ):
        plain = answered()
        stats.add(Checked(plain.target, plain.outcome, plain.page, verdict))
    stats.add(failed(FailureKind.INTERNAL_ERROR))
    assert (stats.done, stats.failed, stats.bytes_read) == (4, 1, 30)
    assert stats.statuses == {200: 3}
    assert stats.healths == {Health.HEALTHY: 1, Health.UNHEALTHY: 1, Health.DEGRADED: 1}
    assert stats.troubles == {Trouble.GONE: 1, Trouble.TIMEOUT: 1}
    assert stats.slowest() == [("a", 1.0)]
