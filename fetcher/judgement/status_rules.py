"""Answers that are not the page: bot protection, rate limits, statuses that are not accepted."""

from fetcher.failures import Phase
from fetcher.http_fields import delay_seconds, parse_retry_after, status_text
from fetcher.judgement.case import TOO_MANY_REQUESTS, JudgementContext
from fetcher.judgement.expectations import accepts, show_statuses
from fetcher.judgement.verdict import Health, Reason, Trouble
from fetcher.text import excerpt, quoted
from fetcher.units import format_elapsed

_GONE = frozenset({404, 410})
_SOON = 10.0
"""A server that asks for a longer wait, in seconds, is not checked again in the same run."""


def of_protection(case: JudgementContext) -> tuple[Reason, ...]:
    """Something else answered in the site's place."""
    if case.protection is None or case.response is None:
        return ()
    vendor, mark = case.protection
    text = (
        f"bot protection ({vendor}) answered in place of the page: "
        f"status {status_text(case.response.status)}, known by {quoted(mark)}"
    )
    return (Reason(Health.UNKNOWN, Trouble.BLOCKED, text),)


def of_rate_limit(case: JudgementContext) -> tuple[Reason, ...]:
    """The server limits the rate of requests (RFC 6585, section 4)."""
    response = case.response
    if case.protection is not None or response is None or not _is_refused(case):
        return ()
    if response.status != TOO_MANY_REQUESTS:
        return ()
    text = f"rate limited: status {status_text(429)}{_retry_after(case)}; ask this host less often"
    return (Reason(Health.UNKNOWN, Trouble.RATE_LIMITED, text, can_pass=_may_pass_soon(case)),)


def of_status(case: JudgementContext) -> tuple[Reason, ...]:
    """The status is not one of those that are accepted."""
    response = case.response
    if response is None or not _is_refused(case) or response.status == TOO_MANY_REQUESTS:
        return ()
    if case.protection is not None:
        return ()
    wanted = show_statuses(case.expected.status)
    text = f"status {status_text(response.status)}, expected {wanted}{_retry_after(case)}"
    return (Reason(Health.UNHEALTHY, _trouble(response.status), text),)


def _is_refused(case: JudgementContext) -> bool:
    """Return True if there is a status to judge and it is not accepted."""
    # A redirect that leads nowhere has a status too, but that is not what is wrong with it.
    if case.response is None or (case.failure is not None and case.failure.phase is not Phase.BODY):
        return False
    return not accepts(case.expected.status, case.response.status)


def _trouble(code: int) -> Trouble:
    if code in _GONE:
        return Trouble.GONE
    if 300 <= code < 400:
        return Trouble.REDIRECT
    if 400 <= code < 500:
        return Trouble.CLIENT_ERROR
    if 500 <= code < 600:
        return Trouble.SERVER_ERROR
    # Below stands a page other than expected; above, nothing that HTTP has (RFC 9110, 15).
    return Trouble.CONTENT if code < 300 else Trouble.PROTOCOL


def _retry_after(case: JudgementContext) -> str:
    """When the server asks to be asked again: seconds or a date."""
    value = _retry_after_value(case)
    wait = parse_retry_after(value, case.now)
    if not value:
        return ""
    if wait is None:
        return f", with a Retry-After that is neither a time nor a date: {quoted(value)}"
    if delay_seconds(value) is not None:
        return f", asks to wait {format_elapsed(wait)}"
    return f", asks to wait until {excerpt(value)}"


def _may_pass_soon(case: JudgementContext) -> bool:
    """Return True unless the server asks to be left alone for longer than a run lasts."""
    wait = parse_retry_after(_retry_after_value(case), case.now)
    return wait is None or wait <= _SOON


def _retry_after_value(case: JudgementContext) -> str:
    return case.response.headers.get("retry-after", "").strip() if case.response else ""
