"""The summary says in a few lines what a run has done."""

from fetcher.cli.progress import summary_lines
from fetcher.engine.run_stats import CheckStats, RunStats
from fetcher.failures import Failure, FailureKind
from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Outcome, Response, Result, Target


def answered(status: int = 200) -> Result:
    """An answer that took a quarter of a second."""
    url = "http://a.example/"
    return Result(Target(0, url), Outcome(Response(status, url, bytes_read=10), elapsed=0.25))


def checked(health: Health, trouble: Trouble | None = None) -> Checked:
    """An answer with a verdict."""
    plain = answered()
    reasons = (Reason(health, trouble, "why"),) if trouble else ()
    return Checked(plain.target, plain.outcome, plain.page, Verdict(health, reasons))


def test_titles() -> None:
    """Statuses, failures, slow hosts and bytes; nothing about health."""
    stats = RunStats()
    for result in (
        answered(),
        answered(404),
        Result(Target(0, "x"), Outcome(None, Failure.of(FailureKind.DNS_NOT_FOUND))),
    ):
        stats.add(result)
    assert summary_lines(stats, 2.0) == [
        "3 URLs in 2 s (2/s)",
        "  status:   200 OK 1, 404 Not Found 1",
        "  failures: dns_not_found 1",
        "  slowest:  a.example 250 ms",
        "  read:     20 B",
    ]


def test_a_check() -> None:
    """Every health with its number, those of none too, then the troubles, most often first."""
    stats = CheckStats()
    for result in (
        checked(Health.HEALTHY),
        checked(Health.UNKNOWN, Trouble.LOCAL),
        checked(Health.DEGRADED, Trouble.FLAKY),
        checked(Health.DEGRADED, Trouble.FLAKY),
    ):
        stats.add(result)
    lines = summary_lines(stats, 2.0)
    assert lines[1:4] == [
        "  health:   healthy 1, degraded 2, unhealthy 0, unknown 1",
        "  trouble:  flaky 2, local 1",
        "  status:   200 OK 4",
    ]


def test_a_check_without_trouble() -> None:
    """Where nothing is wrong, no line says so twice."""
    stats = CheckStats()
    stats.add(checked(Health.HEALTHY))
    assert "trouble" not in "".join(summary_lines(stats, 1.0))


def test_a_check_of_nothing() -> None:
    """An empty run has no healths."""
    assert summary_lines(CheckStats(), 1.0) == ["0 URLs in 1 s (0/s)", "  read:     0 B"]


def test_an_interrupted_run() -> None:
    """It is said how many of the rows that were read have no result."""
    assert summary_lines(RunStats(), 0.0, 1)[-1] == "  interrupted: 1 URL not fetched"


def test_a_check_that_was_interrupted_behind_its_first_pass() -> None:
    """Nothing read was left undone, but not all that failed had its second chance."""
    assert summary_lines(CheckStats(), 0.0, 0)[-1] == (
        "  interrupted: every URL was checked, but not every failure was checked again"
    )
