"""What is told of the monitor itself."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from fetcher.monitor.commit import Why
from fetcher.monitor.live import Vitals
from fetcher.monitor.state import Condition

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
         vitals.blind_since is not None),
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
    known = dict.fromkeys((why.value for why in Why), 0)
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
