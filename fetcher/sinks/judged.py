"""How each value that only a check has is read from its result."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from fetcher.judgement.findings import findings_of
from fetcher.judgement.verdict import Checked, Verdict
from fetcher.model import Certificate, Result
from fetcher.sinks.base import Value
from fetcher.sinks.clean import clean
from fetcher.sinks.values import Reader

_DAY = 86_400.0


def health(result: Result) -> Value:
    """Whether the URL is as it should be."""
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
    return clean(findings_of(result.page.fields).hash) or None


def certificate(read: Callable[[Certificate], Value]) -> Reader:
    """Read from the server's certificate, verified or not."""

    def value(result: Result) -> Value:
        tls = result.outcome.tls
        if tls is None or tls.certificate is None:
            return None
        found = read(tls.certificate)
        return clean(found) if isinstance(found, str) else found

    return value


def days_left(now: Callable[[], float]) -> Callable[[Certificate], Value]:
    """Say for how many whole days a certificate is valid still; negative when it is no more."""
    return lambda certificate: math.floor((certificate.not_after - now()) / _DAY)


def expires(certificate: Certificate) -> Value:
    """When the certificate ends, as ISO 8601 in UTC; None beyond the years that has."""
    try:
        moment = datetime.fromtimestamp(certificate.not_after, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _verdict(result: Result) -> Verdict | None:
    return result.verdict if isinstance(result, Checked) else None
