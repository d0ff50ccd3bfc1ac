"""Templates, and what they can use."""

import re
from functools import cache
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fetcher.statuspage import words
from fetcher.statuspage.drawing.bars import day_bars, told_bars, whole
from fetcher.statuspage.naming import by_day, title_of
from fetcher.statuspage.site import SITE, root_of

_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def make_templates() -> Environment:
    """Give the templates; what is put into them is text unless they say otherwise."""
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
        lasting=words.lasting,
        percent=words.percent,
        took=words.took,
        timing=words.timing,
        day=words.day,
        counted=words.counted,
        groupby_day=by_day,
    )
    environment.globals.update(
        marks=words.MARKS,
        asset=_asset,
        day_bars=day_bars,
        told_bars=told_bars,
        whole=whole,
        title_of=title_of,
    )
    return environment


def render(request: web.Request, template: str, **values: object) -> web.Response:
    """Answer with a page."""
    site = request.app[SITE]
    root, vitals, visitor = root_of(request), site.live.vitals(), site.visitor(request)
    text = site.templates.get_template(template).render(
        site_title=site.settings.title,
        root=root,
        here=request.rel_url.raw_path_qs[1:],
        visitor=visitor,
        # Forms to log in and errors are shown to everybody, and tell strangers nothing more.
        tells_alarms=visitor is not None or not site.settings.private,
        can_log_in=bool(site.credentials),
        vitals=vitals,
        now=vitals.now,
        **values,
    )
    return web.Response(text=text, content_type="text/html", charset="utf-8")


def asset_bytes(name: str) -> bytes | None:
    """Give a file that pages load, None when there is none of that name."""
    return _assets().get(name)


@cache
def _assets() -> dict[str, bytes]:
    folder = files("fetcher.statuspage").joinpath("static")
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@cache
def _asset(name: str) -> str:
    """The way to a file from the first page; another after each change, as it is kept for long."""
    return f"static/{name}?v={sha256(_assets()[name]).hexdigest()[:8]}"


def _link(url: str) -> Markup:
    """A URL as a link to it; as mere text if it is none of the web."""
    if not _WEB.match(url):
        return escape(url)
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(url)


def _time(at: float | None, seconds: bool = False) -> Markup:
    """A time as an element that programs can read as well."""
    if at is None:
        return Markup("–")
    shown = words.second(at) if seconds else words.moment(at)
    return Markup('<time datetime="{}">{}</time>').format(words.stamp(at), shown)
