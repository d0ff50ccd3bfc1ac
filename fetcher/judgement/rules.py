"""The rules by which an answer is judged: one table, read from top to bottom."""

from collections.abc import Callable
from dataclasses import dataclass

from fetcher.judgement.case import Case, Stage
from fetcher.judgement.certificates import of_validity
from fetcher.judgement.contents import of_body, of_hash, of_headers, of_soft_404, of_title
from fetcher.judgement.failing import of_failure
from fetcher.judgement.redirecting import of_final_url, of_first_redirect, of_home_page
from fetcher.judgement.refusing import of_protection, of_rate_limit, of_status
from fetcher.judgement.verdict import Health, Reason, Trouble
from fetcher.judgement.words import seconds


def of_versions(case: Case) -> tuple[Reason, ...]:
    """`http_min` and `tls_min`; without TLS no version of it is new enough."""
    expected, response, tls = case.expected, case.response, case.outcome.tls
    if response is None:
        return ()
    reasons = []
    if _is_older(response.http_version, expected.http_min):
        reasons.append(f"HTTP/{response.http_version}, expected HTTP/{expected.http_min} or newer")
    version = tls.version if tls is not None else ""
    if expected.tls_min and response.url.startswith("http:"):
        reasons.append(f"no TLS, expected TLS {expected.tls_min} or newer")
    elif _is_older(version, expected.tls_min):
        reasons.append(f"TLS {version}, expected TLS {expected.tls_min} or newer")
    return tuple([Reason(Health.UNHEALTHY, Trouble.PROTOCOL, text) for text in reasons])


def of_time(case: Case) -> tuple[Reason, ...]:
    """`unhealthy_after` and `degraded_after`."""
    elapsed, expected = case.outcome.elapsed, case.expected
    if elapsed is None:
        return ()
    limits = (
        (Health.UNHEALTHY, expected.unhealthy_after),
        (Health.DEGRADED, expected.degraded_after),
    )
    for health, limit in limits:
        if limit is not None and elapsed > limit:
            text = f"answered after {seconds(elapsed)}, expected within {seconds(limit)}"
            return (Reason(health, Trouble.TIMEOUT, text),)
    return ()


def _is_older(version: str, wanted: str | None) -> bool:
    """Whether a version is older than the one that is wanted, if both are known."""
    return bool(version and wanted) and _number(version) < _number(wanted or "")


def _number(version: str) -> tuple[int, ...]:
    return tuple([int(part) for part in version.split(".") if part.isdecimal()])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. stage: how far an answer must have come for it to apply."""

    name: str
    stage: Stage
    find: Callable[[Case], tuple[Reason, ...]]


RULES = (
    Rule("failure", Stage.FAILED, of_failure),
    Rule("bot protection", Stage.HELD_OFF, of_protection),
    Rule("rate limit", Stage.FAILED, of_rate_limit),
    Rule("status", Stage.FAILED, of_status),
    Rule("certificate", Stage.FAILED, of_validity),
    Rule("protocol versions", Stage.FAILED, of_versions),
    Rule("time", Stage.REFUSED, of_time),
    Rule("first redirect", Stage.REFUSED, of_first_redirect),
    Rule("final URL", Stage.REFUSED, of_final_url),
    Rule("headers", Stage.REFUSED, of_headers),
    Rule("home page", Stage.ACCEPTED, of_home_page),
    Rule("soft 404", Stage.ACCEPTED, of_soft_404),
    Rule("title", Stage.ACCEPTED, of_title),
    Rule("body", Stage.ACCEPTED, of_body),
    Rule("unchanged", Stage.ACCEPTED, of_hash),
)
"""In this order reasons of the same gravity are told."""
