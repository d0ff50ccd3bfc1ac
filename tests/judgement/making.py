"""Results to be judged, and bodies to be read for them."""

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.judgement.check_reader import CheckReader, Reading
from fetcher.judgement.expectations import NOTHING_SPECIAL, Expectations
from fetcher.judgement.judge import judge
from fetcher.judgement.verdict import BodyFindings, Verdict
from fetcher.model import Certificate, Hop, Outcome, Page, Response, Result, Target, TlsFacts

URL = "https://a.example/page"
NOW = 1_800_000_000.0
"""2027-01-15, 08:00 UTC."""
DAY = 86_400.0


def certificate(
    days: float = 90,
    begun: float = 90,
    names: tuple[str, ...] = ("a.example", "www.a.example"),
    self_signed: bool = False,
) -> Certificate:
    """Make a certificate that is valid for so many days still, and has been for others."""
    return Certificate(
        "a.example", "Some CA", names, NOW - begun * DAY, NOW + days * DAY, self_signed
    )


def answered(
    status: int = 200,
    *,
    url: str = URL,
    title: str | None = "A page",
    headers: dict[str, str] | None = None,
    hops: tuple[Hop, ...] = (),
    elapsed: float = 0.25,
    earlier: tuple[str, ...] = (),
    tls: TlsFacts | None = None,
    http_version: str = "1.1",
    findings: BodyFindings | None = None,
    failure: Failure | None = None,
) -> Result:
    """Make the result of an answer."""
    response = Response(status, url, http_version=http_version, headers=headers or {})
    outcome = Outcome(response, failure, hops, 1 + len(earlier), elapsed, earlier=earlier, tls=tls)
    fields = {} if findings is None else findings.as_fields()
    return Result(Target(0, URL), outcome, Page(title, "utf-8", "header", fields))


def failed(
    kind: FailureKind,
    detail: str = "",
    *,
    phase: Phase | None = None,
    tls: TlsFacts | None = None,
    elapsed: float | None = 10.0,
) -> Result:
    """Make the result of a failure without an answer."""
    failure = Failure.of(kind, detail, phase)
    return Result(Target(0, URL), Outcome(None, failure, attempts=1, elapsed=elapsed, tls=tls))


def verdict(result: Result, expected: Expectations = NOTHING_SPECIAL, last: str = "") -> Verdict:
    """Judge at a settled time."""
    return judge(result, expected, now=NOW, last_hash=last)


def read(
    body: bytes,
    expected: Expectations = NOTHING_SPECIAL,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    chunk: int = 1000,
) -> Page:
    """Read a body for expectations, in pieces, as far as the reader wants it."""
    reader = CheckReader(Reading.of(expected), status, content_type)
    for start in range(0, len(body), chunk):
        if reader.feed(body[start : start + chunk]):
            break
    return reader.finish()
