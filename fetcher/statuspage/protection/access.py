"""Who may go on, and with what answer others are stopped."""

from collections.abc import Mapping
from math import ceil

from aiohttp import web

from fetcher.statuspage.protection.credentials import NOT_SET
from fetcher.statuspage.protection.sessions import Session
from fetcher.statuspage.site import SITE, Site

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


def unauthorized(site: Site, text: str) -> web.HTTPUnauthorized:
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
