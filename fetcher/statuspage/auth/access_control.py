"""Access checks of handlers, and the middlewares that every request passes."""

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

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then send `Origin: null` with our own forms (Fetch, 3.2).
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""For every response; the policy is Content Security Policy Level 3."""

_PUBLIC = ("/healthz", "/readyz", "/login", "/static/")

_log = logging.getLogger("fetcher.monitor.page")


def authorized(request: web.Request) -> bool:
    """Return True if a request has a valid token or password, False if it has none.

    Raises HTTPUnauthorized for a wrong one, HTTPTooManyRequests after too many of those.
    """
    site = request.app[SITE]
    given = request.headers.get("Authorization")
    if given is None:
        return False
    check_attempts(request)
    if not site.credentials.header_fits(given):
        note_failure(request)
        raise unauthorized(site, "Wrong token or password.")
    return True


def check_attempts(request: web.Request) -> None:
    """Raise HTTPTooManyRequests (RFC 6585) after too many failed attempts from an address."""
    wait = request.app[SITE].attempts.wait(request.remote or "")
    if wait:
        seconds = str(ceil(wait))
        raise web.HTTPTooManyRequests(
            text=f"Too many failed attempts; try again in {seconds} s.",
            headers={"Retry-After": seconds},
        )


def note_failure(request: web.Request) -> None:
    """Record a wrong token or password."""
    request.app[SITE].attempts.failed(request.remote or "")


def unauthorized(site: SiteContext, text: str) -> web.HTTPUnauthorized:
    """Return the error for missing or wrong credentials, with the challenges."""
    error = web.HTTPUnauthorized(text=text)
    for challenge in site.credentials.challenges:
        error.headers.add("WWW-Authenticate", challenge)
    return error


def check_program(request: web.Request) -> None:
    """Require a token or password for a change through the API.

    A session cookie is not enough, because browsers send it automatically. Raises HTTPForbidden or
    HTTPUnauthorized.
    """
    site = request.app[SITE]
    if not site.credentials:
        raise web.HTTPForbidden(text=NOT_SET)
    if not site.origins.own(request.headers):
        raise web.HTTPForbidden(text=FOREIGN)
    if not authorized(request):
        raise unauthorized(site, "Changes need the token or password.")


async def posted(request: web.Request) -> tuple[Mapping[str, str], Session]:
    """Return a form and its session, if it was sent from a page of that session.

    Raises HTTPForbidden.
    """
    site = request.app[SITE]
    check_form(request)
    visitor = site.visitor(request)
    if visitor is None:
        raise web.HTTPForbidden(text="Log in to change this.")
    form = await read_form(request)
    if not visitor.owns(form.get("csrf", "")):
        raise web.HTTPForbidden(
            text="This form is out of date; go back, reload the page and try again."
        )
    return form, visitor


def check_form(request: web.Request) -> None:
    """Refuse forms if no credentials are configured, and forms from other sites."""
    site = request.app[SITE]
    if not site.credentials:
        raise web.HTTPForbidden(text=NOT_SET)
    if not site.origins.own(request.headers):
        raise web.HTTPForbidden(text=FOREIGN)


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a form, without files."""
    fields = await request.post()
    return {name: value for name, value in fields.items() if isinstance(value, str)}


@web.middleware
async def error_responses(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a response that explains it, and set the headers of all responses."""
    response = await _respond(request, handler)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _respond(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return problem(request, error.status, error.text or "", error.headers)
    except HistoryUnavailable as error:
        return problem(request, 503, f"{error}", {"Retry-After": "30"})
    except Exception:
        _log.exception("internal error, path=%s", request.path)
        return problem(request, 500, "Internal error; see the monitor's log.")


@web.middleware
async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse host names that are not this page's."""
    if not request.app[SITE].origins.host_fits(request.headers.get("Host", "")):
        raise web.HTTPMisdirectedRequest(
            text="This page does not have that host name; set `public_url` in section [page] to it."
        )
    return await handler(request)


@web.middleware
async def require_login(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Require a login, a token or a password to read a private page."""
    site = request.app[SITE]
    if not site.settings.private or request.path.startswith(_PUBLIC):
        return await handler(request)
    if not site.credentials:
        raise web.HTTPForbidden(text=f"This page is private. {NOT_SET}")
    if site.visitor(request) or authorized(request):
        return await handler(request)
    if "text/html" not in request.headers.get("Accept", "") or request.path.startswith("/api/"):
        raise unauthorized(site, "This page is private; send its token or password.")
    there = quote(request.rel_url.raw_path_qs[1:], safe="")
    return web.Response(status=303, headers={"Location": f"{root_of(request)}login?next={there}"})
