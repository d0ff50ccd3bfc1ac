"""Which columns a job writes in which format, by default and as chosen."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from fetcher.model import Result
from fetcher.sinks import values
from fetcher.sinks.base import Value
from fetcher.sinks.columns import (
    COLUMNS,
    DEFAULT_COLUMNS,
    Column,
    available,
    choose,
    count,
    text,
    word,
)
from fetcher.sinks.formats import Format, formats_for
from fetcher.sinks.reports.report_stats import (
    CHECK_REPORT,
    FAILED,
    FETCHED,
    REPORT_COLUMNS,
    STATUS_TROUBLE,
    ReportKind,
    run_report,
)

_FIRST = ("index", "source", "url")


def check_columns(now: Callable[[], float] = time.time) -> dict[str, Column]:
    """Make every column that a check can write, by name, in the order in which they are listed.

    now: the wall clock, seconds since the epoch; a certificate's days left count from it.
    """
    certificate = values.certificate
    verdict = (
        word("health", "healthy, degraded, unhealthy or unknown", values.health, 11),
        word("trouble", "kind of the gravest problem, such as gone, dns, tls", values.trouble, 12),
        text("reason", "what is wrong: expected and found; empty if nothing", values.reason),
        word("flaky", "result of the first try, if a later one passed", values.flaky, 21),
    )
    facts = (
        word("tls_version", "TLS version of the last connection", values.tls_version, 0),
        text("cert_subject", "subject of the certificate", certificate(lambda c: c.subject), 24),
        text("cert_issuer", "issuer of the certificate", certificate(lambda c: c.issuer), 24),
        text(
            "cert_names",
            "hosts of the certificate",
            certificate(lambda c: ", ".join(c.names)),
            24,
        ),
        count(
            "cert_days_left",
            "days until the certificate expires; negative if expired",
            certificate(values.days_left(now)),
            "days",
        ),
        word(
            "cert_expires",
            "its expiry time, ISO 8601 UTC",
            certificate(values.expires),
            20,
        ),
        word(
            "cert_fingerprint",
            "its SHA-256 hash",
            certificate(lambda c: c.fingerprint),
            64,
        ),
        word("hash", "hash of what must be unchanged", values.body_hash, 16),
    )
    status = count("status", "HTTP status, of an incomplete response too", values.status_seen)
    common = {**COLUMNS, "status": status}
    listed = [*(common.pop(name) for name in _FIRST), *verdict, *common.values(), *facts]
    return {column.name: column for column in listed}


CHECK_COLUMNS: Mapping[str, Column] = check_columns()
"""Every column that a check can write, by the clock of this machine."""


def _run_columns() -> dict[str, Column]:
    """Make the columns of a report on a run without verdicts."""
    derived = (
        word("health", "ok or failed", _state, 0),
        word("trouble", "kind of the failure, or the status", _trouble, 0),
        text("reason", "what went wrong", _reason),
        word("flaky", "nothing", _nothing, 0),
        count("cert_days_left", "nothing", _nothing),
    )
    return {**COLUMNS, **{column.name: column for column in derived}}


def _state(result: Result) -> Value:
    return FETCHED if result.outcome.ok else FAILED


def _trouble(result: Result) -> Value:
    response, failure = result.outcome.response, result.outcome.failure
    if failure is not None:
        return failure.kind.value
    return None if response is None or result.outcome.ok else f"{STATUS_TROUBLE}{response.status}"


def _reason(result: Result) -> Value:
    response, failure = result.outcome.response, result.outcome.failure
    if failure is not None:
        # Without the kind, which the trouble is.
        return str(values.error(result)).partition(": ")[2]
    if response is None or result.outcome.ok:
        return ""
    try:
        return f"{response.status} {HTTPStatus(response.status).phrase}"
    except ValueError:
        return str(response.status)


def _nothing(result: Result) -> Value:
    return None


@dataclass(frozen=True, slots=True)
class JobColumns:
    """What a job can write.

    command: what errors call it. table: the one of a database that its rows go to. columns: all
    there are, by name. usual: the names of those written by default. special: the same for
    the formats where it is something else. report: what its reports are about; they always have the
    columns of `report_columns`. formats: those that it writes.
    """

    command: str
    table: str
    columns: Mapping[str, Column]
    usual: tuple[str, ...]
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    report: ReportKind = CHECK_REPORT
    report_columns: Mapping[str, Column] = field(default_factory=_run_columns)
    formats: tuple[Format, ...] = formats_for()


TITLES = JobColumns(
    "fetcher titles", "titles", COLUMNS, DEFAULT_COLUMNS, report=run_report("fetcher titles")
)

SCRAPE = JobColumns("fetcher scrape", "pages", {}, (), report=run_report("fetcher scrape"))
"""Without the columns, which depend on the fields."""

CHECK = JobColumns(
    "fetcher check",
    "checks",
    CHECK_COLUMNS,
    (
        "url",
        "health",
        "trouble",
        "reason",
        "status",
        "final_url",
        "elapsed_ms",
        "title",
        "cert_days_left",
    ),
    special={
        # All of it: a later run is compared with this one.
        "jsonl": tuple(CHECK_COLUMNS),
        # What fits a narrow terminal; the reason, after its trouble, runs over the rest.
        "table": ("health", "url", "status", "elapsed_ms", "trouble", "reason"),
    },
    report_columns=CHECK_COLUMNS,
    formats=formats_for(verdict=True),
)


def scrape_job(columns: Mapping[str, Column], usual: Sequence[str]) -> JobColumns:
    """Describe what a scrape can write. columns: all there are. usual: those usually written."""
    return replace(SCRAPE, columns=columns, usual=tuple(usual))


def columns_for(
    job: JobColumns,
    format: Format,
    names: Sequence[str] = (),
    header: Sequence[str] = (),
    *,
    carry: bool = False,
) -> tuple[Column, ...]:
    """Find the columns to write in a format.

    names: those that were chosen, () for none. header: of the input; with carry its columns stand
    behind the others, unless some were chosen. A report has the same columns always. Raises
    ColumnError as `choose` does, also for a choice that a report leaves aside.
    """
    chosen = choose(names, header, job.columns) if names else ()
    if format.report:
        return tuple(job.report_columns[name] for name in REPORT_COLUMNS)
    if chosen:
        return chosen
    usual = job.special.get(format.name, job.usual)
    carried = list(available(header, job.columns))[len(job.columns) :] if carry else ()
    return choose((*usual, *carried), header, job.columns)
