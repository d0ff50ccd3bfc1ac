"""The few ways in which values become markup."""

import re
from html import escape

from fetcher.sinks.marks import MARKS

_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def text(value: object) -> str:
    """Give a value as text or as an attribute's value, whatever is in it."""
    return escape(str(value), quote=True)


def link(url: str) -> str:
    """Give a URL as a link to it; as mere text if it is none of the web."""
    shown = text(url)
    if not _WEB.match(url):
        return shown
    return f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>'


def badge(health: str, word: str = "") -> str:
    """Give a health with its mark and colour; word: what it says instead of the health."""
    mark = MARKS.get(health, "")
    return (
        f'<span class="badge {text(health)}"><span aria-hidden="true">{mark}</span> '
        f"{text(word or health)}</span>"
    )


def bar(parts: list[tuple[str, float]], label: str, css: str) -> str:
    """Draw parts side by side as SVG.

    parts: a CSS class and a width in percent each. label: the same in words.
    """
    at = 0.0
    drawn = []
    for name, width in parts:
        drawn.append(f'<rect class="{name}" x="{at:.2f}%" width="{width:.2f}%" height="100%"/>')
        at += width
    said = text(label)
    return (
        f'<svg class="{css}" role="img" aria-label="{said}"><title>{said}</title>'
        f"{''.join(drawn)}</svg>"
    )
