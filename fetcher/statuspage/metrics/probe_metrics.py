"""The metrics of each target, with the names of blackbox_exporter.

Dashboards and alerts for that exporter work unchanged. Metrics that it does not have begin with
`fetcher_`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample

from fetcher.judgement.verdict import Health
from fetcher.monitor.live_view import TargetView
from fetcher.monitor.target_state import Condition, Observation

Labelled = tuple[dict[str, str], float]
Read = Callable[[Observation], float | None]

_CONDITIONS = (Condition.NEW, Condition.UP, Condition.DEGRADED, Condition.DOWN)


@dataclass(frozen=True, slots=True)
class Probe:
    """A gauge of a target: its name, its help, and how its value is read, None if it has none."""

    name: str
    help: str
    read: Read


def _success(found: Observation) -> float | None:
    """Return None if the health is unknown: an absent value triggers no alert."""
    if found.health is Health.UNKNOWN:
        return None
    return float(found.health is not Health.UNHEALTHY)


def _version(found: Observation) -> float | None:
    try:
        return float(found.http_version)
    except ValueError:
        return None


def _of_response(read: Read) -> Read:
    """Restrict to responses: a failure has no number of redirects."""
    return lambda found: None if found.status is None else read(found)


PROBES = (
    Probe("probe_success", "1 if the latest check found the target healthy or degraded "
          "(absent if the monitor was offline)", _success),
    Probe("probe_duration_seconds", "Duration of the latest check", lambda found: found.elapsed),
    Probe("probe_http_status_code", "Response HTTP status code",
          lambda found: float(found.status or 0)),
    Probe("probe_http_redirects", "The number of redirects",
          _of_response(lambda found: float(found.redirects))),
    Probe("probe_http_version", "The version of HTTP of the probe response", _version),
    Probe("probe_http_ssl", "1 if TLS was used for the final response",
          _of_response(lambda found: float(bool(found.tls_version)))),
    Probe("probe_dns_lookup_time_seconds", "The time taken for probe DNS lookup",
          lambda found: found.timings.dns),
    Probe("probe_ssl_earliest_cert_expiry", "When the TLS certificate expires, in Unix time",
          lambda found: found.expires),
    Probe("fetcher_monitor_last_check_timestamp_seconds", "Start time of the latest check, in "
          "Unix time", lambda found: found.at),
)  # fmt: skip


class Family(Metric):
    """A metric whose samples are created one by one while they are encoded.

    With 100,000 targets, all samples of one metric would take more memory than the targets
    themselves. `samples` can be read any number of times.
    """

    def __init__(self, name: str, help: str, make: Callable[[], Iterator[Labelled]]) -> None:
        super().__init__(name, help, "gauge")
        self._make = make

    @property  # type: ignore[override]
    def samples(self) -> Iterator[Sample]:
        """All samples."""
        return (Sample(self.name, labels, value) for labels, value in self._make())

    @samples.setter
    def samples(self, none: Sequence[Sample]) -> None:
        """Ignored; the base class sets an empty list."""


def probes(views: Sequence[TargetView]) -> Iterator[Metric]:
    """Yield all metrics of these targets; before its first check, a target has only a condition."""
    for probe in PROBES:
        yield Family(probe.name, probe.help, partial(_values, views, probe.read))
    yield Family(
        "probe_http_duration_seconds",
        "Duration of http request by phase, 0 for a phase that did not occur",
        lambda: _phases(views),
    )
    yield Family(
        "fetcher_monitor_target_condition",
        "Condition of the target: 0 not known yet, 1 up, 2 degraded, 3 down",
        lambda: ((_labels(view), _CONDITIONS.index(view.state.condition)) for view in views),
    )
    yield Family(
        "fetcher_monitor_target_silenced",
        "1 if alerts of the target are muted by a silence or maintenance",
        lambda: ((_labels(view), float(view.silenced or bool(view.maintenance))) for view in views),
    )


def _values(views: Iterable[TargetView], read: Read) -> Iterator[Labelled]:
    for view in views:
        if view.latest is not None and (value := read(view.latest)) is not None:
            yield _labels(view), value


def _phases(views: Iterable[TargetView]) -> Iterator[Labelled]:
    for view in views:
        if view.latest is None or view.latest.elapsed is None:
            continue
        timings, labels = view.latest.timings, _labels(view)
        for phase, seconds in (
            ("resolve", timings.dns),
            ("connect", timings.connect),
            ("tls", timings.tls),
            ("processing", timings.first_byte),
            ("transfer", timings.body),
        ):
            yield {**labels, "phase": phase}, seconds or 0.0


def _labels(view: TargetView) -> dict[str, str]:
    target = view.target
    return {"target": target.key, "url": target.address, "group": target.group}
