"""Answers that say what is wrong: a page for people, JSON for programs."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from fetcher.statuspage.rendering import render

_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


def problem(
    request: web.Request, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with an error; in the API as problem details (RFC 9457), elsewhere as a page."""
    phrase = HTTPStatus(status).phrase
    if detail.startswith(f"{status}:"):
        detail = ""
    if request.path.startswith("/api/"):
        document = {"title": phrase, "status": status, "detail": detail or phrase}
        response = web.json_response(
            document, status=status, content_type="application/problem+json"
        )
    else:
        response = render(request, "problem.html", status=status, phrase=phrase, detail=detail)
        response.set_status(status)
    for name in _KEPT:
        for value in getattr(headers, "getall", lambda name, none: none)(name, ()):
            response.headers.add(name, value)
    return response
