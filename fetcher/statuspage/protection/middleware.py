"""What every request passes before anything is done for it."""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web

from fetcher.statuspage.history import Unreadable
from fetcher.statuspage.problems import problem
from fetcher.statuspage.protection.access import authorized, unauthorized
from fetcher.statuspage.protection.credentials import NOT_SET
from fetcher.statuspage.site import SITE, root_of

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
    except Unreadable as error:
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
