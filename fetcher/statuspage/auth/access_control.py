"""Who may go on, and with what answer others are stopped.

What every request passes before anything is done for it.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from math import ceil
from urllib.parse import quote

from aiohttp import web

from fetcher.statuspage.auth.credentials import NOT_SET
from fetcher.statuspage.auth.sessions import Session
from fetcher.statuspage.history_access import HistoryUnavailable
from fetcher.statuspage.site_context import SITE, SiteContext, root_of
from fetcher.statuspage.templating import problem

FOREIGN = "This request comes from another site, which may not change anything here."


def authorized(request: web.Request) -> bool:
    """Whether a request brings a token or password; one that brings a wrong one goes no further.

    Raises HTTPUnauthorized for a wrong one, HTTPTooManyRequests after many of those.
    """
    site = request.app[SITE]
    given = request.headers.get("Authorization")
    if given is None:
        return False
    check_pace(request)
    if not site.credentials.header_fits(given):
        note_failure(request)
        raise unauthorized(site, "This is not the token or password.")
    return True


def check_pace(request: web.Request) -> None:
    """Raise HTTPTooManyRequests (RFC 6585) when too many wrong tries came from an address."""
    wait = request.app[SITE].attempts.wait(request.remote or "")
    if wait:
        seconds = str(ceil(wait))
        raise web.HTTPTooManyRequests(
            text=f"Too many wrong tries; come back in {seconds} s.",
            headers={"Retry-After": seconds},
        )


def note_failure(request: web.Request) -> None:
    """Note a wrong token or password."""
    request.app[SITE].attempts.failed(request.remote or "")


def unauthorized(site: SiteContext, text: str) -> web.HTTPUnauthorized:
    """Say that something is missing, and how to bring it along."""
    error = web.HTTPUnauthorized(text=text)
    for challenge in site.credentials.challenges:
        error.headers.add("WWW-Authenticate", challenge)
    return error


def check_program(request: web.Request) -> None:
    """Let a program change something only with a token or password of its own.

    A browser's session is not enough here, as that comes along unasked. Raises HTTPForbidden or
    HTTPUnauthorized.
    """
    site = request.app[SITE]
    if not site.credentials:
        raise web.HTTPForbidden(text=NOT_SET)
    if not site.origins.own(request.headers):
        raise web.HTTPForbidden(text=FOREIGN)
    if not authorized(request):
        raise unauthorized(site, "To change something, send the token or password.")


async def posted(request: web.Request) -> tuple[Mapping[str, str], Session]:
    """Read a form that was sent by someone who has logged in, from a page made for them.

    Raises HTTPForbidden.
    """
    site = request.app[SITE]
    check_form(request)
    visitor = site.visitor(request)
    if visitor is None:
        raise web.HTTPForbidden(text="Log in first; then this can be changed.")
    form = await read_form(request)
    if not visitor.owns(form.get("csrf", "")):
        raise web.HTTPForbidden(text="This form is out of date; go back, reload it, try again.")
    return form, visitor


def check_form(request: web.Request) -> None:
    """Refuse any form where nothing can be changed, and those of other sites."""
    site = request.app[SITE]
    if not site.credentials:
        raise web.HTTPForbidden(text=NOT_SET)
    if not site.origins.own(request.headers):
        raise web.HTTPForbidden(text=FOREIGN)


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Read the fields of a form; files among them are left out."""
    fields = await request.post()
    return {name: value for name, value in fields.items() if isinstance(value, str)}


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: then browsers would say `Origin: null` of our own forms (Fetch, 3.2).
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""For every answer; the policy is Content Security Policy Level 3."""

_OPEN = ("/healthz", "/readyz", "/login", "/static/")

_log = logging.getLogger("fetcher.monitor.page")


@web.middleware
async def answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into an answer that says what is wrong, and put the headers on all."""
    response = await _answer(request, handler)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return problem(request, error.status, error.text or "", error.headers)
    except HistoryUnavailable as error:
        return problem(request, 503, f"{error}", {"Retry-After": "30"})
    except Exception:
        _log.exception("internal error, path=%s", request.path)
        return problem(request, 500, "Something went wrong here; the log says what.")


@web.middleware
async def host_checking(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names under which this page is not known."""
    if not request.app[SITE].origins.host_fits(request.headers.get("Host", "")):
        raise web.HTTPMisdirectedRequest(
            text="This page is not known by that name; set `public_url` in section [page] to it."
        )
    return await handler(request)


@web.middleware
async def privacy(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let only those read a private page who have logged in, or bring a token or password."""
    site = request.app[SITE]
    if not site.settings.private or request.path.startswith(_OPEN):
        return await handler(request)
    if not site.credentials:
        raise web.HTTPForbidden(text=f"This page is private. {NOT_SET}")
    if site.visitor(request) or authorized(request):
        return await handler(request)
    if "text/html" not in request.headers.get("Accept", "") or request.path.startswith("/api/"):
        raise unauthorized(site, "This page is private; send its token or password.")
    there = quote(request.rel_url.raw_path_qs[1:], safe="")
    return web.Response(status=303, headers={"Location": f"{root_of(request)}login?next={there}"})
