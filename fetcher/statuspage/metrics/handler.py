"""The page that Prometheus asks for."""

from collections.abc import Sequence

from aiohttp import web

from fetcher.monitor.live import Live, Query, TargetView
from fetcher.statuspage.metrics.exposition import Exposition, expose
from fetcher.statuspage.site import SITE

MOST = 5_000
"""With more targets than this, they are told one by one only to who asks for some, or for all."""


async def metrics(request: web.Request) -> web.Response:
    """Give all metrics; made in a thread, because with many targets that takes long.

    `?target=` and `?group=`, both repeatable, choose targets by key and by group. `?all=1` gives
    all of them, however many.
    """
    site = request.app[SITE]
    live = site.live
    views = _chosen(live, request)
    total = sum(live.counts().values())
    exposition = Exposition(
        live.vitals(),
        live.counts(),
        len(live.incidents()),
        len(live.silences()),
        tuple([channel.name for channel in live.plan.channels]),
        views,
        total - len(views),
    )
    accept = request.headers.get("Accept", "")
    body, content_type = await site.history.work(lambda: expose(exposition, accept))
    return web.Response(body=body, headers={"Content-Type": content_type})


def _chosen(live: Live, request: web.Request) -> Sequence[TargetView]:
    keys = request.query.getall("target", [])
    groups = [name for name in request.query.getall("group", []) if name]
    total = sum(live.counts().values())
    if keys or groups:
        chosen = [view for key in keys if (view := live.get(key)) is not None]
        for group in groups:
            chosen += live.find(Query(group=group, limit=total)).views
        # Twice the same labels in one scrape are an error to Prometheus.
        return list({view.watched.key: view for view in chosen}.values())
    if total > MOST and request.query.get("all") != "1":
        return ()
    return live.find(Query(limit=total)).views
