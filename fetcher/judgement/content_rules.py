"""Rules for what an accepted answer says (headers, title, body), and for its certificate's term."""

from fetcher.judgement.case import JudgementContext
from fetcher.judgement.soft_404 import is_error_page, names_not_found, says_not_found
from fetcher.judgement.verdict import Broken, Health, Reason, Trouble
from fetcher.text import excerpt, quoted
from fetcher.units import DAY, format_date, format_days

_BODY_WORDS = {
    "body_contains": "the body does not contain {expected} ({found})",
    "body_not_contains": "the body contains {expected}, expected not to ({found})",
    "body_matches": "the body does not match {expected} ({found})",
    "json": "JSON: found {found}, expected {expected}",
}


def of_headers(case: JudgementContext) -> tuple[Reason, ...]:
    """`header` and `header_matches`."""
    if case.response is None:
        return ()
    headers, expected = case.response.headers, case.expected
    reasons = []
    for name, wanted in expected.header:
        value = headers.get(name.lower())
        if value != wanted:
            reasons.append(_broken(f"header {_shown(name, value)}, expected {quoted(wanted)}"))
    for name, pattern in expected.header_matches:
        value = headers.get(name.lower())
        if value is None or not pattern.search(value):
            wanted = excerpt(str(pattern))
            reasons.append(_broken(f"header {_shown(name, value)}, expected to match {wanted}"))
    return tuple(reasons)


def of_title(case: JudgementContext) -> tuple[Reason, ...]:
    """`title` and `title_matches`."""
    title, expected = case.result.page.title, case.expected
    found = "no title" if title is None else f"title {quoted(title)}"
    reasons = []
    if expected.title is not None and title != expected.title:
        reasons.append(_broken(f"{found}, expected {quoted(expected.title)}"))
    pattern = expected.title_matches
    if pattern is not None and (title is None or not pattern.search(title)):
        reasons.append(_broken(f"{found}, expected to match {excerpt(str(pattern))}"))
    return tuple(reasons)


def of_body(case: JudgementContext) -> tuple[Reason, ...]:
    """`body_contains`, `body_not_contains`, `body_matches` and `json`, as the reader found them."""
    return tuple([_broken(_body_words(broken)) for broken in case.findings.broken])


def of_hash(case: JudgementContext) -> tuple[Reason, ...]:
    """`unchanged`: the same as last time, if there was one."""
    expected = case.expected
    if expected.unchanged is None:
        return ()
    what = "the body" if expected.unchanged == "body" else f"the text at {expected.unchanged}"
    found, before = case.findings.hash, expected.hash or case.last_hash
    if not found:
        return (_broken(f"nothing is selected by {excerpt(expected.unchanged)}, expected a text"),)
    if not before or found == before:
        return ()
    text = f"{excerpt(what)} has changed (hash {found[:12]}…, expected {excerpt(before[:12])}…)"
    return (_broken(text),)


def of_soft_404(case: JudgementContext) -> tuple[Reason, ...]:
    """The page says that there is none, though its status does not."""
    if case.response is None or case.response.status >= 300 or names_not_found(case.asked):
        return ()
    title = case.result.page.title
    if title and says_not_found(title):
        sign = f"its title is {quoted(title)}"
    elif case.outcome.hops and is_error_page(case.response.url):
        sign = f"it redirects to {excerpt(case.response.url)}"
    elif case.findings.soft_404:
        sign = f"its heading is {quoted(case.findings.soft_404)}"
    else:
        return ()
    text = f"status {case.response.status}, but {sign}: it should say 404"
    return (Reason(Health.UNHEALTHY, Trouble.SOFT_404, text),)


def _body_words(broken: Broken) -> str:
    key, expected, found = broken
    return _BODY_WORDS[key].format(expected=expected, found=found)


def _shown(name: str, value: str | None) -> str:
    return f"{excerpt(name)} is missing" if value is None else f"{excerpt(name)}: {excerpt(value)}"


def _broken(text: str) -> Reason:
    return Reason(Health.UNHEALTHY, Trouble.CONTENT, text)


def of_validity(case: JudgementContext) -> tuple[Reason, ...]:
    """`certificate_days`: asked of every answer over TLS, none of one without."""
    wanted, tls = case.expected.certificate_days, case.outcome.tls
    if wanted is None or tls is None or not tls.version:
        return ()
    if tls.certificate is None:
        text = f"the certificate could not be read, {_expected(wanted)}"
        return (Reason(Health.UNKNOWN, Trouble.TLS, text),)
    left = (tls.certificate.not_after - case.now) / DAY
    if left >= wanted:
        return ()
    when = format_date(tls.certificate.not_after)
    found = f"expires in {format_days(left * DAY)}, on {when}" if left > 0 else f"expired on {when}"
    text = f"the certificate {found}, {_expected(wanted)}"
    return (Reason(Health.UNHEALTHY, Trouble.TLS, text, can_pass=False),)


def _expected(wanted: int) -> str:
    return f"expected to be valid for {wanted} {'day' if wanted == 1 else 'days'}"
