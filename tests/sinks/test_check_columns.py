"""A check's columns say what its verdict is, and what was seen of the server."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from fetcher.failures import Failure, FailureKind
from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Certificate, Outcome, Page, Response, Result, Target, TlsFacts
from fetcher.sinks.base import Value
from fetcher.sinks.columns import COLUMNS, choose, describe, one_row
from fetcher.sinks.job_columns import CHECK_COLUMNS, check_columns

DAY = 86_400.0
NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z
COLUMNS_NOW = check_columns(lambda: NOW)
CERTIFICATE = Certificate(
    "a.example", "An Issuer", ("a.example", "*.b.example"), 0, NOW + 12.5 * DAY, False, "ab" * 32
)
FULL = Checked(
    Target(0, "https://a.example/"),
    Outcome(Response(404, "https://a.example/"), tls=TlsFacts("1.3", CERTIFICATE)),
    Page("Gone", fields={"hash": "5f" * 32}),
    Verdict(
        Health.UNHEALTHY,
        (
            Reason(Health.UNHEALTHY, Trouble.GONE, "expected 200..299, found 404"),
            Reason(Health.DEGRADED, Trouble.TIMEOUT, "it took 2 s"),
        ),
        "connect_refused",
    ),
)
EXPECTED: dict[str, Value] = {
    "health": "unhealthy",
    "trouble": "gone",
    "reason": "expected 200..299, found 404; it took 2 s",
    "flaky": "connect_refused",
    "tls_version": "1.3",
    "cert_subject": "a.example",
    "cert_issuer": "An Issuer",
    "cert_names": "a.example, *.b.example",
    "cert_days_left": 12,
    "cert_expires": "2027-01-27T20:00:00Z",
    "cert_fingerprint": "ab" * 32,
    "hash": "5f" * 32,
}


def read(result: Result, *names: str) -> tuple[Value, ...]:
    """Make the row of these columns."""
    return one_row(choose(names, (), COLUMNS_NOW))(result)[0]


def with_certificate(**values: object) -> Checked:
    """The full result, with another certificate."""
    tls = TlsFacts("", replace(CERTIFICATE, **values))  # type: ignore[arg-type]
    return replace(FULL, outcome=replace(FULL.outcome, tls=tls))


def test_every_column_of_a_check_reads_its_value() -> None:
    """What a check adds to the columns of every job is read, and typed as it says."""
    added = [name for name in COLUMNS_NOW if name not in COLUMNS]
    row = dict(zip(added, read(FULL, *added), strict=True))
    assert row == EXPECTED
    assert all(type(row[name]) is COLUMNS_NOW[name].kind for name in added)


def test_the_columns_of_every_job_are_there_too() -> None:
    """Each is the same column, but for the status; and none has two places."""
    assert set(COLUMNS) < set(COLUMNS_NOW)
    others = [name for name in COLUMNS if name != "status"]
    assert all(COLUMNS_NOW[name] is COLUMNS[name] for name in others)
    assert [name for name in COLUMNS_NOW if name in ("url", "health", "title", "hash")] == [
        "url",
        "health",
        "title",
        "hash",
    ]


def test_the_help_of_a_job_names_its_columns_only() -> None:
    """`--columns help` of titles knows no health, that of check does, with units."""
    assert "health" not in [name for name, _, _ in describe()]
    described = {name: unit for name, unit, _ in describe(COLUMNS_NOW)}
    assert list(described) == list(COLUMNS_NOW)
    assert described["cert_days_left"] == "days"


def test_nothing_is_known_of_what_was_not_seen() -> None:
    """Without TLS, hash and trouble there is nothing to say; the health is said always."""
    healthy = Checked(Target(0, "x"), Outcome())
    row = dict(zip(EXPECTED, read(healthy, *EXPECTED), strict=True))
    said = {name: value for name, value in row.items() if value is not None}
    assert said == {"health": "healthy", "reason": ""}


def test_a_result_without_a_verdict_has_none() -> None:
    """What nobody judged is not called healthy."""
    plain = Result(Target(0, "x"), Outcome())
    assert read(plain, "health", "trouble", "reason", "flaky") == (None, None, "", None)


def test_tls_without_a_certificate() -> None:
    """A certificate that could not be read leaves its columns empty."""
    seen = replace(FULL, outcome=Outcome(tls=TlsFacts("1.2")))
    assert read(seen, "tls_version", "cert_subject", "cert_days_left") == ("1.2", None, None)


@pytest.mark.parametrize(("left", "days"), [(1.0, 1), (0.99, 0), (0.0, 0), (-0.01, -1), (-2.5, -3)])
def test_days_left_are_whole_days(left: float, days: int) -> None:
    """A part of a day is none, so that 0 means today, and less means too late."""
    found = with_certificate(not_after=NOW + left * DAY)
    assert read(found, "cert_days_left") == (days,)


def test_a_date_that_no_calendar_has() -> None:
    """A certificate that ends in an absurd year breaks nothing."""
    assert read(with_certificate(not_after=1e20), "cert_expires") == (None,)


def test_the_status_is_told_of_a_cut_answer_too(failed: Callable[..., Result]) -> None:
    """Titles hide the status of an incomplete answer; a verdict stands beside it in a check."""
    assert one_row(choose(["status"]))(failed()) == ((None,),)
    assert read(failed(), "status") == (200,)
    failure = Failure.of(FailureKind.DNS_NOT_FOUND)
    assert read(Result(Target(0, "x"), Outcome(None, failure)), "status") == (None,)


def test_data_is_kept_and_reasons_are_clean() -> None:
    """A certificate's names are data; a reason that quotes a page is one line."""
    evil = "a\r\n\x1b[2J\u202eb"
    found = replace(
        with_certificate(subject=evil, issuer=evil, names=(evil,), fingerprint=evil),
        page=Page(evil, fields={"hash": evil}),
        verdict=Verdict(Health.DEGRADED, (Reason(Health.DEGRADED, Trouble.CONTENT, evil),), evil),
    )
    cells = [cell for cell in read(found, *COLUMNS_NOW) if isinstance(cell, str)]
    assert read(found, "reason", "flaky") == ("a [2Jb", "a [2Jb")
    names = ("cert_subject", "cert_issuer", "cert_names", "cert_fingerprint", "hash", "title")
    assert read(found, *names) == (evil,) * 6
    assert sum(not cell.isprintable() for cell in cells) == 6


def test_what_may_start_a_formula_is_known() -> None:
    """Text that a server can choose is marked as such, so that CSV neutralises it."""
    foreign = {name for name in EXPECTED if CHECK_COLUMNS[name].from_web}
    assert foreign == {"reason", "cert_subject", "cert_issuer", "cert_names"}
