"""Badges as stand-alone SVG files, to embed in other pages."""

from html import escape

from fetcher.monitor.target_state import Condition
from fetcher.text import clean

_HEIGHT = 20
_PADDING = 6
# Average widths in Verdana at 11 pixels; the text is then stretched to the computed width.
_LETTER = 6.6
_WIDE_LETTER = 11.0
_MAX_NAME = 40

_GREY = "#5f6470"
_COLOURS = {
    Condition.NEW: _GREY,
    Condition.UP: "#217a4b",
    Condition.DEGRADED: "#8a5a00",
    Condition.DOWN: "#b3261e",
}


def state_badge(name: str, condition: Condition) -> str:
    """Return a badge with a target's condition."""
    return _badge(name, condition.value, _COLOURS[condition])


def uptime_badge(name: str, share: float | None, text: str) -> str:
    """Return a badge with a target's uptime; share: from 0 to 1, text: the share in words."""
    if share is None:
        return _badge(name, text, _GREY)
    limits = (0.99, Condition.DOWN), (0.999, Condition.DEGRADED)
    found = next((condition for limit, condition in limits if share < limit), Condition.UP)
    return _badge(name, text, _COLOURS[found])


def _badge(name: str, value: str, colour: str) -> str:
    """Return two fields side by side, coloured by attributes, which every policy allows."""
    name = clean(name)
    name = name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
    left, right = _width(name), _width(value)
    label = escape(f"{name}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}" '
        f'role="img" aria-label="{label}"><title>{label}</title>'
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
