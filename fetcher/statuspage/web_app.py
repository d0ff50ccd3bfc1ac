"""All pages put together.

Whether the monitor itself is well, for what supervises it.

The files that pages load: a style sheet, a small script, an icon.

Where the page listens.
"""

import re
import time
from collections.abc import Callable
from mimetypes import guess_type

from aiohttp import web

from fetcher.monitor.live_view import Live
from fetcher.monitor.plan import PageSettings
from fetcher.statuspage import badges, feeds
from fetcher.statuspage.api import api_handlers
from fetcher.statuspage.auth.access_control import answering, host_checking, privacy
from fetcher.statuspage.auth.credentials import Credentials, Origins
from fetcher.statuspage.auth.sessions import Attempts, Sessions
from fetcher.statuspage.history_access import History, HistoryAccess
from fetcher.statuspage.metrics import metrics
from fetcher.statuspage.pages import (
    incident_pages,
    login_page,
    overview_page,
    silence_pages,
    target_page,
)
from fetcher.statuspage.site_context import SITE, SiteContext
from fetcher.statuspage.templating import asset_bytes, make_templates


async def healthz(request: web.Request) -> web.Response:
    """Answer 200 while the event loop runs, which this shows, and the database can be written."""
    error = request.app[SITE].live.vitals().database_error
    if error:
        return web.Response(status=503, text=f"the database cannot be written: {error}\n")
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """Answer 200 once all parts run."""
    if not request.app[SITE].live.vitals().ready:
        return web.Response(status=503, text="not all parts run yet\n")
    return web.Response(text="ready\n")


# Their addresses change with them.
_KEPT = "public, max-age=31536000, immutable"


async def asset(request: web.Request) -> web.Response:
    """Give a file."""
    name = request.match_info["name"]
    body = asset_bytes(name)
    if body is None:
        raise web.HTTPNotFound(text="There is no such file.")
    kind = guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": _KEPT}
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)


_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^\[\]:\s]*):([0-9]{1,5})")


def host_and_port(listen: str) -> tuple[str, int]:
    """Read an address such as `127.0.0.1:8900`, `[::1]:8900`, or `:8900` for every interface.

    Port 0 takes a free one. Raises ValueError.
    """
    found = _ADDRESS.fullmatch(listen.strip())
    if found is None or int(found[2]) > 65535:
        raise ValueError(f"{listen!r} is not an address and a port, such as 127.0.0.1:8900")
    return found[1].strip("[]"), int(found[2])


_LARGEST_BODY = 64 * 1024


def make_app(
    live: Live,
    reader: HistoryAccess,
    settings: PageSettings | None = None,
    *,
    now: Callable[[], float] = time.monotonic,
) -> web.Application:
    """Make the status page of a monitor, its API and its metrics.

    settings: those of the plan in force, unless given. now: a clock in seconds for sessions and
    wrong tries; what is shown goes by the monitor's own. Raises ValueError for an address that
    cannot be listened at.
    """
    settings = live.plan.page if settings is None else settings
    host, port = host_and_port(settings.listen)
    app = web.Application(
        middlewares=(answering, host_checking, privacy), client_max_size=_LARGEST_BODY
    )
    app[SITE] = SiteContext(
        live,
        History(reader),
        settings,
        Credentials.of(settings),
        Origins(host, settings.public_url),
        Sessions(now),
        Attempts(now),
        make_templates(),
        f"fetcher-session-{port}",
    )
    app.add_routes(_routes())
    app.on_cleanup.append(_close)
    return app


async def _close(app: web.Application) -> None:
    app[SITE].history.close()


def _routes() -> list[web.RouteDef]:
    return [
        web.get("/", overview_page.overview),
        web.get("/targets/{key}", target_page.target),
        web.get("/incidents", incident_pages.timeline),
        web.get("/incidents/{id}", incident_pages.incident),
        web.post("/incidents/{id}/acknowledge", incident_pages.acknowledge),
        web.get("/silences", silence_pages.silences),
        web.post("/silences", silence_pages.make),
        web.post("/silences/{id}/end", silence_pages.end),
        web.get("/monitor", silence_pages.monitor),
        web.get("/login", login_page.form),
        web.post("/login", login_page.log_in),
        web.post("/logout", login_page.log_out),
        web.get("/static/{name}", asset),
        web.get("/api/v1/targets", api_handlers.targets),
        web.get("/api/v1/targets/{key}", api_handlers.target),
        web.get("/api/v1/targets/{key}/series", api_handlers.series),
        web.get("/api/v1/incidents", api_handlers.incidents),
        web.get("/api/v1/incidents/{id}", api_handlers.incident),
        web.post("/api/v1/incidents/{id}/acknowledge", api_handlers.acknowledge),
        web.get("/api/v1/silences", api_handlers.silences),
        web.post("/api/v1/silences", api_handlers.silence),
        web.delete("/api/v1/silences/{id}", api_handlers.unsilence),
        web.get("/api/v1/vitals", api_handlers.vitals),
        web.get("/badge/{key}.svg", badges.state),
        web.get("/badge/{key}/uptime.svg", badges.uptime),
        web.get("/feed.atom", feeds.atom),
        web.get("/feed.rss", feeds.rss),
        web.get("/metrics", metrics),
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
    ]
