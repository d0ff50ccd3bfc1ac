"""All metrics as text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from fetcher import __version__
from fetcher.monitor.live import TargetView, Vitals
from fetcher.monitor.state import Condition
from fetcher.statuspage.metrics.probes import probes
from fetcher.statuspage.metrics.vital import channels, standing, vital


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
