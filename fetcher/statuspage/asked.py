"""What a request's query asks for."""

from aiohttp import web

from fetcher.monitor.live import Query
from fetcher.monitor.state import Condition

_LONGEST_TEXT = 200


def targets_asked(request: web.Request, limit: int) -> Query:
    """Read which targets are asked for: text, condition, group, offset, limit.

    Raises HTTPBadRequest that says what was expected.
    """
    condition = request.query.get("condition", "")
    if condition and condition not in tuple(Condition):
        raise web.HTTPBadRequest(text=f"condition is not one of {', '.join(Condition)}")
    return Query(
        text=text_asked(request),
        condition=Condition(condition) if condition else None,
        group=request.query.get("group", ""),
        offset=number_asked(request, "offset", 0, 0, 10**9),
        limit=number_asked(request, "limit", limit, 1, 1_000),
    )


def text_asked(request: web.Request) -> str:
    """Read what is searched for."""
    return request.query.get("text", "")[:_LONGEST_TEXT]


def number_asked(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """Read a whole number within bounds. Raises HTTPBadRequest."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and least <= int(text[:10]) <= most):
        raise web.HTTPBadRequest(text=f"{name} is not a whole number from {least:,} to {most:,}")
    return int(text)
