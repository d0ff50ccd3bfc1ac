"""Logging in and out."""

from urllib.parse import quote

from aiohttp import web

from fetcher.statuspage.auth.access_control import (
    check_attempts,
    check_form,
    note_failure,
    posted,
    read_form,
)
from fetcher.statuspage.auth.sessions import LIFETIME
from fetcher.statuspage.site_context import SITE, root_of
from fetcher.statuspage.templating import render


async def form(request: web.Request) -> web.Response:
    """Show the login form."""
    return _form(request, request.query.get("next", ""))


async def log_in(request: web.Request) -> web.Response:
    """Process the login form: the right token or password starts a session."""
    site = request.app[SITE]
    check_form(request)
    check_attempts(request)
    fields = await read_form(request)
    user, secret = fields.get("user", ""), fields.get("secret", "")
    destination = fields.get("next", "")
    has_password = site.credentials.password_fits(user, secret)
    if not has_password and not site.credentials.token_fits(secret):
        note_failure(request)
        response = _form(request, destination, wrong=True)
        response.set_status(403)
        return response
    name, _ = site.sessions.begin(user if has_password else "")
    response = web.Response(status=303, headers={"Location": _local(request, destination)})
    response.set_cookie(
        site.cookie,
        name,
        max_age=int(LIFETIME),
        path="/",
        httponly=True,
        samesite="Strict",
        secure=site.secure,
    )
    return response


async def log_out(request: web.Request) -> web.Response:
    """Process the form that ends a session."""
    await posted(request)
    site = request.app[SITE]
    site.sessions.end(request.cookies.get(site.cookie, ""))
    response = web.Response(status=303, headers={"Location": root_of(request)})
    response.del_cookie(site.cookie, path="/", httponly=True, samesite="Strict")
    return response


def _form(request: web.Request, destination: str, wrong: bool = False) -> web.Response:
    credentials = request.app[SITE].credentials
    return render(
        request,
        "login.html",
        next=destination,
        wrong=wrong,
        asks_user=bool(credentials.user) and credentials.has_login,
        asks_token=bool(credentials.token),
    )


def _local(request: web.Request, destination: str) -> str:
    """Return the URL to continue at: one of our pages, whatever the form says."""
    # After `./`, everything is a path below ours, even if it looks like the URL of another site.
    return root_of(request) + quote(destination.lstrip("/\\"), safe="/?&=%:+,~-._")
