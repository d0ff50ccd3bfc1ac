"""How each value of a row is read from a result."""

import math
from collections.abc import Callable

from fetcher.judgement.verdict import Checked, Verdict, findings_of
from fetcher.model import Certificate, Response, Result, Timings
from fetcher.sinks.base import Value
from fetcher.text import clean
from fetcher.units import DAY, rfc3339
from fetcher.urls import without_password

Reader = Callable[[Result], Value]
"""Reads one value from a result."""


def milliseconds(seconds: float | None) -> float | None:
    """Return seconds as milliseconds, rounded to a tenth."""
    return None if seconds is None else round(seconds * 1000, 1)


def index(result: Result) -> Value:
    """Position in the input."""
    return result.target.index


def source(result: Result) -> Value:
    """Place of the input row."""
    return result.target.source


def url(result: Result) -> Value:
    """The URL as it was written, but for a password in it."""
    return without_password(result.target.url)


# Status, title, final URL and encoding are given only for a complete answer: who filters on status
# 200 must never meet a body that was cut.


def status(result: Result) -> Value:
    """HTTP status of a complete answer."""
    outcome = result.outcome
    if outcome.failure is not None or outcome.response is None:
        return None
    return outcome.response.status


def final_url(result: Result) -> Value:
    """The URL that gave a complete answer."""
    outcome = result.outcome
    if outcome.failure is not None or outcome.response is None:
        return None
    return without_password(outcome.response.url)


def title(result: Result) -> Value:
    """Title of a complete answer."""
    text = result.page.title
    return None if text is None or result.outcome.failure is not None else text


def encoding(result: Result) -> Value:
    """Encoding of a complete answer."""
    return None if result.outcome.failure is not None else result.page.encoding or None


def encoding_source(result: Result) -> Value:
    """Where the encoding of a complete answer was found."""
    return None if result.outcome.failure is not None else result.page.encoding_source or None


def elapsed_ms(result: Result) -> Value:
    """Milliseconds of the last attempt."""
    return milliseconds(result.outcome.elapsed)


def error(result: Result) -> Value:
    """What went wrong in one line, "" when nothing did."""
    failure = result.outcome.failure
    return "" if failure is None else clean(str(failure))


def failure(result: Result) -> Value:
    """Kind of the failure."""
    failure = result.outcome.failure
    return None if failure is None else failure.kind.value


def phase(result: Result) -> Value:
    """Where on its way it failed."""
    failure = result.outcome.failure
    return None if failure is None else failure.phase.value


def attempts(result: Result) -> Value:
    """How often it was tried."""
    return result.outcome.attempts


def redirects(result: Result) -> Value:
    """How many redirects were followed."""
    return len(result.outcome.hops)


def redirect_chain(result: Result) -> Value:
    """The redirects followed, first to last."""
    return " -> ".join([f"{hop.status} {without_password(hop.url)}" for hop in result.outcome.hops])


def seen(read: Callable[[Response], Value]) -> Reader:
    """Read from the response, of a failure too: how far it came is worth knowing."""

    def value(result: Result) -> Value:
        response = result.outcome.response
        if response is None:
            return None
        return read(response)

    return value


def phase_ms(read: Callable[[Timings], float | None]) -> Reader:
    """Read one phase's time, in milliseconds."""
    return lambda result: milliseconds(read(result.outcome.timings))


def carried(position: int) -> Reader:
    """Read the input row's own cell at a position; None where the row was shorter."""

    def value(result: Result) -> Value:
        cells = result.target.carried
        return cells[position] if position < len(cells) else None

    return value


def health(result: Result) -> Value:
    """How healthy the URL is."""
    verdict = _verdict(result)
    return None if verdict is None else verdict.health.value


def trouble(result: Result) -> Value:
    """The kind of the gravest trouble."""
    verdict = _verdict(result)
    return None if verdict is None or verdict.trouble is None else verdict.trouble.value


def reason(result: Result) -> Value:
    """All reasons in one line, "" when there are none."""
    verdict = _verdict(result)
    return "" if verdict is None else clean(verdict.text)


def flaky(result: Result) -> Value:
    """What the first try came to, where only a later one went well."""
    verdict = _verdict(result)
    return None if verdict is None else clean(verdict.flaky) or None


def status_seen(result: Result) -> Value:
    """HTTP status, of an answer that was cut too: a verdict says what is wrong with it."""
    response = result.outcome.response
    return None if response is None else response.status or None


def tls_version(result: Result) -> Value:
    """TLS version of the last connection."""
    tls = result.outcome.tls
    return None if tls is None else tls.version or None


def body_hash(result: Result) -> Value:
    """Hash of what must stay unchanged."""
    return findings_of(result.page.fields).hash or None


def certificate(read: Callable[[Certificate], Value]) -> Reader:
    """Read from the server's certificate, verified or not."""

    def value(result: Result) -> Value:
        tls = result.outcome.tls
        if tls is None or tls.certificate is None:
            return None
        return read(tls.certificate)

    return value


def days_left(now: Callable[[], float]) -> Callable[[Certificate], Value]:
    """Return how many whole days are left until a certificate expires; negative if it has."""
    return lambda certificate: math.floor((certificate.not_after - now()) / DAY)


def expires(certificate: Certificate) -> Value:
    """When the certificate ends, as ISO 8601 in UTC; None beyond the years that has."""
    return rfc3339(certificate.not_after)


def _verdict(result: Result) -> Verdict | None:
    return result.verdict if isinstance(result, Checked) else None
