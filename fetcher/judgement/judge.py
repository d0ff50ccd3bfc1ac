"""From a result to a verdict: what was found, held against what was expected. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from fetcher.judgement.case import case_of
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.rules import RULES
from fetcher.judgement.verdict import HEALTHY, Health, Reason, Trouble, Verdict
from fetcher.judgement.words import one_line, ordinal
from fetcher.model import Result

_GRAVITY = {Health.HEALTHY: 0, Health.UNKNOWN: 1, Health.DEGRADED: 2, Health.UNHEALTHY: 3}
"""What is certain counts for more than what could not be found out."""


def judge(result: Result, expected: Expectations, *, now: float, last_hash: str = "") -> Verdict:
    """Say whether a URL is as it should be, and every reason why it is not.

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

    What passes then is flaky and degraded: what it came to the first time is told. What fails again
    keeps the reasons of the second time. Where one of the two could not find out, the other counts:
    nothing speaks against the site but what it did itself.
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
    """Whether asking again at the end of the run has a chance to find the URL better.

    Not when it answers well enough, and not when one of the grave reasons is sure to stay.
    """
    if verdict.health in (Health.HEALTHY, Health.DEGRADED):
        return False
    return all(reason.can_pass or reason.health is Health.DEGRADED for reason in verdict.reasons)


def _flaky(earlier: tuple[str, ...]) -> Verdict:
    before = ", ".join(earlier)
    nth = ordinal(len(earlier) + 1)
    text = f"only the {nth} try went well; before that: {before.replace('_', ' ')}"
    return _verdict([Reason(Health.DEGRADED, Trouble.FLAKY, text)], before)


def _noted(verdict: Verdict, note: str) -> Verdict:
    """Add a note to the gravest reason."""
    gravest, *others = verdict.reasons
    return replace(verdict, reasons=(replace(gravest, text=gravest.text + note), *others))


def _verdict(reasons: Iterable[Reason], flaky: str = "") -> Verdict:
    """Sort the reasons, the gravest first; the worst one decides."""
    ordered = sorted(map(_shown, reasons), key=lambda reason: -_GRAVITY[reason.health])
    return Verdict(ordered[0].health, tuple(ordered), one_line(flaky))


def _shown(reason: Reason) -> Reason:
    text = one_line(reason.text)
    return reason if text is reason.text else replace(reason, text=text)
