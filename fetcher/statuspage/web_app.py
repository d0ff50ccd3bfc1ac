"""The web application: all routes, the static files, the health checks, and the listen address."""

import re
import time
from collections.abc import Callable
from mimetypes import guess_type

from aiohttp import web

from fetcher.monitor.live_view import Live
from fetcher.monitor.plan import PageSettings
from fetcher.statuspage import feeds
from fetcher.statuspage.api import api_handlers
from fetcher.statuspage.auth.access_control import check_host, error_responses, require_login
from fetcher.statuspage.auth.credentials import Credentials, Origins
from fetcher.statuspage.auth.sessions import Attempts, Sessions
from fetcher.statuspage.history_access import History, HistoryAccess
from fetcher.statuspage.metrics import show_metrics
from fetcher.statuspage.pages import incident_pages, login_page, overview_page, target_page
from fetcher.statuspage.site_context import SITE, SiteContext
from fetcher.statuspage.templating import asset_bytes, make_templates

_MAX_BODY = 64 * 1024
# The URL of a static file changes with its content.
_STATIC_CACHING = "public, max-age=31536000, immutable"
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^\[\]:\s]*):([0-9]{1,5})")


async def healthz(request: web.Request) -> web.Response:
    """Return 200 if the event loop runs, which this proves, and the database can be written."""
    error = request.app[SITE].live.vitals().database_error
    if error:
        return web.Response(status=503, text=f"the database cannot be written: {error}\n")
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """Return 200 once all parts are running."""
    if not request.app[SITE].live.vitals().ready:
        return web.Response(status=503, text="still starting\n")
    return web.Response(text="ready\n")


async def asset(request: web.Request) -> web.Response:
    """Return a static file."""
    name = request.match_info["name"]
    body = asset_bytes(name)
    if body is None:
        raise web.HTTPNotFound(text="There is no such file.")
    kind = guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": _STATIC_CACHING}
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)


def host_and_port(listen: str) -> tuple[str, int]:
    """Parse an address such as `127.0.0.1:8900`, `[::1]:8900`, or `:8900` for all interfaces.

    Port 0 chooses a free one. Raises ValueError.
    """
    found = _ADDRESS.fullmatch(listen.strip())
    if found is None or int(found[2]) > 65535:
        raise ValueError(f"{listen!r} is not ADDRESS:PORT, such as 127.0.0.1:8900")
    return found[1].strip("[]"), int(found[2])


def make_app(
    live: Live,
    reader: HistoryAccess,
    settings: PageSettings | None = None,
    *,
    now: Callable[[], float] = time.monotonic,
) -> web.Application:
    """Create the status page of a monitor, with its API and metrics.

    settings: by default those of the plan in force. now: a clock in seconds for sessions and login
    attempts; what is shown uses the monitor's own. Raises ValueError for an invalid listen address.
    """
    settings = live.plan.page if settings is None else settings
    host, port = host_and_port(settings.listen)
    app = web.Application(
        middlewares=(error_responses, check_host, require_login), client_max_size=_MAX_BODY
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
        web.get("/silences", incident_pages.silences),
        web.post("/silences", incident_pages.create_silence),
        web.post("/silences/{id}/end", incident_pages.end_silence),
        web.get("/monitor", overview_page.monitor),
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
        web.get("/badge/{key}.svg", target_page.condition_badge),
        web.get("/badge/{key}/uptime.svg", target_page.days_badge),
        web.get("/feed.atom", feeds.atom),
        web.get("/feed.rss", feeds.rss),
        web.get("/metrics", show_metrics),
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
    ]
