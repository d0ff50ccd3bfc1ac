"""Results to write with the real sinks, and files to read."""

import gzip
from collections.abc import Sequence
from pathlib import Path

from fetcher.baseline import PreviousResult, read_previous
from fetcher.failures import Failure, FailureKind
from fetcher.judgement.verdict import HEALTHY, Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Certificate, Outcome, Page, Response, Target, TlsFacts
from fetcher.sinks.base import START, TargetRows
from fetcher.sinks.columns import one_row
from fetcher.sinks.formats import format_of
from fetcher.sinks.job_columns import CHECK, TITLES, JobColumns, columns_for
from fetcher.sinks.open_sink import open_sink

ALL = (*CHECK.columns,)
"""The names of all columns that a check can write."""

EXPIRES = 1_800_000_000.0
CERTIFICATE = Certificate("a", "b", ("a.example",), 0.0, EXPIRES, fingerprint="ab" * 32)


def checked(
    url: str = "http://a.example/",
    health: Health = Health.HEALTHY,
    trouble: Trouble = Trouble.GONE,
    reason: str = "status 404, expected 200..299",
    *,
    status: int = 200,
    title: str | None = "A title",
    elapsed: float = 0.25,
    final_url: str | None = None,
    certificate: Certificate | None = CERTIFICATE,
    hash: str = "",
) -> Checked:
    """Make what a check finds of one URL."""
    verdict = HEALTHY if health is Health.HEALTHY else _verdict(health, trouble, reason)
    response = Response(status, final_url or url)
    tls = TlsFacts("1.3", certificate) if certificate else None
    page = Page(title, "utf-8", "header", {"hash": hash} if hash else {})
    outcome = Outcome(response, attempts=1, elapsed=elapsed, tls=tls)
    return Checked(Target(0, url, "urls.txt:1"), outcome, page, verdict)


def unreachable(url: str, health: Health = Health.UNHEALTHY) -> Checked:
    """Make what a check finds of a URL that did not answer."""
    failure = Failure.of(FailureKind.CONNECT_REFUSED, "127.0.0.1:1")
    verdict = _verdict(health, Trouble.CONNECT, str(failure))
    return Checked(Target(1, url), Outcome(failure=failure, attempts=2), verdict=verdict)


def write(
    path: Path,
    results: Sequence[Checked],
    names: Sequence[str] = (),
    job: JobColumns = CHECK,
) -> Path:
    """Write results as the program does, in the format of the file's suffix."""
    format = format_of(str(path), job=job.command, formats=job.formats)
    columns = columns_for(job, format, names)
    journal = path.suffix in (".db", ".parquet")
    sink, make = open_sink(str(path), format, columns, journal=journal).sink, one_row(columns)
    sink.write([TargetRows(result.target.url, make(result)) for result in results])
    sink.commit(START)
    sink.finish(complete=True)
    return path


def write_titles(path: Path, results: Sequence[Checked]) -> Path:
    """Write results as `fetcher titles` does, without a verdict."""
    return write(path, results, job=TITLES)


def read(path: Path) -> list[PreviousResult]:
    """Read a file to its end."""
    return list(read_previous(path))


def text_file(path: Path, content: str | bytes) -> Path:
    """Write a file; as gzip where its name says so."""
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def _verdict(health: Health, trouble: Trouble, reason: str) -> Verdict:
    return Verdict(health, (Reason(health, trouble, reason),))
