"""The API's questions."""

from collections.abc import Callable

from aiohttp import web

from fetcher.statuspage.api import documents
from fetcher.statuspage.api.documents import Document
from fetcher.statuspage.asked import number_asked, targets_asked, text_asked
from fetcher.statuspage.history import Unreadable
from fetcher.statuspage.pages.incidents import before_asked, find, read_some
from fetcher.statuspage.pages.target import POINTS, RANGES, range_of, view_of
from fetcher.statuspage.reading import HistoryReader
from fetcher.statuspage.site import SITE

_CHECKS = 100


async def targets(request: web.Request) -> web.Response:
    """Give targets, worst first; `?text=`, `condition`, `group`, `offset`, `limit` (to 1,000)."""
    query = targets_asked(request, 100)
    found = request.app[SITE].live.find(query)
    return web.json_response(
        {
            "total": found.total,
            "offset": query.offset,
            "targets": [documents.target(view) for view in found.views],
        }
    )


async def target(request: web.Request) -> web.Response:
    """Give one target, its uptimes and latest checks; without those, when they cannot be read."""
    site, view = request.app[SITE], view_of(request)
    now = site.live.vitals().now
    document = documents.target(view)
    try:
        document |= await site.history.ask(_past(view.watched.key, now))
    except Unreadable as error:
        document |= {"uptime": None, "checks": None, "error": f"{error}"}
    return web.json_response(document)


def _past(key: str, now: float) -> Callable[[HistoryReader], Document]:
    """A question for what a target's history says in short."""

    def read(reader: HistoryReader) -> Document:
        checks = reader.checks(key, now - RANGES["90d"], now, _CHECKS)
        return {
            "uptime": {
                name: documents.uptime(reader.uptime(key, now - span, now))
                for name, span in RANGES.items()
            },
            "checks": [documents.check(one) for one in checks],
        }

    return read


async def series(request: web.Request) -> web.Response:
    """Give how a target was over a time; `?range=24h|7d|30d|90d`, `points` (to 2,000)."""
    site, view, asked = request.app[SITE], view_of(request), range_of(request)
    points = number_asked(request, "points", POINTS, 1, 2_000)
    until = site.live.vitals().now
    since = until - RANGES[asked]
    key = view.watched.key
    found = await site.history.ask(lambda reader: reader.series(key, since, until, points))
    return web.json_response(
        {"key": key, "range": asked, "series": [documents.bucket(one) for one in found]}
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
        {"incidents": [documents.incident(one) for one in found], "next": further}
    )


async def incident(request: web.Request) -> web.Response:
    """Give one incident and the messages about it."""
    found = await find(request)
    messages = await request.app[SITE].history.ask(lambda reader: reader.messages(found.id))
    document = documents.incident(found)
    return web.json_response(document | {"messages": [documents.message(one) for one in messages]})


async def silences(request: web.Request) -> web.Response:
    """Give the silences that last."""
    lasting = request.app[SITE].live.silences()
    return web.json_response({"silences": [documents.silence(one) for one in lasting]})


async def vitals(request: web.Request) -> web.Response:
    """Give how the monitor itself is."""
    live = request.app[SITE].live
    counts = {condition.value: count for condition, count in live.counts().items()}
    return web.json_response(documents.vitals(live.vitals(), counts))
