"""The API's questions.

What the API changes; each needs the token or password.
"""

from collections.abc import Callable

from aiohttp import web

from fetcher.statuspage.api import api_documents
from fetcher.statuspage.api.api_documents import Document
from fetcher.statuspage.auth.access_control import check_program
from fetcher.statuspage.history_access import HistoryAccess, HistoryUnavailable
from fetcher.statuspage.pages.incident_pages import before_asked, find, read_some
from fetcher.statuspage.pages.target_page import POINTS, RANGES, range_of, view_of
from fetcher.statuspage.query_params import number_asked, silence_asked, targets_asked, text_asked
from fetcher.statuspage.site_context import SITE
from fetcher.text import clean

_CHECKS = 100


async def targets(request: web.Request) -> web.Response:
    """Give targets, worst first; `?text=`, `condition`, `group`, `offset`, `limit` (to 1,000)."""
    query = targets_asked(request, 100)
    found = request.app[SITE].live.find(query)
    return web.json_response(
        {
            "total": found.total,
            "offset": query.offset,
            "targets": [api_documents.target(view) for view in found.views],
        }
    )


async def target(request: web.Request) -> web.Response:
    """Give one target, its uptimes and latest checks; without those, when they cannot be read."""
    site, view = request.app[SITE], view_of(request)
    now = site.live.vitals().now
    document = api_documents.target(view)
    try:
        document |= await site.history.ask(_past(view.target.key, now))
    except HistoryUnavailable as error:
        document |= {"uptime": None, "checks": None, "error": f"{error}"}
    return web.json_response(document)


def _past(key: str, now: float) -> Callable[[HistoryAccess], Document]:
    """A question for what a target's history says in short."""

    def read(reader: HistoryAccess) -> Document:
        checks = reader.checks(key, now - RANGES["90d"], now, _CHECKS)
        return {
            "uptime": {
                name: api_documents.uptime(reader.uptime(key, now - span, now))
                for name, span in RANGES.items()
            },
            "checks": [api_documents.check(one) for one in checks],
        }

    return read


async def series(request: web.Request) -> web.Response:
    """Give how a target was over a time; `?range=24h|7d|30d|90d`, `points` (to 2,000)."""
    site, view, asked = request.app[SITE], view_of(request), range_of(request)
    points = number_asked(request, "points", POINTS, 1, 2_000)
    until = site.live.vitals().now
    since = until - RANGES[asked]
    key = view.target.key
    found = await site.history.ask(lambda reader: reader.series(key, since, until, points))
    return web.json_response(
        {"key": key, "range": asked, "series": [api_documents.bucket(one) for one in found]}
    )


async def incidents(request: web.Request) -> web.Response:
    """Give incidents, latest first; `?before=` (epoch seconds), `text`, `target`, `limit`.

    next: what to give as `before` for older ones, null when there are none.
    """
    before, text = before_asked(request), text_asked(request)
    limit = number_asked(request, "limit", 50, 1, 500)
    key = request.query.get("target") or None
    found, further = await request.app[SITE].history.ask(
        lambda reader: read_some(reader, before, limit, key, text)
    )
    return web.json_response(
        {"incidents": [api_documents.incident(one) for one in found], "next": further}
    )


async def incident(request: web.Request) -> web.Response:
    """Give one incident and the messages about it."""
    found = await find(request)
    messages = await request.app[SITE].history.ask(lambda reader: reader.messages(found.id))
    document = api_documents.incident(found)
    return web.json_response(
        document | {"messages": [api_documents.message(one) for one in messages]}
    )


async def silences(request: web.Request) -> web.Response:
    """Give the silences that last."""
    lasting = request.app[SITE].live.silences()
    return web.json_response({"silences": [api_documents.silence(one) for one in lasting]})


async def vitals(request: web.Request) -> web.Response:
    """Give how the monitor itself is."""
    live = request.app[SITE].live
    counts = {condition.value: count for condition, count in live.counts().items()}
    return web.json_response(api_documents.vitals(live.vitals(), counts))


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
    return web.json_response(api_documents.incident(await find(request)))


async def silence(request: web.Request) -> web.Response:
    """Make a silence: `{"pattern": "…", "for": "2h", "why": "…", "by": "…"}`, or `until`."""
    check_program(request)
    body, live = await _body(request), request.app[SITE].live
    try:
        asked = silence_asked(body, live.vitals().now)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{error}") from None
    made = await live.silence(asked.pattern, asked.until, asked.by, asked.why)
    return web.json_response(api_documents.silence(made), status=201)


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
