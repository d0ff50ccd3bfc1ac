"""All pages put together."""

import time
from collections.abc import Callable

from aiohttp import web

from fetcher.monitor.live import Live
from fetcher.monitor.plan import PageSettings
from fetcher.statuspage import badges, feeds, health
from fetcher.statuspage.api import changing, reading
from fetcher.statuspage.assets import asset
from fetcher.statuspage.history import History
from fetcher.statuspage.listening import host_and_port
from fetcher.statuspage.metrics import metrics
from fetcher.statuspage.pages import incidents, login, monitor, overview, silences, target
from fetcher.statuspage.protection.attempts import Attempts
from fetcher.statuspage.protection.credentials import Credentials
from fetcher.statuspage.protection.middleware import answering, host_checking, privacy
from fetcher.statuspage.protection.origins import Origins
from fetcher.statuspage.protection.sessions import Sessions
from fetcher.statuspage.reading import HistoryReader
from fetcher.statuspage.rendering import make_templates
from fetcher.statuspage.site import SITE, Site

_LARGEST_BODY = 64 * 1024


def make_app(
    live: Live,
    reader: HistoryReader,
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
    app[SITE] = Site(
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
        web.get("/", overview.overview),
        web.get("/targets/{key}", target.target),
        web.get("/incidents", incidents.timeline),
        web.get("/incidents/{id}", incidents.incident),
        web.post("/incidents/{id}/acknowledge", incidents.acknowledge),
        web.get("/silences", silences.silences),
        web.post("/silences", silences.make),
        web.post("/silences/{id}/end", silences.end),
        web.get("/monitor", monitor.monitor),
        web.get("/login", login.form),
        web.post("/login", login.log_in),
        web.post("/logout", login.log_out),
        web.get("/static/{name}", asset),
        web.get("/api/v1/targets", reading.targets),
        web.get("/api/v1/targets/{key}", reading.target),
        web.get("/api/v1/targets/{key}/series", reading.series),
        web.get("/api/v1/incidents", reading.incidents),
        web.get("/api/v1/incidents/{id}", reading.incident),
        web.post("/api/v1/incidents/{id}/acknowledge", changing.acknowledge),
        web.get("/api/v1/silences", reading.silences),
        web.post("/api/v1/silences", changing.silence),
        web.delete("/api/v1/silences/{id}", changing.unsilence),
        web.get("/api/v1/vitals", reading.vitals),
        web.get("/badge/{key}.svg", badges.state),
        web.get("/badge/{key}/uptime.svg", badges.uptime),
        web.get("/feed.atom", feeds.atom),
        web.get("/feed.rss", feeds.rss),
        web.get("/metrics", metrics),
        web.get("/healthz", health.healthz),
        web.get("/readyz", health.readyz),
    ]
