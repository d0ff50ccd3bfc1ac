"""Rules for where redirects lead: as expected, or to the home page of a page that is gone."""

import re
from urllib.parse import SplitResult, urlsplit

from fetcher import urls
from fetcher.judgement.case import JudgementContext
from fetcher.judgement.verdict import Health, Reason, Trouble
from fetcher.text import excerpt

_INDEX = re.compile(r"(?:index|default|home|main)(?:\.\w+)?", re.IGNORECASE)
# A language tag of the usual form, such as `en`, `de-AT`, `pt_br` (RFC 5646).
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)

_WHENCE = re.compile(
    r"(?:utm_\w+|from|ref|referr?er|source|src|redirect(?:ed)?(?:_?from)?|err(?:or)?|status"
    r"|not_?found|404)(?:=.*)?",
    re.IGNORECASE,
)


def of_first_redirect(case: JudgementContext) -> tuple[Reason, ...]:
    """`redirect_to`: where the first redirect leads, followed or not."""
    wanted = case.expected.redirect_to
    if wanted is None:
        return ()
    found = _first_redirect(case)
    if found and _same(case.asked, found, wanted):
        return ()
    what = f"redirects to {excerpt(found)}" if found else "does not redirect"
    return (_unhealthy(f"{what}, expected a redirect to {excerpt(wanted)}"),)


def of_final_url(case: JudgementContext) -> tuple[Reason, ...]:
    """`final_url`: where redirects end."""
    wanted, response = case.expected.final_url, case.response
    if wanted is None or response is None or _same(case.asked, response.url, wanted):
        return ()
    what = "ends" if case.outcome.hops else "does not redirect and ends"
    return (_unhealthy(f"{what} at {excerpt(response.url)}, expected {excerpt(wanted)}"),)


def of_home_page(case: JudgementContext) -> tuple[Reason, ...]:
    """A deep page that is gone, and whose visitors are sent to the home page."""
    if not case.outcome.hops or case.response is None:
        return ()
    if case.expected.final_url is not None or case.expected.redirect_to is not None:
        return ()
    if not leads_home(case.asked, case.response.url):
        return ()
    text = f"redirects to the home page {excerpt(case.response.url)}; the page itself may be gone"
    return (Reason(Health.DEGRADED, Trouble.REDIRECT, text),)


def leads_home(asked: str, found: str) -> bool:
    """Return True if a deep page's URL leads to its site's home page, or that of its language."""
    asked_at, found_at = _split(asked), _split(found)
    if asked_at is None or found_at is None or _site(asked_at) != _site(found_at):
        return False
    # With a query, or the path of a script behind `#`, it may be any page.
    if not _only_tells_whence(found_at.query) or found_at.fragment[:1] in ("/", "!"):
        return False
    return _is_deep(asked_at.path) and not _is_deep(found_at.path)


def _is_deep(path: str) -> bool:
    parts = [part for part in path.split("/") if part]
    if parts and _LANGUAGE.fullmatch(parts[0]):
        parts = parts[1:]
    return bool(parts) and not (len(parts) == 1 and _INDEX.fullmatch(parts[0]))


def _only_tells_whence(query: str) -> bool:
    """Return True if a query selects no page: it only says where a visitor came from."""
    return all(map(_WHENCE.fullmatch, filter(None, query.split("&"))))


def _site(url: SplitResult) -> str:
    return (url.hostname or "").removeprefix("www.")


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _first_redirect(case: JudgementContext) -> str:
    """Return where the first redirect leads, "" if there is none."""
    hops, response = case.outcome.hops, case.response
    if len(hops) > 1:
        return hops[1].url
    if response is None:
        return ""
    if hops:
        return response.url
    location = response.headers.get("location", "")
    return _joined(response.url, location) if 300 <= response.status < 400 and location else ""


def _same(asked: str, found: str, wanted: str) -> bool:
    """Return True if a URL is the wanted one: normalised, its fragment only where that has one.

    wanted: a URL, or a path on the host that was asked.
    """
    wanted = _joined(asked, wanted)
    return wanted == (found if "#" in wanted else found.partition("#")[0])


def _joined(base: str, reference: str) -> str:
    """An absolute, normalised URL; what is none, as it stands."""
    try:
        joined = urls.join(urls.parse(base.partition("#")[0]), reference)
    except urls.UrlError:
        return reference
    return joined.href + joined.fragment


def _unhealthy(text: str) -> Reason:
    return Reason(Health.UNHEALTHY, Trouble.REDIRECT, text)
