"""All metrics as text.

The page that Prometheus asks for.

What is told of the monitor itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from fetcher import __version__
from fetcher.monitor.commit import MissedReason
from fetcher.monitor.live_view import Live, Query, TargetView, Vitals
from fetcher.monitor.target_state import Condition
from fetcher.statuspage.metrics.probe_metrics import probes
from fetcher.statuspage.site_context import SITE

_PREFIX = "fetcher_monitor_"


def vital(vitals: Vitals) -> Iterator[Metric]:
    """Give how the monitor is."""
    for name, help, value in (
        ("lag_seconds", "How late checks began of late, 99th percentile", vitals.lag),
        ("loop_lag_seconds", "How late the event loop was of late, 99th percentile",
         vitals.loop_lag),
        ("running_checks", "Checks under way", vitals.running),
        ("outbox_messages", "Messages that wait to be delivered", vitals.outbox),
        ("blind", "Whether the monitor cannot see, so that failures are not believed",
         vitals.offline_since is not None),
        ("ready", "Whether all parts run", vitals.ready),
        ("database_bytes", "Size of the database", vitals.database_bytes),
        ("database_writable", "Whether the database can be written", not vitals.database_error),
        ("reload_successful", "Whether the latest configuration was taken",
         not vitals.reload_error),
        ("start_time_seconds", "When the monitor was started, in Unix time", vitals.started),
    ):  # fmt: skip
        yield GaugeMetricFamily(_PREFIX + name, help, float(value))
    for name, help, count in (
        ("checks", "Checks done", vitals.checks),
        ("late_checks", "Checks that began more than a second after they were due", vitals.late),
        ("messages_sent", "Messages delivered", vitals.sent),
    ):
        yield CounterMetricFamily(_PREFIX + name, help, float(count))
    yield _missed(vitals)


def _missed(vitals: Vitals) -> Metric:
    metric = CounterMetricFamily(
        _PREFIX + "missed", "Checks that were due and not made", labels=["why"]
    )
    known = dict.fromkeys((why.value for why in MissedReason), 0)
    for why, count in (known | dict(vitals.missed)).items():
        metric.add_metric([why], count)
    return metric


def standing(counts: Mapping[Condition, int], incidents: int, silences: int) -> Iterator[Metric]:
    """Give how many targets are in each condition, and what lasts."""
    targets = GaugeMetricFamily(
        _PREFIX + "targets", "Targets by what they are held to be", labels=["condition"]
    )
    for condition in Condition:
        targets.add_metric([condition.value], counts.get(condition, 0))
    yield targets
    yield GaugeMetricFamily(_PREFIX + "open_incidents", "Incidents that last", incidents)
    yield GaugeMetricFamily(_PREFIX + "silences", "Silences that last", silences)


def channels(names: tuple[str, ...], failing: Mapping[str, str]) -> Metric:
    """Give which channels do not deliver."""
    metric = GaugeMetricFamily(
        _PREFIX + "channel_failing", "Whether a channel does not deliver", labels=["channel"]
    )
    for name in dict.fromkeys((*names, *failing)):
        metric.add_metric([name], float(name in failing))
    return metric


@dataclass(frozen=True, slots=True)
class Exposition(Collector):
    """Everything that one scrape tells, as it was at one moment.

    views: the targets that are told one by one; left_out: how many more there are.
    """

    vitals: Vitals
    counts: Mapping[Condition, int]
    incidents: int
    silences: int
    channels: tuple[str, ...]
    views: Sequence[TargetView]
    left_out: int = 0

    def collect(self) -> Iterator[Metric]:
        """Give every metric."""
        build = GaugeMetricFamily(
            "fetcher_monitor_build_info", "The program's version", labels=["version"]
        )
        build.add_metric([__version__], 1)
        yield build
        yield from vital(self.vitals)
        yield from standing(self.counts, self.incidents, self.silences)
        yield channels(self.channels, self.vitals.failing)
        yield GaugeMetricFamily(
            "fetcher_monitor_targets_left_out",
            "Targets that are not told one by one here, because there are so many; "
            "?group= and ?target= choose some, ?all=1 tells all",
            self.left_out,
        )
        yield from probes(self.views)


def expose(exposition: Exposition, accept: str) -> tuple[bytes, str]:
    """Write it in the format that is asked for by an Accept header, and name the content type.

    Prometheus' text format, or OpenMetrics 1.0.
    """
    encode, content_type = choose_encoder(accept)
    return encode(exposition), content_type


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
        return list({view.target.key: view for view in chosen}.values())
    if total > MOST and request.query.get("all") != "1":
        return ()
    return live.find(Query(limit=total)).views
