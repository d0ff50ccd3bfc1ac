"""The handlers of the API; those that change something need the token or password."""

from collections.abc import Callable

from aiohttp import web

from fetcher.statuspage.api import api_documents
from fetcher.statuspage.api.api_documents import Document
from fetcher.statuspage.auth.access_control import check_program
from fetcher.statuspage.history_access import HistoryAccess, HistoryUnavailable
from fetcher.statuspage.pages.incident_pages import before_param, find, read_some
from fetcher.statuspage.pages.target_page import POINTS, RANGES, range_of, view_of
from fetcher.statuspage.query_params import number_param, parse_silence, targets_query, text_param
from fetcher.statuspage.site_context import SITE
from fetcher.text import clean

_CHECKS = 100
_MAX_NAME = 80


async def targets(request: web.Request) -> web.Response:
    """Return targets, worst first; `?text=`, `condition`, `group`, `offset`, `limit` (to 1,000)."""
    query = targets_query(request, 100)
    found = request.app[SITE].live.find(query)
    return web.json_response(
        {
            "total": found.total,
            "offset": query.offset,
            "targets": [api_documents.target(view) for view in found.views],
        }
    )


async def target(request: web.Request) -> web.Response:
    """Return one target with its uptime and latest checks, or an error if they cannot be read."""
    site, view = request.app[SITE], view_of(request)
    now = site.live.vitals().now
    document = api_documents.target(view)
    try:
        document |= await site.history.ask(_past(view.target.key, now))
    except HistoryUnavailable as error:
        document |= {"uptime": None, "checks": None, "error": f"{error}"}
    return web.json_response(document)


def _past(key: str, now: float) -> Callable[[HistoryAccess], Document]:
    """Return a query for the uptime and latest checks of a target."""

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
    """Return the checks of a target in buckets; `?range=24h|7d|30d|90d`, `points` (to 2,000)."""
    site, view, selected = request.app[SITE], view_of(request), range_of(request)
    points = number_param(request, "points", POINTS, 1, 2_000)
    until = site.live.vitals().now
    since = until - RANGES[selected]
    key = view.target.key
    found = await site.history.ask(lambda reader: reader.series(key, since, until, points))
    return web.json_response(
        {"key": key, "range": selected, "series": [api_documents.bucket(one) for one in found]}
    )


async def incidents(request: web.Request) -> web.Response:
    """Return incidents, latest first; `?before=` (epoch seconds), `text`, `target`, `limit`.

    next: the value of `before` for older ones, null if there are none.
    """
    before, text = before_param(request), text_param(request)
    limit = number_param(request, "limit", 50, 1, 500)
    key = request.query.get("target") or None
    found, before_next = await request.app[SITE].history.ask(
        lambda reader: read_some(reader, before, limit, key, text)
    )
    return web.json_response(
        {"incidents": [api_documents.incident(one) for one in found], "next": before_next}
    )


async def incident(request: web.Request) -> web.Response:
    """Return one incident and the messages about it."""
    found = await find(request)
    messages = await request.app[SITE].history.ask(lambda reader: reader.messages(found.id))
    document = api_documents.incident(found)
    return web.json_response(
        document | {"messages": [api_documents.message(one) for one in messages]}
    )


async def silences(request: web.Request) -> web.Response:
    """Return the silences in force."""
    in_force = request.app[SITE].live.silences()
    return web.json_response({"silences": [api_documents.silence(one) for one in in_force]})


async def vitals(request: web.Request) -> web.Response:
    """Return the state of the monitor itself."""
    live = request.app[SITE].live
    counts = {condition.value: count for condition, count in live.counts().items()}
    return web.json_response(api_documents.vitals(live.vitals(), counts))


async def acknowledge(request: web.Request) -> web.Response:
    """Acknowledge an incident; the body may say who does: `{"by": "…"}`."""
    check_program(request)
    body = await _body(request)
    by = body.get("by") or ""
    if not isinstance(by, str):
        raise web.HTTPBadRequest(text="by is not text")
    by = clean(by).strip()[:_MAX_NAME] or "someone"
    if not await request.app[SITE].live.acknowledge(request.match_info["id"], by):
        raise web.HTTPNotFound(text="There is no such incident, or it is closed.")
    return web.json_response(api_documents.incident(await find(request)))


async def silence(request: web.Request) -> web.Response:
    """Create a silence: `{"pattern": "…", "for": "2h", "why": "…", "by": "…"}`, or `until`."""
    check_program(request)
    body, live = await _body(request), request.app[SITE].live
    try:
        wanted = parse_silence(body, live.vitals().now)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{error}") from None
    made = await live.silence(wanted.pattern, wanted.until, wanted.by, wanted.why)
    return web.json_response(api_documents.silence(made), status=201)


async def unsilence(request: web.Request) -> web.Response:
    """End a silence."""
    check_program(request)
    if not await request.app[SITE].live.unsilence(request.match_info["id"]):
        raise web.HTTPNotFound(text="There is no such silence; it may have ended.")
    return web.Response(status=204)


async def _body(request: web.Request) -> dict[str, object]:
    """Return the JSON object of the body; an empty body counts as an empty object.

    Other content types are refused: for this one, browsers ask for permission before another site
    may send it (Fetch, section 4.8). Raises HTTPBadRequest, HTTPUnsupportedMediaType.
    """
    if not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="The content type must be application/json.")
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="The body is not a JSON object.")
    return body
