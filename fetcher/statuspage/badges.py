"""Badges of targets, for pages elsewhere."""

from aiohttp import web

from fetcher.statuspage.asked import number_asked
from fetcher.statuspage.drawing.badges import state_badge, uptime_badge
from fetcher.statuspage.drawing.bars import DAY
from fetcher.statuspage.pages.target import view_of
from fetcher.statuspage.site import SITE
from fetcher.statuspage.words import percent

_KEPT = "max-age=60"
"""Seconds for which others may show it again: pages that are read a lot need not ask each time."""


async def state(request: web.Request) -> web.Response:
    """Give a target's condition."""
    view = view_of(request)
    return _svg(state_badge(view.watched.shown, view.state.condition))


async def uptime(request: web.Request) -> web.Response:
    """Give a target's uptime over `?days=`, 30 unless told otherwise."""
    site, view = request.app[SITE], view_of(request)
    days = number_asked(request, "days", 30, 1, 3660)
    now, key = site.live.vitals().now, view.watched.key
    found = await site.history.ask(lambda reader: reader.uptime(key, now - days * DAY, now))
    said = percent(found.share) if found.share is not None else "not watched"
    return _svg(uptime_badge(view.watched.shown, found.share, f"{said} in {days} d"))


def _svg(text: str) -> web.Response:
    headers = {"Cache-Control": _KEPT}
    return web.Response(text=text, content_type="image/svg+xml", headers=headers)
