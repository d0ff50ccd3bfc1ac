"""Badges of targets, for pages elsewhere.

Badges as SVG files of their own, for pages elsewhere.
"""

from html import escape

from aiohttp import web

from fetcher.monitor.target_state import Condition
from fetcher.statuspage.pages.target_page import view_of
from fetcher.statuspage.query_params import number_asked
from fetcher.statuspage.site_context import SITE
from fetcher.statuspage.uptime_bars import DAY
from fetcher.statuspage.value_format import percent
from fetcher.text import clean

_HEIGHT = 20
_PADDING = 6
# Of Verdana at 11 pixels, on average; the text is then stretched to what was reckoned.
_LETTER = 6.6
_WIDE_LETTER = 11.0
_LONGEST = 40

_GREY = "#5f6470"
_COLOURS = {
    Condition.NEW: _GREY,
    Condition.UP: "#217a4b",
    Condition.DEGRADED: "#8a5a00",
    Condition.DOWN: "#b3261e",
}


def state_badge(name: str, condition: Condition) -> str:
    """Draw a target's condition."""
    return _badge(name, condition.value, _COLOURS[condition])


def uptime_badge(name: str, share: float | None, said: str) -> str:
    """Draw for how much of its watched time a target was there; said: that in words."""
    if share is None:
        return _badge(name, said, _GREY)
    worst = (0.99, Condition.DOWN), (0.999, Condition.DEGRADED)
    found = next((condition for limit, condition in worst if share < limit), Condition.UP)
    return _badge(name, said, _COLOURS[found])


def _badge(name: str, value: str, colour: str) -> str:
    """Two fields side by side; their colours are attributes, which every policy lets through."""
    name = clean(name)
    name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    left, right = _width(name), _width(value)
    said = escape(f"{name}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" '
        f'role="img" aria-label="{said}"><title>{said}</title>'
        f'<rect width="{left + right}" height="{_HEIGHT}" rx="3" fill="#3a4350"/>'
        f'<path fill="{colour}" d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v{_HEIGHT - 6}'
        f'a3 3 0 0 1-3 3h-{right - 3}z"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f"{_text(name, 0, left)}{_text(value, left, right)}</g></svg>"
    )


def _width(text: str) -> int:
    letters = sum(_LETTER if letter < "\u0300" else _WIDE_LETTER for letter in text)
    return round(letters) + 2 * _PADDING


def _text(text: str, start: int, width: int) -> str:
    return (
        f'<text x="{start + _PADDING}" y="14" textLength="{width - 2 * _PADDING}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


_KEPT = "max-age=60"
"""Seconds for which others may show it again: pages that are read a lot need not ask each time."""


async def state(request: web.Request) -> web.Response:
    """Give a target's condition."""
    view = view_of(request)
    return _svg(state_badge(view.target.shown, view.state.condition))


async def uptime(request: web.Request) -> web.Response:
    """Give a target's uptime over `?days=`, 30 unless told otherwise."""
    site, view = request.app[SITE], view_of(request)
    days = number_asked(request, "days", 30, 1, 3660)
    now, key = site.live.vitals().now, view.target.key
    found = await site.history.ask(lambda reader: reader.uptime(key, now - days * DAY, now))
    said = percent(found.share) if found.share is not None else "not watched"
    return _svg(uptime_badge(view.target.shown, found.share, f"{said} in {days} d"))


def _svg(text: str) -> web.Response:
    headers = {"Cache-Control": _KEPT}
    return web.Response(text=text, content_type="image/svg+xml", headers=headers)
