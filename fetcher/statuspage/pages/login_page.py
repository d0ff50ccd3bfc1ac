"""Logging in and out."""

from urllib.parse import quote

from aiohttp import web

from fetcher.statuspage.auth.access_control import (
    check_form,
    check_pace,
    note_failure,
    posted,
    read_form,
)
from fetcher.statuspage.auth.sessions import LIFETIME
from fetcher.statuspage.site_context import SITE, root_of
from fetcher.statuspage.templating import render


async def form(request: web.Request) -> web.Response:
    """Show the form."""
    return _form(request, request.query.get("next", ""))


async def log_in(request: web.Request) -> web.Response:
    """Take the form; who has the token or password gets a session."""
    site = request.app[SITE]
    check_form(request)
    check_pace(request)
    fields = await read_form(request)
    user, secret = fields.get("user", ""), fields.get("secret", "")
    there = fields.get("next", "")
    fits = site.credentials.password_fits(user, secret)
    if not fits and not site.credentials.token_fits(secret):
        note_failure(request)
        response = _form(request, there, wrong=True)
        response.set_status(403)
        return response
    name, _ = site.sessions.begin(user if fits else "")
    response = web.Response(status=303, headers={"Location": _within(request, there)})
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
    """Take the form that ends a session."""
    await posted(request)
    site = request.app[SITE]
    site.sessions.end(request.cookies.get(site.cookie, ""))
    response = web.Response(status=303, headers={"Location": root_of(request)})
    response.del_cookie(site.cookie, path="/", httponly=True, samesite="Strict")
    return response


def _form(request: web.Request, there: str, wrong: bool = False) -> web.Response:
    credentials = request.app[SITE].credentials
    return render(
        request,
        "login.html",
        next=there,
        wrong=wrong,
        asks_user=bool(credentials.user) and credentials.has_login,
        asks_token=bool(credentials.token),
    )


def _within(request: web.Request, there: str) -> str:
    """Where to go on: a page of ours, whatever the form says."""
    # What follows `./` is a path below ours, even where it looks like an address of another site.
    return root_of(request) + quote(there.lstrip("/\\"), safe="/?&=%:+,~-._")
