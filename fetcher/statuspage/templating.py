"""The Jinja2 templates with their filters, and error responses for people and programs."""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fetcher.statuspage import value_format
from fetcher.statuspage.site_context import SITE, root_of
from fetcher.statuspage.uptime_bars import day_bars, labelled_bars, total_uptime
from fetcher.statuspage.value_format import by_day, title_of
from fetcher.units import format_date, format_minute, format_span, format_time, rfc3339

_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)
_ERROR_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def make_templates() -> Environment:
    """Return the template environment, which escapes all values."""
    environment = Environment(
        loader=PackageLoader("fetcher.statuspage"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        key=lambda key: quote(key, safe=""),
        link=_link,
        time=_time,
        lasting=format_span,
        percent=value_format.percent,
        took=value_format.took,
        timing=value_format.timing,
        day=format_date,
        counted=value_format.counted,
        groupby_day=by_day,
    )
    environment.globals.update(
        marks=value_format.MARKS,
        asset=_asset,
        day_bars=day_bars,
        labelled_bars=labelled_bars,
        total_uptime=total_uptime,
        title_of=title_of,
    )
    return environment


def render(request: web.Request, template: str, **values: object) -> web.Response:
    """Render a template into a response."""
    site = request.app[SITE]
    root, vitals, visitor = root_of(request), site.live.vitals(), site.visitor(request)
    text = site.templates.get_template(template).render(
        site_title=site.settings.title,
        root=root,
        here=request.rel_url.raw_path_qs[1:],
        visitor=visitor,
        # Login forms and errors are shown to everyone, and must not tell strangers more.
        shows_alarms=visitor is not None or not site.settings.private,
        can_log_in=bool(site.credentials),
        vitals=vitals,
        now=vitals.now,
        **values,
    )
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def asset_bytes(name: str) -> bytes | None:
    """Return a static file, None if there is none of that name."""
    return _assets().get(name)


@cache
def _assets() -> dict[str, bytes]:
    folder = files("fetcher.statuspage").joinpath("static")
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@cache
def _asset(name: str) -> str:
    """Return the path of a static file; it changes with the content, which is cached for long."""
    return f"static/{name}?v={sha256(_assets()[name]).hexdigest()[:8]}"


def _link(url: str) -> Markup:
    """Return a URL as a link, or as text if its scheme is neither http nor https."""
    if not _WEB.match(url):
        return escape(url)
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(url)


def _time(at: float | None, seconds: bool = False) -> Markup:
    """Return a time as an element that programs can read as well."""
    if at is None:
        return Markup("–")
    # The page says in one place that its times are UTC.
    shown = format_time(at).removesuffix(" UTC") if seconds else format_minute(at)
    return Markup('<time datetime="{}">{}</time>').format(rfc3339(at) or "", shown)


def problem(
    request: web.Request, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return an error: in the API as problem details (RFC 9457), elsewhere as a page."""
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
    for name in _ERROR_HEADERS:
        for value in getattr(headers, "getall", lambda name, none: none)(name, ()):
            response.headers.add(name, value)
    return response
