"""The metrics of the monitor itself, and the handler that returns all metrics to Prometheus."""

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
MAX_TARGETS = 5_000
"""With more targets than this, single targets are included only on request."""


def monitor_metrics(vitals: Vitals) -> Iterator[Metric]:
    """Yield the metrics of the monitor itself."""
    for name, help, value in (
        ("lag_seconds", "Recent delay of checks, 99th percentile", vitals.lag),
        ("loop_lag_seconds", "Recent delay of the event loop, 99th percentile", vitals.loop_lag),
        ("running_checks", "Checks running now", vitals.running),
        ("outbox_messages", "Messages queued for delivery", vitals.outbox),
        ("blind", "1 if the monitor is offline, so that failures do not count",
         vitals.offline_since is not None),
        ("ready", "1 if all parts are running", vitals.ready),
        ("database_bytes", "Size of the database", vitals.database_bytes),
        ("database_writable", "1 if the database can be written", not vitals.database_error),
        ("reload_successful", "1 if the latest configuration was loaded",
         not vitals.reload_error),
        ("start_time_seconds", "Start time of the monitor, in Unix time", vitals.started),
    ):  # fmt: skip
        yield GaugeMetricFamily(_PREFIX + name, help, float(value))
    for name, help, count in (
        ("checks", "Checks completed", vitals.checks),
        ("late_checks", "Checks that started more than a second late", vitals.late),
        ("messages_sent", "Messages delivered", vitals.sent),
    ):
        yield CounterMetricFamily(_PREFIX + name, help, float(count))
    yield _missed(vitals)


def _missed(vitals: Vitals) -> Metric:
    metric = CounterMetricFamily(
        _PREFIX + "missed", "Checks that were due but did not run", labels=["why"]
    )
    known = dict.fromkeys((why.value for why in MissedReason), 0)
    for why, count in (known | dict(vitals.missed)).items():
        metric.add_metric([why], count)
    return metric


def count_metrics(
    counts: Mapping[Condition, int], incidents: int, silences: int
) -> Iterator[Metric]:
    """Yield the numbers of targets by condition, of open incidents and of silences."""
    targets = GaugeMetricFamily(_PREFIX + "targets", "Targets by condition", labels=["condition"])
    for condition in Condition:
        targets.add_metric([condition.value], counts.get(condition, 0))
    yield targets
    yield GaugeMetricFamily(_PREFIX + "open_incidents", "Open incidents", incidents)
    yield GaugeMetricFamily(_PREFIX + "silences", "Silences in force", silences)


def channel_metric(names: tuple[str, ...], failing: Mapping[str, str]) -> Metric:
    """Return which channels fail to deliver."""
    metric = GaugeMetricFamily(
        _PREFIX + "channel_failing", "1 if the channel fails to deliver", labels=["channel"]
    )
    for name in dict.fromkeys((*names, *failing)):
        metric.add_metric([name], float(name in failing))
    return metric


@dataclass(frozen=True, slots=True)
class Exposition(Collector):
    """The data of one scrape, all from the same moment.

    views: the targets with metrics of their own; left_out: the number of other targets.
    """

    vitals: Vitals
    counts: Mapping[Condition, int]
    incidents: int
    silences: int
    channels: tuple[str, ...]
    views: Sequence[TargetView]
    left_out: int = 0

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        build = GaugeMetricFamily(
            "fetcher_monitor_build_info", "The program's version", labels=["version"]
        )
        build.add_metric([__version__], 1)
        yield build
        yield from monitor_metrics(self.vitals)
        yield from count_metrics(self.counts, self.incidents, self.silences)
        yield channel_metric(self.channels, self.vitals.failing)
        yield GaugeMetricFamily(
            "fetcher_monitor_targets_left_out",
            "Targets without metrics of their own here, because there are too many; "
            "?group= and ?target= select some, ?all=1 returns all",
            self.left_out,
        )
        yield from probes(self.views)


def expose(exposition: Exposition, accept: str) -> tuple[bytes, str]:
    """Return the metrics in the format of an Accept header, and the content type.

    The Prometheus text format, or OpenMetrics 1.0.
    """
    encode, content_type = choose_encoder(accept)
    return encode(exposition), content_type


async def show_metrics(request: web.Request) -> web.Response:
    """Return all metrics; encoded in a thread, because that takes long with many targets.

    `?target=` and `?group=`, both repeatable, select targets by key and by group. `?all=1` returns
    all of them.
    """
    site = request.app[SITE]
    live = site.live
    views = _selected(live, request)
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


def _selected(live: Live, request: web.Request) -> Sequence[TargetView]:
    keys = request.query.getall("target", [])
    groups = [name for name in request.query.getall("group", []) if name]
    total = sum(live.counts().values())
    if keys or groups:
        selected = [view for key in keys if (view := live.get(key)) is not None]
        for group in groups:
            selected += live.find(Query(group=group, limit=total)).views
        # Prometheus rejects a scrape with duplicate labels.
        return list({view.target.key: view for view in selected}.values())
    if total > MAX_TARGETS and request.query.get("all") != "1":
        return ()
    return live.find(Query(limit=total)).views
