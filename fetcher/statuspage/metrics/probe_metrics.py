"""What is told of each target, by the names that blackbox_exporter has for the same.

Dashboards and alerts that were made for it work as they are. What it has no name for begins with
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
    """One gauge that every target may have: its name, its help, and its value if there is one."""

    name: str
    help: str
    read: Read


def _success(found: Observation) -> float | None:
    """None where it could not be found out: an absent value rings no alarm."""
    if found.health is Health.UNKNOWN:
        return None
    return float(found.health is not Health.UNHEALTHY)


def _version(found: Observation) -> float | None:
    try:
        return float(found.http_version)
    except ValueError:
        return None


def _answered(read: Read) -> Read:
    """Only of answers: a failure has no number of redirects."""
    return lambda found: None if found.status is None else read(found)


PROBES = (
    Probe("probe_success", "Whether the latest check found the target healthy or degraded "
          "(absent when the monitor could not see)", _success),
    Probe("probe_duration_seconds", "How long the latest check took", lambda found: found.elapsed),
    Probe("probe_http_status_code", "Response HTTP status code",
          lambda found: float(found.status or 0)),
    Probe("probe_http_redirects", "The number of redirects",
          _answered(lambda found: float(found.redirects))),
    Probe("probe_http_version", "The version of HTTP of the probe response", _version),
    Probe("probe_http_ssl", "Whether TLS was used for the final answer",
          _answered(lambda found: float(bool(found.tls_version)))),
    Probe("probe_dns_lookup_time_seconds", "The time taken for probe DNS lookup",
          lambda found: found.timings.dns),
    Probe("probe_ssl_earliest_cert_expiry", "When the TLS certificate expires, in Unix time",
          lambda found: found.expires),
    Probe("fetcher_monitor_last_check_timestamp_seconds", "When the latest check began, in Unix "
          "time", lambda found: found.at),
)  # fmt: skip


class Family(Metric):
    """A metric whose samples are made one by one when they are written out.

    With 100,000 targets, holding all samples of one metric would take more memory than the targets
    themselves. `samples` is read as often as anybody likes.
    """

    def __init__(self, name: str, help: str, make: Callable[[], Iterator[Labelled]]) -> None:
        super().__init__(name, help, "gauge")
        self._make = make

    @property  # type: ignore[override]
    def samples(self) -> Iterator[Sample]:
        """Every sample."""
        return (Sample(self.name, labels, value) for labels, value in self._make())

    @samples.setter
    def samples(self, none: Sequence[Sample]) -> None:
        """The base class begins with none."""


def probes(views: Sequence[TargetView]) -> Iterator[Metric]:
    """Give every metric of these targets; one that was not checked yet has only a condition."""
    for probe in PROBES:
        yield Family(probe.name, probe.help, partial(_values, views, probe.read))
    yield Family(
        "probe_http_duration_seconds",
        "Duration of http request by phase, 0 for one that did not happen",
        lambda: _phases(views),
    )
    yield Family(
        "fetcher_monitor_target_condition",
        "What the target is held to be: 0 not known yet, 1 up, 2 degraded, 3 down",
        lambda: ((_labels(view), _CONDITIONS.index(view.state.condition)) for view in views),
    )
    yield Family(
        "fetcher_monitor_target_silenced",
        "Whether nobody is told of the target now, silenced or in maintenance",
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
    watched = view.target
    return {"target": watched.key, "url": watched.address, "group": watched.group}
