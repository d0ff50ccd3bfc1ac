"""What the API changes; each needs the token or password."""

from aiohttp import web

from fetcher.sinks.clean import clean
from fetcher.statuspage.api import documents
from fetcher.statuspage.pages.incidents import find
from fetcher.statuspage.protection.access import check_program
from fetcher.statuspage.silencing import silence_asked
from fetcher.statuspage.site import SITE

_LONGEST_NAME = 80


async def acknowledge(request: web.Request) -> web.Response:
    """Note that someone knows of an incident; the body may say who: `{"by": "…"}`."""
    check_program(request)
    body = await _body(request)
    by = body.get("by") or ""
    if not isinstance(by, str):
        raise web.HTTPBadRequest(text="by is not text")
    by = clean(by).strip()[:_LONGEST_NAME] or "someone"
    if not await request.app[SITE].live.acknowledge(request.match_info["id"], by):
        raise web.HTTPNotFound(text="There is no such incident, or it is over.")
    return web.json_response(documents.incident(await find(request)))


async def silence(request: web.Request) -> web.Response:
    """Make a silence: `{"pattern": "…", "for": "2h", "why": "…", "by": "…"}`, or `until`."""
    check_program(request)
    body, live = await _body(request), request.app[SITE].live
    try:
        asked = silence_asked(body, live.vitals().now)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{error}") from None
    made = await live.silence(asked.pattern, asked.until, asked.by, asked.why)
    return web.json_response(documents.silence(made), status=201)


async def unsilence(request: web.Request) -> web.Response:
    """End a silence."""
    check_program(request)
    if not await request.app[SITE].live.unsilence(request.match_info["id"]):
        raise web.HTTPNotFound(text="There is no such silence; it may have ended.")
    return web.Response(status=204)


async def _body(request: web.Request) -> dict[str, object]:
    """Read a JSON object; an empty body is an empty one.

    Another content type is refused: with this one, a browser asks us before it lets another site
    send anything (Fetch, section 4.8). Raises HTTPBadRequest, HTTPUnsupportedMediaType.
    """
    if not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send the content type application/json.")
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is not a JSON object.")
    return body
