"""From a result to a verdict, by one table of rules that is read from top to bottom. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from fetcher.judgement.case import AnswerStage, JudgementContext, case_of
from fetcher.judgement.content_rules import (
    of_body,
    of_hash,
    of_headers,
    of_soft_404,
    of_title,
    of_validity,
)
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.failure_rules import of_failure
from fetcher.judgement.redirect_rules import of_final_url, of_first_redirect, of_home_page
from fetcher.judgement.status_rules import of_protection, of_rate_limit, of_status
from fetcher.judgement.verdict import HEALTHY, Health, Reason, Trouble, Verdict
from fetcher.model import Result
from fetcher.text import clean
from fetcher.units import format_elapsed
from fetcher.urls import without_passwords


def of_versions(case: JudgementContext) -> tuple[Reason, ...]:
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


def of_time(case: JudgementContext) -> tuple[Reason, ...]:
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
            took, allowed = format_elapsed(elapsed), format_elapsed(limit)
            text = f"answered after {took}, expected within {allowed}"
            return (Reason(health, Trouble.TIMEOUT, text),)
    return ()


def _is_older(version: str, wanted: str | None) -> bool:
    """Return True if a version is known to be older than the one that is wanted."""
    return bool(version and wanted) and _number(version) < _number(wanted or "")


def _number(version: str) -> tuple[int, ...]:
    return tuple([int(part) for part in version.split(".") if part.isdecimal()])


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. stage: how far an answer must have come for it to apply."""

    name: str
    stage: AnswerStage
    find: Callable[[JudgementContext], tuple[Reason, ...]]


RULES = (
    Rule("failure", AnswerStage.FAILED, of_failure),
    Rule("bot protection", AnswerStage.HELD_OFF, of_protection),
    Rule("rate limit", AnswerStage.FAILED, of_rate_limit),
    Rule("status", AnswerStage.FAILED, of_status),
    Rule("certificate", AnswerStage.FAILED, of_validity),
    Rule("protocol versions", AnswerStage.FAILED, of_versions),
    Rule("time", AnswerStage.REFUSED, of_time),
    Rule("first redirect", AnswerStage.REFUSED, of_first_redirect),
    Rule("final URL", AnswerStage.REFUSED, of_final_url),
    Rule("headers", AnswerStage.REFUSED, of_headers),
    Rule("home page", AnswerStage.ACCEPTED, of_home_page),
    Rule("soft 404", AnswerStage.ACCEPTED, of_soft_404),
    Rule("title", AnswerStage.ACCEPTED, of_title),
    Rule("body", AnswerStage.ACCEPTED, of_body),
    Rule("unchanged", AnswerStage.ACCEPTED, of_hash),
)
"""Reasons of the same gravity are given in this order."""


_GRAVITY = {Health.HEALTHY: 0, Health.UNKNOWN: 1, Health.DEGRADED: 2, Health.UNHEALTHY: 3}
"""What is certain outweighs what could not be found out."""


def judge(result: Result, expected: Expectations, *, now: float, last_hash: str = "") -> Verdict:
    """Judge whether a URL is as it should be, with every reason why it is not.

    expected: what was asked for with `inquiry_for`. now: seconds since the epoch, by which
    certificates are judged. last_hash: what `unchanged` is compared with where the expectations
    themselves do not say; "" when there was no last time. Never raises, whatever the result is.
    """
    case = case_of(result, expected, now, last_hash)
    reasons: list[Reason] = []
    for rule in RULES:
        if case.stage >= rule.stage:
            reasons += rule.find(case)
    if reasons:
        return _verdict(reasons)
    # A server that asked us to slow down, and that we obeyed, has done nothing wrong.
    slips = [came_to for came_to in result.outcome.earlier if came_to != "429"]
    return _flaky(result.outcome.earlier) if slips else HEALTHY


def settle_recheck(first: Verdict, second: Verdict) -> Verdict:
    """The last word on a URL that was asked again at the end of a run.

    What passes then is flaky and degraded: the verdict says what happened the first time. What
    fails again keeps the reasons of the second time. Where one of the two could not find out, the
    other counts: nothing speaks against the site but what it did itself.
    """
    if first.health in (Health.HEALTHY, Health.UNKNOWN):
        return second
    if second.health is Health.UNKNOWN:
        note = f" (asked again, that could not be found out: {second.text})"
        return _noted(first, note)
    if second.health is Health.UNHEALTHY:
        same = first.trouble is second.trouble
        note = " (failed twice)" if same else f" (failed twice; the first time: {first.text})"
        return _noted(second, note)
    text = f"passed only when asked again at the end; the first time: {first.text}"
    flaky = Reason(Health.DEGRADED, Trouble.FLAKY, text)
    return _verdict([*second.reasons, flaky], first.text)


def worth_rechecking(verdict: Verdict) -> bool:
    """Return True if checking again at the end of the run may find the URL better.

    Not when it answers well enough, and not when one of the grave reasons is sure to stay.
    """
    if verdict.health in (Health.HEALTHY, Health.DEGRADED):
        return False
    return all(reason.can_pass or reason.health is Health.DEGRADED for reason in verdict.reasons)


def _flaky(earlier: tuple[str, ...]) -> Verdict:
    before = ", ".join(earlier)
    nth = _ordinal(len(earlier) + 1)
    text = f"only the {nth} try went well; before that: {before.replace('_', ' ')}"
    return _verdict([Reason(Health.DEGRADED, Trouble.FLAKY, text)], before)


def _ordinal(number: int) -> str:
    """A place in an order: `1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def _noted(verdict: Verdict, note: str) -> Verdict:
    """Add a note to the gravest reason."""
    gravest, *others = verdict.reasons
    return replace(verdict, reasons=(replace(gravest, text=gravest.text + note), *others))


def _verdict(reasons: Iterable[Reason], flaky: str = "") -> Verdict:
    """Sort the reasons, the gravest first; the worst one decides."""
    ordered = sorted(map(_shown, reasons), key=lambda reason: -_GRAVITY[reason.health])
    return Verdict(ordered[0].health, tuple(ordered), clean(flaky))


def _shown(reason: Reason) -> Reason:
    text = without_passwords(clean(reason.text))
    return reason if text is reason.text else replace(reason, text=text)
